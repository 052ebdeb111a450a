/** The whole server in one process: every service, the invoke plane and the worker over one store. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loopbackDebugDoor } from '#adapters/debug-door/index.ts';
import { writePrivateFile } from '#adapters/files/index.ts';
import { openTraces } from '#adapters/otlp/index.ts';
import { reservePort, type ReservedPort } from '#adapters/reserved-port/index.ts';
import { createAuthorise } from '#aws/access/index.ts';
import { createGateway, type Gateway } from '#aws/gateway/index.ts';
import type { Credentials, RootCredentials } from '#ports/peers/credential-issuer.ts';
import type { Config } from '#config/index.ts';
import { present } from '#kernel/assert.ts';
import { MIB, SECOND_MS } from '#kernel/units.ts';
import {
  createInvokePlane,
  defaultInvokeOptions,
  type InvokePlane,
  type InvokePlaneOptions,
} from '#lambda/invoke/index.ts';
import type { ReportSink } from '#ports/peers/invocation-report.ts';
import type { LateMetricSink } from '#ports/peers/metric-sink.ts';
import { createClockSurface } from './clock-surface.ts';
import { openIsolation } from './isolation.ts';
import { machineMemoryBytes } from './machine-memory.ts';
import { createGrace } from './grace.ts';
import { metricsAhead } from './metrics-ahead.ts';
import { runLoops } from './run-loops.ts';
import { createServices, type Services } from './services.ts';
import { elsewhereOf } from './sources-elsewhere.ts';
import { openWorld, type OpenedWorld, type World } from './world.ts';

export interface Server extends AsyncDisposable {
  /** `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** What isolates functions here, and what it lacks, in one line. */
  readonly isolation: string;
  /** Runs the background work; resolves when the signal aborts, rejects where the store has failed for good. */
  runUntil(signal: AbortSignal): Promise<void>;
}

const HTTP_PORT = 80;
/** Of the machine's memory, one part in so many is for bodies of requests; of a small one it is this, at the least. */
const KEPT_BODY_PART = 16;
const KEPT_BODY_BYTES_MIN = 256 * MIB;

/** The server while it is put together: what is made later is asked for when it is needed. */
interface Parts {
  gateway?: Gateway;
  plane?: InvokePlane;
  host: string;
}

/**
 * Opens the data directory, migrates it, and listens.
 * Closing: no new request; what runs may end; sandboxes end; logs and usage are stored; the store closes.
 * @throws DataDirectoryInUse, NewerSchema, SandboxUnavailable
 */
