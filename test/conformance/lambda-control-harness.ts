/** Lambda's control plane behind a gateway, on a fake clock and with an invoke plane that a test scripts. */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ZipFile } from 'yazl';

import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import {
  MemoryBlobStore,
  MemoryDirectoryStore,
  SeededRandom,
  SimulatedClock,
} from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import { createGateway } from '#aws/gateway/index.ts';
import { utf8 } from '#kernel/bytes.ts';
import { createLambdaControl } from '#lambda/control/index.ts';
import type { LambdaControl, LambdaControlDependencies } from '#lambda/control/index.ts';
import { functionNotFound, notReady } from '#lambda/errors.ts';
import type { FoundImage } from '#ports/peers/image-reader.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { Invocation, Invoker, Outcome } from '#ports/peers/invoker.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import type { KnownRole } from '#ports/peers/role-directory.ts';
import type { Queries } from '#ports/world/database.ts';
import { imageReader } from '../support/images.ts';
import { silentLog } from '../support/silent-log.ts';
import { StumblingDatabase } from '../support/stumbling-database.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/r`;

/** What a function does with one event. */
export type Script = (invocation: Invocation) => Promise<ScriptedOutcome> | ScriptedOutcome;

export type ScriptedOutcome =
  | { readonly returns: unknown }
  | { readonly streams: readonly string[]; readonly contentType?: string; readonly breaks?: string }
  | { readonly fails: object }
  | { readonly throttles: 'ConcurrentInvocationLimitExceeded' };

export interface World extends AsyncDisposable {
  readonly client: LambdaClient;
  readonly endpoint: string;
  readonly port: number;
  readonly clock: SimulatedClock;
  readonly control: LambdaControl;
  readonly database: StumblingDatabase;
  readonly directories: MemoryDirectoryStore;
  readonly blobs: MemoryBlobStore;
  readonly objects: Map<string, Uint8Array>;
  /** By `ACCOUNT/REGION/REPOSITORY REFERENCE`. */
  readonly images: Map<string, FoundImage>;
  readonly deliveries: Delivery[];
  readonly metrics: MetricDatum[];
  readonly invocations: Invocation[];
  readonly ends: object[];
  /** What the functions do from now on. */
  script: Script;
  /** Runs the queue and the sweep until the world is disposed. */
  start(): void;
  /** Lets everything happen that needs no time, however many turns of the event loop that takes. */
  quiet(): Promise<void>;
  /** Lets what was created or updated settle. */
  settle(): Promise<void>;
  /** A client of another account. */
  clientOf(accountId: string, region?: string): LambdaClient;
}

const KNOWN_ROLE: KnownRole = {
  accountId: ACCOUNT,
  arn: ROLE,
  roleName: 'r',
  roleId: 'AROA0123456789ABCDEFG',
  trustPolicy: '{}',
  sessionSecondsMax: 3600,
};

/** The trace of everything that a script returned. */
export const TRACE = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0';
const SETTLE_MS = 100;
const TURNS = 50;

