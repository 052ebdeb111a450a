/** What went wrong and what to do next, in one sentence for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

/** The sentence for an error that nobody expected. */
export function sentenceOf(error: unknown): string {
  // What failed first is what is to be mended; that closing failed, too, comes of it.
  if (error instanceof SuppressedError) return sentenceOf(error.suppressed);
  return error instanceof Error ? error.message : String(error);
}
