/** Threads beside the event loop, for what would hold everybody up: long texts that are parsed in one go. */
export interface Threads {
  /**
   * What a module's `work` makes of an input; both are JSON's values.
   * @param module with `export function work(input)`, which waits for nothing
   * @throws ThreadFailed where it failed or took too much memory, and the signal's reason
   */
  run(module: URL, input: unknown, signal: AbortSignal): Promise<unknown>;
}

/** A thread ended without an answer. */
export class ThreadFailed extends Error {
  override readonly name = 'ThreadFailed';
}
