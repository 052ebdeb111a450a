/** Time, asked of the machine or of the simulator. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970-01-01T00:00:00Z; may jump. */
  now(): number;
  /** Milliseconds, with fractions, that only grow; for durations and timeouts. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls `callback` once after `delayMs`, unless disposed before. A timer keeps no process alive. */
  setTimer(delayMs: number, callback: () => void): Disposable;
}
