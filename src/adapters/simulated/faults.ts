/** Faults that the simulation lets happen: each hook is asked once an occasion, in the order of the occasions. */
import type { Database, Transaction } from '#ports/world/database.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';

/** A commit that the simulation let fail; nothing of it was written. */
export class CommitFailed extends Error {
  override readonly name = 'CommitFailed';
}

/** The database, where some commits fail: the body has run, and all of it is undone. */
export function withFailingCommits(database: Database, shouldFail: () => boolean): Database {
  return {
    transact: <T>(body: (tx: Transaction) => Promise<T>) =>
      database.transact(async (tx) => {
        const value = await body(tx);
        if (shouldFail()) throw new CommitFailed('the simulation lets this commit fail');
        return value;
      }),
    read: (body) => database.read(body),
    migrate: (schema) => database.migrate(schema),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
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