export async function startServer(config: Config): Promise<Server> {
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await openWorld(config));
  const graceMs = createGrace(world.machineClock, config.shutdownSeconds * SECOND_MS);
  const parts: Parts = { host: '' };
  const services = await openServices(config, world, parts);
  stack.use(services.billing);
  stack.defer(() => storeWithin(config, world, services));
  const reserved = stack.use(await reservePortOf(config));
  parts.host = hostOf(config.host, reserved.port);
  const { driver, runtimes } = await openSandboxes(config, world, parts, reserved);
  stack.use(driver);
  const traces = await openTracesOf(config, world, stack);
  parts.plane = stack.use(
    createInvokePlane({
      ...world,
      clock: world.machineClock,
      driver,
      runtimes,
      catalog: services.control.catalog,
      compiled: services.control.compiledCode,
      durable: services.control.durableDoor,
      credentials: services.sts.issuer,
      logSink: services.logSink,
      metrics: metricsOf(world, services),
      reports: [services.billing.reports, ...traces],
      debugDoor: loopbackDebugDoor,
      options: { ...invokeOptions(config, driver.canBindLate ?? true), drainMs: graceMs },
    }),
  );
  parts.gateway = stack.use(openGateway(config, world, services, graceMs));
  await listen(parts.gateway, config, reserved);
  await services.sts.openRoot();
  parts.gateway.ready();
  const loops = [world.watchClock, ...services.loops, planeLoop(parts)];
  const opened = stack.move();
  return {
    endpoint: endpointOf(config, parts.host),
    isolation: driver.description,
    runUntil: (signal) =>
      runLoops(loops, { clock: world.machineClock, log: world.log, graceMs }, signal),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** All services, over a store that has their tables. */
async function openServices(config: Config, world: OpenedWorld, parts: Parts): Promise<Services> {
  const elsewhere = elsewhereOf(config, world);
  const services = createServices({
    world,
    ...(elsewhere === undefined ? {} : { elsewhere }),
    accountId: config.accountId,
    furtherAccountIds: config.furtherAccountIds.split(',').filter((id) => id !== ''),
    accountConcurrency: config.accountConcurrency,
    evaluatesPolicies: config.auth === 'iam',
    separatesAccounts: config.auth === 'signature',
    host: () => parts.host,
    ...(config.endpointUrl === '' ? {} : { endpointUrl: config.endpointUrl }),
    invoker: () => present(parts.plane, 'the invoke plane is asked before it is made').invoker,
    provisionedStatus: {
      status: (demand) =>
        parts.plane?.provisionedStatus.status(demand) ?? { allocated: 0, available: 0 },
    },
    publishRoot: (credentials, further) => publishRoot(config, parts.host, credentials, further),
  });
  for (const schema of services.schemas) await world.database.migrate(schema);
  for (const surface of services.surfaces) await surface.open?.();
  return services;
}

/** What functions measure goes to the time of the services, where that is ahead. */
function metricsOf({ movableClock }: OpenedWorld, { metrics }: Services): LateMetricSink {
  return movableClock === undefined ? metrics : metricsAhead(metrics, movableClock);
}

function planeLoop(parts: Parts) {
  return (signal: AbortSignal) => parts.plane?.run(signal);
}

function openSandboxes(config: Config, { log }: World, parts: Parts, { port }: ReservedPort) {
  return openIsolation({
    config,
    endpointAddress: parts.host,
    ...endpointInside(config, port),
    log,
    onEndpointConnection: (connection, sandbox) => parts.gateway?.accept(connection, sandbox),
  });
}

/** The traces where an endpoint is set, else none; closed with the stack. */
async function openTracesOf(
  { otlpEndpoint: endpoint }: Config,
  { random, log }: World,
  stack: AsyncDisposableStack,
): Promise<readonly ReportSink[]> {
  return endpoint === '' ? [] : [stack.use(await openTraces({ endpoint, random, log }))];
}

/** Stores what waits in memory; a store that refuses it does not hold the end up for longer than configured. */
async function storeWithin(config: Config, world: World, services: Services): Promise<void> {
  const { flushMetrics, logSink } = services;
  const late = Promise.withResolvers<boolean>();
  // A timer keeps no process alive; a sleep would, to its end.
  using _timer = world.machineClock.setTimer(config.shutdownSeconds * SECOND_MS, () =>
    late.resolve(false),
  );
  const isStored = Promise.all([logSink.flush(), flushMetrics()]).then(() => true);
  if (!(await Promise.race([isStored, late.promise]))) {
    world.log.error('the last log lines and measurements could not be stored');
  }
}

function openGateway(
  config: Config,
  world: OpenedWorld,
  services: Services,
  closeMs: () => number,
): Gateway {
  const { root, credentials } = services.sts;
  const { access } = services;
  const { clock } = world;
  return createGateway({
    ...world,
    clock: world.machineClock,
    services: services.services,
    ...(access && {
      authorise: createAuthorise({ services: services.services, access, clock }),
    }),
    extras: services.extras,
    surfaces: services.surfaces,
    internal: internalOf(world, services),
    credentials,
    auth:
      config.auth === 'none'
        ? { kind: 'none', root }
        : { kind: access === undefined ? 'signature' : 'iam' },
    region: config.region,
    bounds: {
      closeMs,
      keptBodyBytesMax: Math.max(KEPT_BODY_BYTES_MIN, machineMemoryBytes() / KEPT_BODY_PART),
    },
  });
}

/** What is answered under `/_hearth/`; the clock where it can be moved alone. */
function internalOf(
  { movableClock: clock, database }: OpenedWorld,
  { internal, agendas }: Services,
): Services['internal'] {
  if (clock === undefined) return internal;
  return new Map([...internal, ['clock', createClockSurface({ clock, database, agendas })]]);
}

function invokeOptions(config: Config, canBindLate: boolean): InvokePlaneOptions {
  const defaults = defaultInvokeOptions({
    memoryMiB: config.sandboxMemoryMib,
    processors: availableParallelism(),
  });
  return {
    ...defaults,
    admission: { ...defaults.admission, accountConcurrency: config.accountConcurrency },
    pool: { ...defaults.pool, idleMs: config.idleEnvironmentSeconds * SECOND_MS },
    stemCells:
      config.stemCells > 0 && canBindLate
        ? { ...defaults.stemCells, min: config.stemCells }
        : { ...defaults.stemCells, min: 0, max: 0 },
  };
}

/** The file that `hearth credentials` and the examples read. */
function publishRoot(
  config: Config,
  host: string,
  credentials: Credentials,
  further: readonly RootCredentials[],
): Promise<void> {
  const { region, accountId } = config;
  const endpoint = endpointOf(config, host);
  const accounts = further.length === 0 ? {} : { accounts: further };
  const keys = { ...credentials, region, endpoint, accountId, ...accounts };
  return writePrivateFile(
    join(config.dataDir, 'credentials.json'),
    `${JSON.stringify(keys, null, 2)}\n`,
  );
}

/**
 * The port that is listened on, known before: sandboxes have it, too. One that somebody else has is told of before
 * anything is made.
 */
async function reservePortOf({ host, port }: Config): Promise<ReservedPort> {
  return tellWhatListens({ host, port }, () => reservePort(host, port));
}

/** Of an endpoint that was set: sandboxes have it, too, where no certificate is asked for. */
function endpointInside({ endpointUrl }: Config, port: number) {
  const url = endpointUrl === '' ? undefined : new URL(endpointUrl);
  if (url?.protocol !== 'http:') return { endpointPort: port };
  return { endpointPort: Number(url.port || HTTP_PORT), endpointName: url.hostname };
}

async function listen(gateway: Gateway, config: Config, reserved: ReservedPort): Promise<void> {
  await reserved[Symbol.asyncDispose]();
  const { host } = config;
  await tellWhatListens(config, () => gateway.listen({ host, port: reserved.port }));
}

/** @throws Error in a sentence where the address cannot be listened on */
async function tellWhatListens<Result>(
  { host, port }: Pick<Config, 'host' | 'port'>,
  listenThere: () => Promise<Result>,
): Promise<Result> {
  try {
    return await listenThere();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const sentence = CANNOT_LISTEN[code]?.(host, port);
    if (sentence === undefined) throw error;
    throw new Error(sentence, { cause: error });
  }
}

const CANNOT_LISTEN: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `the port ${port} of ${host} is in use: stop what listens there, or choose another by --port`,
  EADDRNOTAVAIL: (host) =>
    `${host} is no address of this machine: choose one by --host, 0.0.0.0 for all of them`,
  ENOTFOUND: (host) =>
    `${host} is no address of this machine: choose one by --host, 0.0.0.0 for all of them`,
  EACCES: (host, port) =>
    `the port ${port} of ${host} is for root alone: choose one above 1023 by --port`,
};

/** `127.0.0.1:4566`, `[::1]:4566`: where a client of this machine reaches the address listened on. */
function hostOf(host: string, port: number): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return reached.includes(':') ? `[${reached}]:${port}` : `${reached}:${port}`;
}

function endpointOf({ endpointUrl }: Config, host: string): string {
  return endpointUrl === '' ? `http://${host}` : endpointUrl;
}
