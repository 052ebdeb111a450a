import { WorkerThreads } from '#adapters/threads/index.ts';
import type { Threads } from '#ports/world/threads.ts';

/** Threads of which is known what they were asked. */
export function countedThreads(): Threads & { readonly asked: URL[] } {
  const asked: URL[] = [];
  const threads = new WorkerThreads();
  return {
    asked,
    run(module, input, signal) {
      asked.push(module);
      return threads.run(module, input, signal);
    },
  };
}