/** A world of its own for one test. */
export async function startWorld(
  options: LambdaControlDependencies['options'] = {},
): Promise<World> {
  const clock = new SimulatedClock();
  const random = new SeededRandom(1);
  const database = new StumblingDatabase(await openDatabase({ path: ':memory:' }));
  const stores = {
    blobs: new MemoryBlobStore(random),
    directories: new MemoryDirectoryStore(random),
  };
  const record: Pick<
    World,
    'deliveries' | 'metrics' | 'invocations' | 'ends' | 'objects' | 'images'
  > = {
    deliveries: [],
    metrics: [],
    invocations: [],
    ends: [],
    objects: new Map(),
    images: new Map(),
  };
  let script: Script = () => ({ returns: null });
  let port = 0;
  const control: LambdaControl = createLambdaControl({
    ...stores,
    database,
    clock,
    log: silentLog,
    random,
    wakeups: new MemoryWakeups(),
    metrics: { put: (data) => void record.metrics.push(...data) },
    objects: objectReader(record.objects),
    images: imageReader(record.images),
    roles: { find: async (roleArn) => (roleArn === ROLE ? KNOWN_ROLE : undefined) },
    deliverer: {
      check: (target, tx) => control.deliverer.check(target, tx),
      async deliver(delivery, tx) {
        if (delivery.targetArn.includes(':lambda:')) return control.deliverer.deliver(delivery, tx);
        record.deliveries.push(delivery);
        return delivery.targetArn.endsWith(':gone') ? 'missing' : 'deliverable';
      },
    },
    invoker: () => invoker,
    host: () => `127.0.0.1:${port}`,
    options: { settleMs: SETTLE_MS, onAsyncEnd: (end) => void record.ends.push(end), ...options },
  });
  const invoker = scriptedInvoker(control, record.invocations, (invocation) => script(invocation));
  await database.migrate(control.schema);
  const gateway = gatewayOf(control);
  ({ port } = await gateway.listen({ host: '127.0.0.1', port: 0 }));
  gateway.ready();
  const ending = new AbortController();
  let running: Promise<void> | undefined;
  const endpoint = `http://127.0.0.1:${port}`;
  const clients: LambdaClient[] = [];
  const clientOf = (accountId: string, region = REGION): LambdaClient => {
    const credentials = { accessKeyId: accountId, secretAccessKey: 'secret' };
    const made = new LambdaClient({ endpoint, region, credentials, maxAttempts: 1 });
    clients.push(made);
    return made;
  };
  return {
    ...record,
    ...stores,
    client: clientOf(ACCOUNT),
    clientOf,
    endpoint,
    port,
    clock,
    control,
    database,
    get script() {
      return script;
    },
    set script(next: Script) {
      script = next;
    },
    start() {
      running = control.run(ending.signal);
    },
    async quiet() {
      for (let turn = 0; turn < TURNS; turn += 1) await clock.settle();
    },
    settle: () => clock.advance(SETTLE_MS),
    async [Symbol.asyncDispose]() {
      ending.abort();
      await clock.settle();
      await running;
      for (const client of clients) client.destroy();
      await gateway[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

function gatewayOf(control: LambdaControl) {
  const silent = (): void => undefined;
  const principalOf = (accountId: string) => ({
    accountId,
    arn: `arn:aws:iam::${accountId}:root`,
    userId: accountId,
  });
  return createGateway({
    services: [control.service],
    surfaces: control.surfaces,
    internal: control.internal,
    credentials: {
      async find(id) {
        const credentials = { accessKeyId: id, secretAccessKey: 'secret' };
        return /^\d{12}$/.test(id) ? { credentials, principal: principalOf(id) } : undefined;
      },
    },
    auth: { kind: 'signature' },
    clock: systemClock,
    random: systemRandom,
    log: {
      debug: silent,
      info: silent,
      warn: silent,
      error: (text, fields) => console.error(text, fields),
    },
    region: REGION,
  });
}

function objectReader(
  objects: ReadonlyMap<string, Uint8Array>,
): LambdaControlDependencies['objects'] {
  return {
    async read({ bucket, key }) {
      if (![...objects.keys()].some((name) => name.startsWith(`${bucket}/`))) {
        return { kind: 'no-such-bucket' };
      }
      const bytes = objects.get(`${bucket}/${key}`);
      if (bytes === undefined) return { kind: 'no-such-key' };
      return { kind: 'found', bytes: bytes.byteLength, content: once(bytes) };
    },
  };
}

function scriptedInvoker(
  control: LambdaControl,
  invocations: Invocation[],
  script: Script,
): Invoker {
  return {
    async invoke(invocation, signal): Promise<Outcome> {
      const found = await control.catalog.resolve(invocation, 0.5);
      if (found.kind === 'missing') {
        throw functionNotFound({ ...invocation, qualifier: invocation.qualifier ?? '$LATEST' });
      }
      if (found.kind === 'not-ready') throw notReady(found);
      if (found.version.durable !== undefined && invocation.isOfExecution !== true) {
        return control.durableDoor.invoke(found.version, invocation, signal);
      }
      invocations.push(invocation);
      const outcome = await script(invocation);
      const executedVersion = found.version.version;
      const report = reportOf(invocation, executedVersion);
      const traceHeader = TRACE;
      if ('throttles' in outcome) {
        return { kind: 'throttled', reason: outcome.throttles, retryAfterSeconds: 1 };
      }
      if ('fails' in outcome) {
        const payload = utf8(JSON.stringify(outcome.fails));
        return {
          kind: 'failed',
          executedVersion,
          functionError: 'Unhandled',
          payload,
          report: Promise.resolve(report),
        };
      }
      if ('streams' in outcome) {
        const broken =
          outcome.breaks === undefined
            ? {}
            : { failure: 'error' as const, errorType: 'Oops', errorDetails: outcome.breaks };
        return {
          kind: 'returned',
          executedVersion,
          payload: many(outcome.streams),
          ...(outcome.contentType === undefined ? {} : { contentType: outcome.contentType }),
          report: Promise.resolve({ ...report, ...broken }),
        };
      }
      const payload = once(utf8(JSON.stringify(outcome.returns)));
      const told = Promise.resolve(report);
      return { kind: 'returned', executedVersion, payload, traceHeader, report: told };
    },
  };
}

function reportOf(invocation: Invocation, version: string): InvocationReport {
  const { requestId, accountId, region, functionName, source } = invocation;
  return {
    requestId,
    accountId,
    region,
    functionName,
    functionArn: functionArn(functionName),
    version,
    source,
    traceHeader: invocation.traceHeader ?? '',
    architecture: 'x86_64',
    initializationType: 'on-demand',
    startedAtMs: 0,
    durationMs: 1,
    billedDurationMs: 1,
    memorySizeMiB: 128,
    temporaryStorageMiB: 512,
    maxMemoryUsedMiB: 30,
    ...(invocation.isLogTailWanted === true
      ? { logTail: utf8(`START RequestId: ${requestId}`) }
      : {}),
  };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

async function* many(texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield utf8(text);
}

/** The ARN of a function of the test's account. */
export function functionArn(name: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
}

/** A zip of text files. */
export async function zip(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const archive = new ZipFile();
  for (const [name, text] of Object.entries(files)) {
    archive.addBuffer(Buffer.from(text), name, { mtime: new Date(0) });
  }
  archive.end();
  const chunks: Buffer[] = [];
  for await (const chunk of archive.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** A zip of one small handler. */
export function handlerZip(text = 'exports.handler = async () => 1;'): Promise<Uint8Array> {
  return zip({ 'index.js': text });
}

/** The parameters of CreateFunction that most tests need. */
export async function functionInput(FunctionName: string) {
  return {
    FunctionName,
    Runtime: 'nodejs24.x' as const,
    Handler: 'index.handler',
    Role: ROLE,
    Code: { ZipFile: await handlerZip() },
  };
}

export interface AwsFailure {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly type: unknown;
}

/** What a call was refused with; fails where it was not. */
export async function failureOf(call: Promise<unknown>): Promise<AwsFailure> {
  try {
    await call;
  } catch (error) {
    const known = error as Error & { $metadata?: { httpStatusCode?: number }; Type?: unknown };
    if (known.$metadata === undefined) throw error;
    const { name, message, $metadata, Type } = known;
    return { name, message, status: $metadata.httpStatusCode, type: Type };
  }
  throw new Error('the call was not refused');
}

/** All rows of a query, for what no operation shows. */
export function rowsOf(world: World, sql: string): Promise<Record<string, unknown>[]> {
  return world.database.read((queries: Queries) => queries.all<Record<string, unknown>>(sql));
}
