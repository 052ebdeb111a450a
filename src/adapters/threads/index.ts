/**
 * One thread at a time, each for one piece of work: they are rare, and none is to take two processors.
 * I1 A thread is ended with its work, or with whoever waits for it.
 */
import { extname } from 'node:path';
import { Worker, type ResourceLimits } from 'node:worker_threads';
import { ThreadFailed, type Threads } from '#ports/world/threads.ts';

const LIMITS: ResourceLimits = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 64 };

export class WorkerThreads implements Threads {
  #last: Promise<unknown> = Promise.resolve();

  async run(module: URL, input: unknown, signal: AbortSignal): Promise<unknown> {
    const before = this.#last;
    const work = (async () => {
      await before;
      signal.throwIfAborted();
      return await runThread(module, input, signal);
    })();
    this.#last = work.catch(() => undefined);
    return await work;
  }
}

async function runThread(module: URL, input: unknown, signal: AbortSignal): Promise<unknown> {
  const url = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);
  const workerData = { module: module.href, input };
  const thread = new Worker(url, { workerData, execArgv: [], env: {}, resourceLimits: LIMITS });
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort);
  thread.once('message', resolve);
  thread.once('error', (cause) => reject(new ThreadFailed('a thread failed', { cause })));
  thread.once('exit', () => reject(new ThreadFailed('a thread ended without an answer')));
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    await thread.terminate();
  }
}
