/**
 * Event source mappings over real queues and tables, on a clock that stands still, with functions that a test
 * scripts.
 */
import assert from 'node:assert/strict';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import {
  MemoryBlobStore,
  MemoryDirectoryStore,
  SeededRandom,
  SimulatedClock,
} from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import type {
  DurableConfig,
  EventSourceMappingConfiguration,
} from '#aws/models/lambda.types.gen.ts';
import type { Service } from '#aws/operation.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { isObject } from '#kernel/json.ts';
import { createLambdaControl } from '#lambda/control/index.ts';
import { createEventSources, eventSourceTags, type EventSources } from '#lambda/sources/index.ts';
import { functionNotFound } from '#lambda/errors.ts';
import type { VersionRecord } from '#lambda/model/records.ts';
import { functions, versions } from '#lambda/store.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { Invocation, Outcome } from '#ports/peers/invoker.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import type { StreamReader } from '#ports/peers/stream-reader.ts';
import type { Database } from '#ports/world/database.ts';
import { createDynamodb } from '#services/dynamodb/index.ts';
import { createSqs } from '#services/sqs/index.ts';
import { silentLog } from './silent-log.ts';
import { StumblingDatabase } from './stumbling-database.ts';
import { requestContext } from './request-context.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/** The parsed event of an invocation. */
export interface FunctionEvent {
  readonly Records: readonly { readonly [name: string]: unknown }[];
  readonly [name: string]: unknown;
}

export type Answer =
  | { readonly returns: unknown }
  | { readonly returnsText: string }
  | { readonly fails: string }
  | { readonly throttles: true };

/** What a function does with an event. */
export type Script = (event: FunctionEvent, invocation: Invocation) => Promise<Answer> | Answer;

export interface SourcesWorld extends AsyncDisposable {
  readonly clock: SimulatedClock;
  readonly database: StumblingDatabase;
  /** For a gateway. */
  readonly services: readonly Service[];
  readonly events: FunctionEvent[];
  readonly deliveries: Delivery[];
  readonly metrics: MetricDatum[];
  script: Script;
  /** Starts the loop; again after `crash`. */
  start(): void;
  /** When the loop next does something by the clock. */
  agenda(): Promise<number | undefined>;
  /** Forgets the loop and whatever it had in hand, as a crash would. */
  crash(): Promise<void>;
  lambda(name: string, input: object): Promise<EventSourceMappingConfiguration>;
  map(input: object): Promise<string>;
  sqs(name: string, input: object): Promise<Record<string, unknown>>;
  dynamodb(name: string, input: object): Promise<Record<string, unknown>>;
  createQueue(name: string, attributes?: Record<string, string>): Promise<TestQueue>;
  addFunction(name: string, timeoutSeconds?: number, durable?: DurableConfig): Promise<void>;
  /** Lets everything happen that needs no time. */
  quiet(): Promise<void>;
  /** Lets time pass, and what it makes due. */
  pass(durationMs: number): Promise<void>;
}

export interface TestQueue {
  readonly arn: string;
  send(body: string, more?: object): Promise<void>;
  /** Messages that are visible, hidden and delayed. */
  count(): Promise<number>;
}

export interface SourcesOptions {
  /** Streams beside DynamoDB's, by the service in their ARN. */
  readonly streamReaders?: Readonly<Record<string, StreamReader>>;
}

const TURNS = 60;

