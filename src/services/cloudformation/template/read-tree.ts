/** Templates as requests send them become trees, without the server's standing still for it. */
import { extname } from 'node:path';
import { readAside } from '#aws/read-aside.ts';
import type { JsonObject } from '#kernel/json.ts';
import { ThreadFailed } from '#ports/world/threads.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { validation } from '../errors.ts';
import type { Parsed } from './parse-thread.ts';
import { parseTemplate } from './parse.ts';

/**
 * A template as a tree.
 * @throws AwsError ValidationError `Template format error: …`, and the signal's reason
 */
export async function readTree(
  { threads }: Pick<CloudformationDependencies, 'threads'>,
  text: string,
  signal: AbortSignal,
): Promise<JsonObject> {
  const module = new URL(`./parse-thread${extname(import.meta.url)}`, import.meta.url);
  try {
    return await readAside(threads, { read: parseTemplate, module, told }, text, signal);
  } catch (error) {
    if (!(error instanceof ThreadFailed)) throw error;
    throw validation('Template format error: the template takes too much memory to be read.');
  }
}

function told(answer: unknown): JsonObject {
  const parsed = answer as Parsed; // As the thread's module says.
  if ('refused' in parsed) throw validation(parsed.refused);
  // The thread has looked at its form.
  return JSON.parse(parsed.json) as JsonObject;
}
