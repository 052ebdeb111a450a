/** API definitions as requests send them become documents, without the server's standing still for it. */
import { extname } from 'node:path';
import { ThreadFailed, type Threads } from '#ports/world/threads.ts';
import { parseDocument, type Node } from './openapi.ts';
import { readAside } from './read-aside.ts';

/**
 * The document that a text says; `undefined` where it says none, or too much. @see parseDocument
 * @throws the signal's reason
 */
export async function readOpenApi(
  { threads }: { readonly threads?: Threads },
  text: string,
  signal: AbortSignal,
): Promise<Node | undefined> {
  const module = new URL(`./openapi-thread${extname(import.meta.url)}`, import.meta.url);
  // The thread's answer is that of the same function.
  const told = (answer: unknown) => answer as Node | undefined;
  try {
    return await readAside(threads, { read: parseDocument, module, told }, text, signal);
  } catch (error) {
    if (error instanceof ThreadFailed) return undefined;
    throw error;
  }
}
