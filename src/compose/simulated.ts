/*
 * The whole system on a simulated machine: real services, real invoke plane, real SQL; fake time, chance,
 * sandboxes and disks.
 *
 * I1  What is stored outlives a server; everything else of it is gone with its life.
 * I2  Time and chance come from the clock and the seed alone.
 */
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import {
  SimulatedSandboxDriver,
  type SimulatedProgram,
} from '#adapters/simulated-sandbox/index.ts';
import {
  MemoryBlobStore,
  MemoryDirectoryStore,
  mortalBlobs,
  mortalClock,
  mortalDatabase,
  mortalDirectories,
  mortalWakeups,
  SeededRandom,
  SimulatedClock,
  withLostWakeups,
} from '#adapters/simulated/index.ts';
import type { Fate, Life } from '#adapters/simulated/index.ts';
import { openSteadyClock } from '#adapters/steady-clock/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { present } from '#kernel/assert.ts';
import {
  createInvokePlane,
  type InvokePlane,
  type InvokePlaneOptions,
} from '#lambda/invoke/index.ts';
import { createRuntimeTable } from '#lambda/worker/index.ts';
import type { ReportSink } from '#ports/peers/invocation-report.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Database } from '#ports/world/database.ts';
import type { DirectoryStore } from '#ports/world/directory-store.ts';
import type { Log } from '#ports/world/log.ts';
import { SandboxUnavailable, type SandboxSpec } from '#ports/world/sandbox.ts';
import { runLoops } from './run-loops.ts';
import { createServices, type Services, type ServicesOptions } from './services.ts';
import type { World } from './world.ts';

/** What outlives a server's crash. */
export interface SimulatedMachine extends AsyncDisposable {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly database: Database;
  readonly objects: BlobStore;
  readonly images: BlobStore;
  readonly archives: BlobStore;
  readonly directories: DirectoryStore;
  /** When something was last stored, by the machine's clock then. */
  readonly lastWrite: { atMs: number };
}

/** What may go wrong; each is asked once an occasion. */
export interface SimulatedFaults {
  readonly fateOf: () => Fate;
  readonly losesWakeup: (topic: string) => boolean;
  /** Called before each launch; throws SandboxUnavailable where the machine is to refuse. */
  readonly onLaunch: (spec: SandboxSpec) => void;
}

export interface SimulatedServerOptions {
  /** The server's; its end is its crash. */
  readonly life: Life;
  readonly machine: SimulatedMachine;
  readonly accountId: string;
  readonly accountConcurrency: number;
  readonly log: Log;
  /** What every sandbox runs. */
  readonly program: SimulatedProgram;
  /** Time to make a sandbox, in ms. */
  readonly launchMs: number;
  readonly plane: InvokePlaneOptions;
  readonly faults: SimulatedFaults;
  /** Takes each report, beside the bill. */
  readonly reports: ReportSink;
  readonly onAsyncEnd: NonNullable<ServicesOptions['onAsyncEnd']>;
}

/** A server in its one life. */
export interface SimulatedServer {
  readonly services: Services;
  readonly plane: InvokePlane;
  readonly driver: SimulatedSandboxDriver;
  /** Runs the background work; rejects where the store has failed for good. */
  run(): Promise<void>;
  /** Ends it in good order: what runs may end, logs and usage are stored. */
  stop(): Promise<void>;
}

/**
 * A machine on which nothing ever ran; its clock stands still until it is told to go on.
 * @param startMs what its clock shows first, in ms since 1970
 */
