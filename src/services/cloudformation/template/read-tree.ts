/** Templates as requests send them become trees, without the server's standing still for it. */
import { extname } from 'node:path';
import { parseJson, type JsonObject } from '#kernel/json.ts';
import { ThreadFailed, type Threads } from '#ports/world/threads.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { validation } from '../errors.ts';
import type { Parsed } from './parse-thread.ts';
import { parseTemplate } from './parse.ts';

/** Of a template in YAML that is read where it is: what takes a few hundredths of a second. */
const INLINE_CHARACTERS_MAX = 16 * 1024;

/**
 * A template as a tree.
 * @throws AwsError ValidationError `Template format error: …`, and the signal's reason
 */
export async function readTree(
  { threads }: Pick<CloudformationDependencies, 'threads'>,
  text: string,
  signal: AbortSignal,
): Promise<JsonObject> {
  const isShort = text.length <= INLINE_CHARACTERS_MAX;
  if (threads === undefined || isShort || parseJson(text) !== undefined) return parseTemplate(text);
  const parsed = await parseElsewhere(threads, text, signal);
  if ('refused' in parsed) throw validation(parsed.refused);
  // The thread has looked at its form.
  return JSON.parse(parsed.json) as JsonObject;
}

async function parseElsewhere(
  threads: Threads,
  text: string,
  signal: AbortSignal,
): Promise<Parsed> {
  const module = new URL(`./parse-thread${extname(import.meta.url)}`, import.meta.url);
  try {
    // As the thread's module says.
    return (await threads.run(module, text, signal)) as Parsed;
  } catch (error) {
    if (!(error instanceof ThreadFailed)) throw error;
    throw validation('Template format error: the template takes too much memory to be read.');
  }
}