/** A world of its own, its loop not yet started; the function `f` is there. */
export async function startSources(options: SourcesOptions = {}): Promise<SourcesWorld> {
  const clock = new SimulatedClock();
  const wakeups = new MemoryWakeups();
  const random = new SeededRandom(1);
  const database = new StumblingDatabase(await openDatabase({ path: ':memory:' }));
  const sqs = createSqs({ database, clock, random, wakeups });
  const dynamodb = createDynamodb({
    database,
    clock,
    random,
    wakeups,
    deliverer: { check: async () => 'unsupported', deliver: async () => 'unsupported' },
  });
  const events: FunctionEvent[] = [];
  const deliveries: Delivery[] = [];
  const metrics: MetricDatum[] = [];
  let script: Script = () => ({ returns: null });
  const control = createLambdaControl({
    database,
    clock,
    log: silentLog,
    random,
    wakeups,
    blobs: new MemoryBlobStore(random),
    directories: new MemoryDirectoryStore(random),
    objects: { read: async () => ({ kind: 'no-such-bucket' }) },
    images: { read: async () => ({ kind: 'no-such-image' }) },
    metrics: { put: () => undefined },
    deliverer: { check: async () => 'unsupported', deliver: async () => 'unsupported' },
    invoker: () => ({ invoke: (invocation) => answer(invocation, generation) }),
    host: () => '127.0.0.1',
    options: { tagBearers: eventSourceTags(clock) },
  });
  const make = (): EventSources =>
    createEventSources({
      database,
      clock,
      random,
      wakeups,
      log: silentLog,
      metrics: { put: (data) => void metrics.push(...data) },
      deliverer: {
        check: async () => 'deliverable',
        async deliver(delivery, tx) {
          deliveries.push(delivery);
          const isQueue = delivery.targetArn.includes(':sqs:');
          return isQueue ? sqs.deliverer.deliver(delivery, tx) : 'deliverable';
        },
      },
      invoker: () => ({ invoke: (invocation) => answer(invocation, generation) }),
      catalog: control.catalog,
      sqsSource: (arn) => sqs.eventSource(arn),
      streamReaders: { dynamodb: dynamodb.streamReader, ...options.streamReaders },
    });
  let generation = 0;
  const answer = async (invocation: Invocation, mine: number): Promise<Outcome> => {
    const found = await database.read((queries) =>
      functions.get(queries, invocation, invocation.functionName),
    );
    if (found === undefined) throw functionNotFound(invocation);
    const event = JSON.parse(textOf(invocation.payload)) as FunctionEvent;
    events.push(event);
    const outcome = outcomeOf(await script(event, invocation));
    // A crash leaves nobody to hear of the end.
    return mine === generation ? outcome : new Promise<Outcome>(() => undefined);
  };
  const sources = make();
  for (const schema of [control.schema, sources.schema, sqs.schema, dynamodb.schema]) {
    await database.migrate(schema);
  }
  let started = sources;
  let ending = new AbortController();
  let running: Promise<void> | undefined;
  const world: SourcesWorld = {
    clock,
    database,
    services: [
      {
        ...control.service,
        operations: { ...control.service.operations, ...sources.operations },
      },
      sqs.service,
      dynamodb.service,
      dynamodb.streamsService,
    ],
    events,
    deliveries,
    metrics,
    get script() {
      return script;
    },
    set script(next) {
      script = next;
    },
    start() {
      ending = new AbortController();
      started = make();
      running = started.run(ending.signal);
      running.catch(() => undefined);
    },
    agenda: () => database.read((queries) => started.agenda(queries)),
    async crash() {
      generation += 1;
      ending.abort();
      await world.quiet();
    },
    lambda: (name, input) => call(sources.operations, name, input),
    async map(input) {
      const given = { FunctionName: 'f', ...input };
      const { UUID = '' } = await world.lambda('CreateEventSourceMapping', given);
      return UUID;
    },
    sqs: (name, input) => call(sqs.service.operations, name, input),
    dynamodb: (name, input) => call(dynamodb.service.operations, name, input),
    async createQueue(name, attributes = {}) {
      const input = { QueueName: name, Attributes: attributes };
      const { QueueUrl } = await world.sqs('CreateQueue', input);
      return {
        arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
        async send(MessageBody, more = {}) {
          await world.sqs('SendMessage', { QueueUrl, MessageBody, ...more });
        },
        async count() {
          const rows = await database.read((queries) =>
            queries.all<{ count: number }>(
              `SELECT COUNT(*) AS count FROM sqs_messages m JOIN sqs_queues q
               ON q.queue_id = m.queue_id WHERE q.name = $1`,
              name,
            ),
          );
          return rows[0]?.count ?? 0;
        },
      };
    },
    addFunction: (name, timeoutSeconds = 3, durable) =>
      addFunction(database, name, timeoutSeconds, durable),
    async quiet() {
      for (let turn = 0; turn < TURNS; turn += 1) await clock.settle();
    },
    async pass(durationMs) {
      const endMs = clock.now() + durationMs;
      await world.quiet();
      for (
        let at = clock.nextTimerAt();
        at !== undefined && at <= endMs;
        at = clock.nextTimerAt()
      ) {
        await clock.advance(Math.max(0, at - clock.now()));
        await world.quiet();
      }
      await clock.advance(Math.max(0, endMs - clock.now()));
      await world.quiet();
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await world.quiet();
      await database[Symbol.asyncDispose]();
    },
  };
  await world.addFunction('f');
  return world;
}

