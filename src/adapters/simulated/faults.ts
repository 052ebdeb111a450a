/** Faults that the simulation lets happen: each hook is asked once an occasion, in the order of the occasions. */
import type { Wakeups } from '#ports/world/wakeups.ts';

/** A commit that the simulation let fail; nothing of it was written. */
export class CommitFailed extends Error {
  override readonly name = 'CommitFailed';
}

/** The wakeups, of which some are lost. */
export function withLostWakeups(wakeups: Wakeups, shouldLose: (topic: string) => boolean): Wakeups {
  return {
    notify: (topic) => {
      if (!shouldLose(topic)) wakeups.notify(topic);
    },
    subscribe: (topic, callback) => wakeups.subscribe(topic, callback),
  };
}
