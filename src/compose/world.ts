/** The machine, as the ports ask for it: opened at the start, closed in reverse order at the end. */
import { join } from 'node:path';
import { openFileBlobStore, openFileDirectoryStore } from '#adapters/files/index.ts';
import { openMountedFolders } from '#adapters/folders/index.ts';
import { createHttpClient } from '#adapters/http-client/index.ts';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { openPinoLog } from '#adapters/pino-log/index.ts';
import { lastWrittenAt, lockDataDirectory, openDatabase } from '#adapters/sqlite/index.ts';
import { openMovableClock, type MovableClock } from '#adapters/movable-clock/index.ts';
import { openSteadyClock } from '#adapters/steady-clock/index.ts';
import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import { WorkerThreads } from '#adapters/threads/index.ts';
import type { Config } from '#config/index.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { DirectoryStore } from '#ports/world/directory-store.ts';
import type { HttpClient } from '#ports/world/http-client.ts';
import type { Log } from '#ports/world/log.ts';
import type { MountedFolders } from '#ports/world/mounted-folders.ts';
import type { Random } from '#ports/world/random.ts';
import type { Threads } from '#ports/world/threads.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';

export interface World extends AsyncDisposable {
  /** What time it is for the services. */
  readonly clock: Clock;
  /** The machine's own, which nobody moves: signatures and credentials hold by it, and functions run by it. */
  readonly machineClock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  /** For long work; absent where everything is to happen in one order. */
  readonly threads?: Threads;
  readonly log: Log;
  /** For endpoints outside: those that subscribed to a topic. */
  readonly http: HttpClient;
  readonly database: Database;
  /** Objects of S3. */
  readonly objects: BlobStore;
  /** Layers of container images. */
  readonly images: BlobStore;
  /** Archives of functions and layers. */
  readonly archives: BlobStore;
  /** Their unpacked trees. */
  readonly directories: DirectoryStore;
  /** Folders from which functions may run, where the operator lets them. */
  readonly folders?: MountedFolders;
}

/** A world whose services' clock can be moved where the server was started for it. */
export interface OpenedWorld extends World {
  readonly movableClock?: MovableClock;
  /** Tells all who wait for a time when the machine's clock jumps, until the signal aborts. */
  watchClock(signal: AbortSignal): Promise<void>;
}

/**
 * Opens the data directory, which no other server may have open.
 * @throws DataDirectoryInUse, NewerSchema
 */
export async function openWorld(config: Config): Promise<OpenedWorld> {
  await using stack = new AsyncDisposableStack();
  const log = openLog(config);
  stack.use(await lockDataDirectory(config.dataDir));
  const path = join(config.dataDir, 'hearth.db');
  const writtenAtMs = await lastWrittenAt(path);
  const database = stack.use(await openDatabase({ path, log }));
  const wakeups = new MemoryWakeups();
  const onMoved = (): void => wakeups.notifyAll();
  const machineClock = await openSteadyClock({
    machineClock: systemClock,
    database,
    log,
    writtenAtMs,
    onJump: onMoved,
  });
  const movableClock =
    config.clock === 'movable'
      ? await openMovableClock({ machineClock, database, onMoved })
      : undefined;
  const folders = foldersOf(config, log);
  if (folders !== undefined) stack.use(folders);
  const opened = stack.move();
  return {
    clock: movableClock ?? machineClock,
    machineClock,
    watchClock: (signal) => machineClock.watch(signal),
    ...(movableClock === undefined ? {} : { movableClock }),
    random: systemRandom,
    wakeups,
    threads: new WorkerThreads(),
    log,
    http: createHttpClient(),
    database,
    objects: openFileBlobStore(join(config.dataDir, 'objects')),
    images: openFileBlobStore(join(config.dataDir, 'images')),
    archives: openFileBlobStore(join(config.dataDir, 'archives')),
    directories: openFileDirectoryStore(join(config.dataDir, 'code')),
    ...(folders === undefined ? {} : { folders }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function foldersOf({ hotReload, isolation, dataDir: dataDirectory }: Config, log: Log) {
  if (hotReload === 'off') return undefined;
  // Plain processes run as the server's own user, and so does everything where that is not root.
  const isReadByOthers = isolation !== 'process' && process.getuid?.() === 0;
  return openMountedFolders({ log, dataDirectory, isReadByOthers });
}

function openLog({ logLevel, logFormat }: Config): Log {
  const isTerminal = process.stderr.isTTY;
  const isPretty = logFormat === 'pretty' || (logFormat === 'auto' && isTerminal);
  return openPinoLog({
    level: logLevel,
    format: isPretty ? 'pretty' : 'json',
    hasColors: isTerminal,
  });
}
