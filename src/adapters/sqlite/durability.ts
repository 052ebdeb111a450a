/** Decides when what was committed before may be told to those who wait. */
export interface Durability {
  /**
   * Calls `settle` once every commit so far would survive the loss of power: at once where that is so.
   * `settle` gets the error where it can never be known.
   */
  whenDurable(hasWritten: boolean, settle: (error?: Error) => void): void;
  /**
   * Resolves when the sync that is under way has ended; `undefined` where there is none. What is committed before
   * that is told no sooner than what is committed right after.
   */
  underWay(): Promise<void> | undefined;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
}

/** Of a database that lives in memory: nothing survives anyway. */
export const NO_DURABILITY: Durability = {
  whenDurable: (_hasWritten, settle) => {
    settle();
  },
  underWay: () => undefined,
  idle: () => Promise.resolve(),
};
