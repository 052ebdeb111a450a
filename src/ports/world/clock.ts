/** Time, asked of the machine or of the simulator. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970-01-01T00:00:00Z; may jump. For dates: what is told, and what a user set. */
  now(): number;
  /**
   * Milliseconds since 1970 that pass as `monotonicMs` does, and are beyond what they were before a restart. For what
   * is stored and due after a duration (a visibility timeout, a pause before a retry), which no jump of the wall clock
   * makes longer or shorter; never told to anybody.
   */
  steadyMs(): number;
  /** Milliseconds, with fractions, that only grow; for durations and timeouts. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls `callback` once after `delayMs`, unless disposed before. A timer keeps no process alive. */
  setTimer(delayMs: number, callback: () => void): Disposable;
}
