/** Long texts in YAML are read on a thread: the server goes on meanwhile. */
import { parseJson } from '#kernel/json.ts';
import { KIB } from '#kernel/units.ts';
import type { Threads } from '#ports/world/threads.ts';

/** How a text is read, in either place. */
export interface Reading<Read> {
  /** Where it is. */
  read(text: string): Read;
  /** Whose `work` reads it on a thread. */
  readonly module: URL;
  /** What the thread's answer says. */
  told(answer: unknown): Read;
}

/** Of a text in YAML that is read where it is: what takes a few hundredths of a second. */
const INLINE_CHARACTERS_MAX = 16 * KIB;

/**
 * What a text says, in JSON or YAML.
 * @param threads absent: long texts are read where they are, and everybody waits
 * @throws ThreadFailed where it failed or took too much memory; the signal's reason; what `read` or `told` throw
 */
export async function readAside<Read>(
  threads: Threads | undefined,
  { read, module, told }: Reading<Read>,
  text: string,
  signal: AbortSignal,
): Promise<Read> {
  const isShort = text.length <= INLINE_CHARACTERS_MAX;
  if (threads === undefined || isShort || parseJson(text) !== undefined) return read(text);
  return told(await threads.run(module, text, signal));
}
