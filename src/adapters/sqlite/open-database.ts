/**
 * `Database` on SQLite, in a file or in memory.
 *
 * Why what is acknowledged survives the loss of power, although `synchronous` is NORMAL:
 * D1 A COMMIT in WAL mode only appends frames to the -wal file. `WalSync` then calls fdatasync on that file,
 *    off the event loop, and only its success lets `transact` resolve. Commits made meanwhile share the next.
 * D2 Recovery replays the log up to the last commit frame whose salts and checksums hold. What was synced
 *    is a prefix of it, and checksums chain, so that a torn tail cannot be mistaken for a commit.
 * D3 A checkpoint (NORMAL or stronger) syncs the log before it copies pages, and the database file before
 *    it counts the frames as carried over. Power lost in between leaves the log whole: it is replayed.
 * D4 A writer begins the log anew only after D3. It writes a header with new salts and syncs it before the
 *    frames that follow, so that old frames can never be taken for new ones.
 * D5 The directory is synced after the files were made. A failed sync ends all success (`WalSync` I3).
 * `kill -9` alone loses nothing even before the sync: the kernel holds the pages.
 * `read` may see a commit whose sync is still under way; what `transact` saw is always durable when it settles.
 *
 * @see https://sqlite.org/wal.html
 * @see https://sqlite.org/pragma.html#pragma_synchronous
 */
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { assert } from '#kernel/assert.ts';
import type { Database, Queries, Schema, Transaction } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';
import { Checkpointer } from './checkpoint.ts';
import { Connection } from './connection.ts';
import { NO_DURABILITY } from './durability.ts';
import { VERSIONS, migrate } from './migrate.ts';
import { TransactionQueue } from './transaction-queue.ts';
import { WalSync } from './wal-sync.ts';

export interface OpenDatabaseOptions {
  /** The database file, made where it is missing, or `:memory:`. */
  readonly path: string;
  readonly log?: Log;
  /** Frames of the log before a checkpoint; for tests. */
  readonly checkpointFramesMax?: number;
}

/** LIKE minds case, as PostgreSQL's does. */
const PRAGMAS = ['temp_store = MEMORY', 'case_sensitive_like = ON', 'cache_size = -32768'];
const FILE_PRAGMAS = [
  'journal_mode = WAL',
  'synchronous = NORMAL',
  'wal_autocheckpoint = 0',
  ...PRAGMAS,
];

/** Opens or makes a database; a server holds `lockDataDirectory` before. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  return options.path === ':memory:' ? openInMemory() : openFile(options);
}

function openInMemory(): Database {
  const writer = new Connection(':memory:', PRAGMAS);
  writer.script(VERSIONS);
  // Microtasks alone and no real time, so that a simulation stays in its own order.
  const writes = new TransactionQueue({
    connection: writer,
    durability: NO_DURABILITY,
    schedule: queueMicrotask,
    groupMsMax: Infinity,
  });
  return new SqliteDatabase({ writer, writes, reads: writes, close: () => Promise.resolve() });
}

function openFile({ path, log, checkpointFramesMax }: OpenDatabaseOptions): Database {
  mkdirSync(dirname(path), { recursive: true });
  // It holds secrets, whoever may look into the directory; the log takes over the file's mode.
  closeSync(openSync(path, 'a', 0o600));
  const writer = new Connection(path, FILE_PRAGMAS);
  writer.script(VERSIONS);
  syncDirectory(dirname(path));
  const durability = new WalSync(`${path}-wal`);
  const checkpointer = new Checkpointer({
    connection: writer,
    path,
    log,
    ...(checkpointFramesMax === undefined ? {} : { framesMax: checkpointFramesMax }),
  });
  const reader = new Connection(path, PRAGMAS, { readOnly: true });
  return new SqliteDatabase({
    writer,
    writes: new TransactionQueue({
      connection: writer,
      durability,
      schedule: setImmediate,
      ready: () => checkpointer.ready(),
    }),
    reads: new TransactionQueue({
      connection: reader,
      durability: NO_DURABILITY,
      schedule: queueMicrotask,
      isReadOnly: true,
    }),
    close: async () => {
      await checkpointer[Symbol.asyncDispose]();
      reader[Symbol.dispose]();
      writer.script('PRAGMA wal_checkpoint(TRUNCATE)');
      durability[Symbol.dispose]();
    },
  });
}

interface SqliteDatabaseParts {
  readonly writer: Connection;
  readonly writes: TransactionQueue;
  readonly reads: TransactionQueue;
  /** Closes everything but the writer. */
  readonly close: () => Promise<void>;
}

class SqliteDatabase implements Database {
  readonly #parts: SqliteDatabaseParts;
  #isClosed = false;

  constructor(parts: SqliteDatabaseParts) {
    this.#parts = parts;
  }

  async transact<T>(body: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#assertOpen();
    return this.#parts.writes.add(body);
  }

  async read<T>(body: (queries: Queries) => Promise<T>): Promise<T> {
    this.#assertOpen();
    return this.#parts.reads.add(body, true);
  }

  async migrate(schema: Schema): Promise<void> {
    this.#assertOpen();
    const { writer, writes } = this.#parts;
    await migrate(
      schema,
      (body) => writes.add(body),
      (sql) => {
        writer.script(sql);
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#parts.writes.idle();
    await this.#parts.reads.idle();
    await this.#parts.close();
    this.#parts.writer[Symbol.dispose]();
  }

  #assertOpen(): void {
    assert(!this.#isClosed, 'the database is closed');
  }
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