function outcomeOf(answer: Answer): Outcome {
  if ('throttles' in answer) {
    return { kind: 'throttled', reason: 'ConcurrentInvocationLimitExceeded' };
  }
  const executedVersion = '$LATEST';
  // Nobody here reads reports.
  const report = Promise.resolve({} as InvocationReport);
  if ('fails' in answer) {
    const payload = utf8(JSON.stringify({ errorMessage: answer.fails }));
    return { kind: 'failed', executedVersion, functionError: 'Unhandled', payload, report };
  }
  const text = 'returnsText' in answer ? answer.returnsText : JSON.stringify(answer.returns);
  return {
    kind: 'returned',
    executedVersion,
    payload: once(utf8(text)),
    report,
  };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

async function addFunction(
  database: Database,
  functionName: string,
  timeoutSeconds: number,
  durable: DurableConfig | undefined,
): Promise<void> {
  const scope = { accountId: ACCOUNT, region: REGION };
  const version: VersionRecord = {
    functionName,
    number: 0,
    settings: {
      Description: '',
      Role: `arn:aws:iam::${ACCOUNT}:role/r`,
      Timeout: timeoutSeconds,
      MemorySize: 128,
      PackageType: 'Zip',
      Architectures: ['x86_64'],
      EphemeralStorage: { Size: 512 },
      SnapStart: {},
      TracingConfig: {},
      LoggingConfig: {},
      ...(durable === undefined ? {} : { DurableConfig: durable }),
    },
    code: { kind: 'zip', sha256: '', bytes: 0, directoryId: '', unzippedBytes: 0 },
    layers: [],
    phase: { kind: 'settled' },
    revisionId: '',
    deploymentId: '',
    lastModifiedMs: 0,
  };
  await database.transact(async (tx) => {
    const record = { functionName, createdAtMs: 0, lastVersion: 0, recursiveLoop: '', tags: {} };
    await functions.put(tx, scope, record);
    await versions.put(tx, scope, version);
  });
}

const context = requestContext(ACCOUNT, { headers: { host: 'localhost:4566' } });

async function call<Output>(operations: object, name: string, input: object): Promise<Output> {
  const operation = (operations as Record<string, unknown>)[name];
  assert.ok(typeof operation === 'function', `${name} is built`);
  // The wire parses inputs; the test gives what it would.
  return (await operation(context, input)) as Output;
}

/** Makes the table `things`, whose key is `id`; answers its stream's ARN. */
export async function createStreamedTable(
  world: SourcesWorld,
  StreamViewType: 'KEYS_ONLY' | 'NEW_AND_OLD_IMAGES',
): Promise<string> {
  const { TableDescription: table } = await world.dynamodb('CreateTable', {
    TableName: 'things',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType },
  });
  return isObject(table) ? String(table['LatestStreamArn']) : '';
}
