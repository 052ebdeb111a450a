import type { DurableDoor } from '#lambda/model/durable-door.ts';
import type { FunctionCatalog, ProvisionedStatus } from '#lambda/model/function-catalog.ts';
import type { CompiledCode } from '#lambda/model/compiled-code.ts';
import {
  AheadCompiler,
  Capacity,
  EnvironmentPool,
  Launcher,
  StemCells,
} from '#lambda/worker/index.ts';
import type {
  CapacityLimits,
  PoolOptions,
  RuntimeTable,
  StemCellLimits,
} from '#lambda/worker/index.ts';
import type { CredentialIssuer } from '#ports/peers/credential-issuer.ts';
import type { ReportSink } from '#ports/peers/invocation-report.ts';
import type { Invoker } from '#ports/peers/invoker.ts';
import type { LogSink } from '#ports/peers/log-sink.ts';
import type { LateMetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { DebugDoor } from '#ports/world/debug-door.ts';
import type { DirectoryStore } from '#ports/world/directory-store.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import type { SandboxDriver } from '#ports/world/sandbox.ts';
import { Admission } from './admission.ts';
import type { AdmissionLimits } from './admission.ts';
import { createInvoker } from './invoke.ts';
import { InvocationMetrics } from './metrics.ts';
import { prepareRuntimes, prepareStored } from './prepare.ts';
import { ProvisionedConcurrency } from './provisioned.ts';
import { WaitingLine } from './waiting-line.ts';
import type { WaitingLimits } from './waiting-line.ts';

export type { AdmissionLimits } from './admission.ts';
export type { WaitingLimits } from './waiting-line.ts';

export interface InvokePlaneOptions {
  readonly capacity: CapacityLimits;
  readonly admission: AdmissionLimits;
  readonly waiting: WaitingLimits;
  readonly pool: PoolOptions;
  readonly stemCells: StemCellLimits;
  /** Runtimes whose stem cells are booted at the start, by name. */
  readonly warmRuntimes: readonly string[];
  /** How long an environment stays thawed after an event, in ms. */
  readonly freezeAfterMs: number;
  /** How long what runs may still run when the plane is closed, in ms; asked then. */
  readonly drainMs: () => number;
}

export interface InvokePlaneDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly driver: SandboxDriver;
  readonly directories: DirectoryStore;
  readonly catalog: FunctionCatalog;
  readonly runtimes: RuntimeTable;
  readonly credentials: CredentialIssuer;
  readonly logSink: LogSink;
  readonly metrics: LateMetricSink;
  readonly reports: readonly ReportSink[];
  /** Where what is compiled ahead is kept; absent where nothing is. */
  readonly compiled?: CompiledCode;
  /** How debuggers come in; absent where they do not. */
  readonly debugDoor?: DebugDoor;
  /** Where invocations of durable functions go; absent where none of them is durable. */
  readonly durable?: DurableDoor;
  readonly options: InvokePlaneOptions;
}

export interface InvokePlaneStats {
  /** Leases of concurrency that are held. */
  readonly leases: number;
  readonly environments: number;
  readonly idle: number;
  readonly stemCells: number;
  readonly waiting: number;
  readonly memoryMiB: number;
}

export interface InvokePlane extends AsyncDisposable {
  readonly invoker: Invoker;
  /** How far provisioned concurrency is there. */
  readonly provisionedStatus: ProvisionedStatus;
  /** Keeps the pool warm, and what is provisioned ready, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  stats(): InvokePlaneStats;
}

/** The options of a machine with so much memory and so many processors; each can be set apart. */
export function defaultInvokeOptions(machine: {
  readonly memoryMiB: number;
  readonly processors: number;
}): InvokePlaneOptions {
  return {
    capacity: {
      memoryMiB: machine.memoryMiB,
      slots: 4096,
      starts: Math.max(4, machine.processors * 4),
    },
    admission: { accountConcurrency: 1000, environmentsPer10Seconds: 1000 },
    waiting: { waitMs: 10_000, waitersMax: 10_000, waitersOfFunctionMax: 1000 },
    pool: { idleMs: 10 * 60_000, ageMsMax: 4 * 3_600_000 },
    stemCells: { min: 1, max: 16, bootsMax: machine.processors, memoryMiB: 16 },
    warmRuntimes: [],
    freezeAfterMs: 20,
    drainMs: () => 10_000,
  };
}

/** Puts the invoke plane and its worker together. Closing it drains: what runs may end, the rest is killed. */
export function createInvokePlane(dependencies: InvokePlaneDependencies): InvokePlane {
  const { clock, runtimes, catalog, options } = dependencies;
  const worker = createWorker(dependencies, () => waiting.onFreed());
  const { capacity, stemCells, pool, compiler } = worker;
  const waiting = new WaitingLine(pool, clock, options.waiting);
  const provisioned = new ProvisionedConcurrency({
    clock,
    catalog,
    runtimes,
    pool,
    capacity: options.capacity,
    ageMsMax: options.pool.ageMsMax,
  });
  pool.listen({
    onFreed: () => {
      waiting.onFreed();
      provisioned.onFreed();
    },
    offer: (held) => waiting.offer(held),
  });
  const admission = new Admission(clock, options.admission);
  const changes = catalog.onChange((functionArn) => pool.retire(functionArn));
  const stored = prepareStored({ catalog, runtimes, ...worker });
  return {
    invoker: createInvoker({
      ...dependencies,
      pool,
      line: waiting,
      admission,
      provisioned,
      invocationMetrics: new InvocationMetrics(dependencies.metrics, clock, admission),
    }),
    provisionedStatus: provisioned,
    run: async (signal) => {
      await prepareRuntimes({ catalog, runtimes, ...worker }, options.warmRuntimes);
      await provisioned.run(signal);
    },
    stats: () => ({
      ...pool.stats,
      leases: admission.leases,
      stemCells: stemCells.count,
      waiting: waiting.count,
      memoryMiB: capacity.usedMemoryMiB,
    }),
    [Symbol.asyncDispose]: async () => {
      changes[Symbol.dispose]();
      stored?.[Symbol.dispose]();
      await compiler?.[Symbol.asyncDispose]();
      provisioned[Symbol.dispose]();
      await pool.drain(options.drainMs());
      await pool[Symbol.asyncDispose]();
      await stemCells[Symbol.asyncDispose]();
    },
  };
}

/** This machine's room, and what lives in it. */
function createWorker(dependencies: InvokePlaneDependencies, onFreed: () => void) {
  const { clock, log, options, compiled } = dependencies;
  const capacity = new Capacity(options.capacity);
  const compiling =
    compiled === undefined
      ? {}
      : { compiler: new AheadCompiler({ ...dependencies, compiled, capacity, onFreed }) };
  const { freezeAfterMs } = options;
  const launcher = new Launcher({ ...dependencies, ...compiling, freezeAfterMs });
  const stemCells = new StemCells({
    clock,
    log,
    launcher,
    capacity,
    limits: options.stemCells,
    onFreed,
  });
  const pool = new EnvironmentPool({
    clock,
    log,
    launcher,
    capacity,
    stemCells,
    ...compiling,
    options: options.pool,
  });
  return { capacity, launcher, stemCells, pool, ...compiling };
}