export async function openSimulatedMachine(
  seed: number,
  startMs?: number,
): Promise<SimulatedMachine> {
  const random = new SeededRandom(seed);
  const database = await openDatabase({ path: ':memory:' });
  return {
    clock: new SimulatedClock(startMs),
    random,
    database,
    objects: new MemoryBlobStore(random),
    images: new MemoryBlobStore(random),
    archives: new MemoryBlobStore(random),
    directories: new MemoryDirectoryStore(random),
    lastWrite: { atMs: 0 },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

/**
 * Starts a server, as `startServer` does, but for the gateway: its operations are called.
 * Never settles where its life ends meanwhile.
 */
export async function startSimulatedServer(
  options: SimulatedServerOptions,
): Promise<SimulatedServer> {
  const { life } = options;
  const { world, watchClock } = await mortalWorld(options);
  const parts: { plane?: InvokePlane } = {};
  const services = createServices({
    world,
    accountId: options.accountId,
    accountConcurrency: options.accountConcurrency,
    host: () => '127.0.0.1:4566',
    invoker: () => present(parts.plane, 'the invoke plane is asked before it is made').invoker,
    provisionedStatus: {
      status: (demand) =>
        parts.plane?.provisionedStatus.status(demand) ?? { allocated: 0, available: 0 },
    },
    publishRoot: async () => {},
    onAsyncEnd: options.onAsyncEnd,
  });
  for (const schema of services.schemas) await world.database.migrate(schema);
  for (const surface of services.surfaces) await surface.open?.();
  const { program, launchMs, faults } = options;
  const driver = new SimulatedSandboxDriver({
    clock: world.clock,
    program,
    launchMs,
    onLaunch: (spec) => {
      if (life.isOver) throw new SandboxUnavailable('the server is dead');
      faults.onLaunch(spec);
    },
  });
  // The launcher ends its sandboxes when the server is gone.
  void life.over.then(() => {
    for (const { process } of driver.sandboxes) process.kill();
  });
  const plane = openPlane(options, world, services, driver);
  parts.plane = plane;
  await services.sts.openRoot();
  const ending = new AbortController();
  const loops = [watchClock, ...services.loops, (signal: AbortSignal) => plane.run(signal)];
  return {
    services,
    plane,
    driver,
    run: () => runLoops(loops, world, ending.signal),
    stop: async () => {
      ending.abort();
      await plane[Symbol.asyncDispose]();
      await driver[Symbol.asyncDispose]();
      await services.logSink.flush();
      await services.billing[Symbol.asyncDispose]();
    },
  };
}

async function mortalWorld({ life, machine, faults, log }: SimulatedServerOptions) {
  const hints = new MemoryWakeups();
  const wakeups = withLostWakeups(hints, faults.losesWakeup);
  const database = mortalDatabase(noting(machine), life, faults.fateOf);
  const clock = await openSteadyClock({
    machineClock: mortalClock(machine.clock, life),
    database,
    log,
    writtenAtMs: machine.lastWrite.atMs,
    onJump: () => hints.notifyAll(),
  });
  const world: World = {
    clock,
    machineClock: clock,
    random: machine.random,
    wakeups: mortalWakeups(wakeups, life),
    log,
    http: { post: async () => ({ kind: 'failed', reason: 'there is nobody outside' }) },
    database,
    objects: mortalBlobs(machine.objects, life),
    images: mortalBlobs(machine.images, life),
    archives: mortalBlobs(machine.archives, life),
    directories: mortalDirectories(machine.directories, life),
    [Symbol.asyncDispose]: async () => {},
  };
  return { world, watchClock: (signal: AbortSignal) => clock.watch(signal) };
}

/** The database, whose file tells when it was written to. */
function noting({ database, clock, lastWrite }: SimulatedMachine): Database {
  return {
    ...database,
    read: (body) => database.read(body),
    migrate: (schema) => database.migrate(schema),
    transact: (body) => {
      lastWrite.atMs = clock.now();
      return database.transact(body);
    },
  };
}

function openPlane(
  options: SimulatedServerOptions,
  world: World,
  services: Services,
  driver: SimulatedSandboxDriver,
): InvokePlane {
  return createInvokePlane({
    ...world,
    driver,
    runtimes: createRuntimeTable({
      runtimesDirectory: '/runtimes',
      node: { command: '/var/lang/bin/node', mounts: [], version: '24.0.0' },
      pythons: [],
    }),
    catalog: services.control.catalog,
    durable: services.control.durableDoor,
    credentials: services.sts.issuer,
    logSink: services.logSink,
    metrics: services.metrics,
    reports: [services.billing.reports, whileAlive(options.life, options.reports)],
    options: options.plane,
  });
}

function whileAlive(life: Life, reports: ReportSink): ReportSink {
  return {
    report: (report) => {
      if (!life.isOver) reports.report(report);
    },
  };
}
