/*
 * One life of a server: what it asks of the world is never answered once the life is over, and what it
 * was called back for never comes, as after `kill -9`. Its stores outlive it.
 *
 * I1  After `end` no promise of the world's settles, and no timer or wakeup fires, for this life.
 * I2  A transaction under way at the end is wholly in the store, or not at all; nobody is told which.
 */
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Transaction } from '#ports/world/database.ts';
import type { DirectoryStore } from '#ports/world/directory-store.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import { CommitFailed } from './faults.ts';

/** What becomes of a transaction: the last two end the life, before or after its commit. */
export type Fate = 'commits' | 'fails' | 'dies-before' | 'dies-after';

export class Life {
  readonly #over = Promise.withResolvers<string>();
  #isOver = false;
  /** Transactions that were committed and whose callers were not told. */
  untold = 0;

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves with the reason. */
  get over(): Promise<string> {
    return this.#over.promise;
  }

  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over.resolve(reason);
  }

  /** Asks the world, and answers as it does, while this lives. */
  ask<T>(question: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#isOver) return;
      question().then(
        (value) => {
          if (!this.#isOver) resolve(value);
        },
        (error: unknown) => {
          if (!this.#isOver) reject(error);
        },
      );
    });
  }

  /** A callback that runs while this lives. */
  callback(callback: () => void): () => void {
    return () => {
      if (!this.#isOver) callback();
    };
  }

  async *each<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = source[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.ask(() => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  }
}

/** The clock, as one life has it. */
export function mortalClock(clock: Clock, life: Life): Clock {
  return {
    now: () => clock.now(),
    steadyMs: () => clock.steadyMs(),
    monotonicMs: () => clock.monotonicMs(),
    sleep: (delayMs, signal) => life.ask(() => clock.sleep(delayMs, signal)),
    setTimer: (delayMs, callback) => clock.setTimer(delayMs, life.callback(callback)),
  };
}

/** The database, as one life has it; `fateOf` is asked once a transaction. */
export function mortalDatabase(database: Database, life: Life, fateOf: () => Fate): Database {
  return {
    transact: <T>(body: (tx: Transaction) => Promise<T>) =>
      life.ask(() => database.transact((tx) => live(life, fateOf(), tx, body))),
    read: (body) => life.ask(() => database.read(body)),
    migrate: (schema) => life.ask(() => database.migrate(schema)),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function live<T>(
  life: Life,
  fate: Fate,
  tx: Transaction,
  body: (tx: Transaction) => Promise<T>,
): Promise<T> {
  if (life.isOver) throw new CommitFailed('the server is dead');
  tx.afterCommit(() => {
    if (fate === 'dies-after') life.end('the server dies after a commit');
    if (life.isOver) life.untold += 1;
  });
  const value = await body({
    all: (sql, ...parameters) => tx.all(sql, ...parameters),
    get: (sql, ...parameters) => tx.get(sql, ...parameters),
    run: (sql, ...parameters) => tx.run(sql, ...parameters),
    afterCommit: (callback) => tx.afterCommit(life.callback(callback)),
  });
  if (fate === 'dies-before') life.end('the server dies before a commit');
  if (life.isOver || fate === 'fails') throw new CommitFailed('the simulation fails this commit');
  return value;
}

/** Blobs, as one life has them. */
export function mortalBlobs(blobs: BlobStore, life: Life): BlobStore {
  return {
    put: (source) => life.ask(() => blobs.put(life.each(source))),
    concatenate: (ids) => life.ask(() => blobs.concatenate(ids)),
    read: (id, range) => life.each(blobs.read(id, range)),
    delete: (id) => life.ask(() => blobs.delete(id)),
    list: () => life.each(blobs.list()),
  };
}

/** Directories, as one life has them. */
export function mortalDirectories(directories: DirectoryStore, life: Life): DirectoryStore {
  return {
    unpackZip: (archive, limits) => life.ask(() => directories.unpackZip(archive, limits)),
    merge: (ids, limits) => life.ask(() => directories.merge(ids, limits)),
    unpackImage: (layers, places, limits) =>
      life.ask(() => directories.unpackImage(layers, places, limits)),
    namesIn: (id, path) => life.ask(() => directories.namesIn(id, path)),
    find: (id) => life.ask(() => directories.find(id)),
    delete: (id) => life.ask(() => directories.delete(id)),
    list: () => life.each(directories.list()),
  };
}

/** Wakeups, as one life has them. */
export function mortalWakeups(wakeups: Wakeups, life: Life): Wakeups {
  return {
    notify: (topic) => {
      if (!life.isOver) wakeups.notify(topic);
    },
    subscribe: (topic, callback) => wakeups.subscribe(topic, life.callback(callback)),
  };
}
