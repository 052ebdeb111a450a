/**
 * DynamoDB over a store in memory and a clock that stands still, its operations called as the
 * gateway calls them.
 */
import assert from 'node:assert/strict';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { AwsError } from '#aws/errors.ts';
import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import type { Operations as StreamsOperations } from '#aws/models/dynamodbstreams.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { present } from '#kernel/assert.ts';
import type { Deliverer, Delivery } from '#ports/peers/deliverer.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { StreamReader } from '#ports/peers/stream-reader.ts';
import type { Database } from '#ports/world/database.ts';
import { createDynamodb } from '#services/dynamodb/index.ts';
import { requestContext } from './request-context.ts';

export const ACCOUNT = '111111111111';
export const REGION = 'eu-central-1';

type Input<T> = T extends Operation<infer I, unknown> ? I : never;
type Output<T> = T extends Operation<never, infer O> ? O : never;

export interface TestDynamodb extends AsyncDisposable {
  readonly clock: SimulatedClock;
  readonly database: Database;
  readonly wakeups: MemoryWakeups;
  readonly streamReader: StreamReader;
  /** What Kinesis was given. */
  readonly deliveries: readonly Delivery[];
  call<Name extends keyof Operations>(
    name: Name,
    input: Input<Operations[Name]>,
    region?: string,
  ): Promise<Output<Operations[Name]>>;
  streams<Name extends keyof StreamsOperations>(
    name: Name,
    input: Input<StreamsOperations[Name]>,
  ): Promise<Output<StreamsOperations[Name]>>;
  /** Lets the background work do what is due, and end. */
  work(): Promise<void>;
}

export async function startDynamodb(metrics?: MetricSink): Promise<TestDynamodb> {
  const clock = new SimulatedClock();
  const wakeups = new MemoryWakeups();
  const database = await openDatabase({ path: ':memory:' });
  const deliveries: Delivery[] = [];
  const deliverer: Deliverer = {
    async deliver(delivery) {
      deliveries.push(delivery);
      return 'deliverable';
    },
    check: async ({ targetArn }) => (targetArn.endsWith('/missing') ? 'missing' : 'deliverable'),
  };
  const random = new SeededRandom(1);
  const world = { database, clock, wakeups, random, deliverer };
  const dynamodb = createDynamodb({ ...world, ...(metrics && { metrics }) });
  await database.migrate(dynamodb.schema);
  return {
    clock,
    database,
    wakeups,
    streamReader: dynamodb.streamReader,
    deliveries,
    call: (name, input, region = REGION) => callOperation(dynamodb.service, name, input, region),
    streams: (name, input) => callOperation(dynamodb.streamsService, name, input),
    async work() {
      const controller = new AbortController();
      const running = dynamodb.run(controller.signal);
      // The store in memory needs no more than turns of the event loop.
      for (let turn = 0; turn < 200; turn += 1) await clock.settle();
      controller.abort();
      await running;
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

async function callOperation<O>(
  service: Service,
  name: string,
  input: unknown,
  region = REGION,
): Promise<O> {
  const operation = present(service.operations[name], `${name} is built`) as Operation<unknown, O>;
  return operation({ ...requestContext(ACCOUNT, { sourceIp: '::1' }), region }, input);
}

/** What an operation refuses with: its code and message. */
export async function refusal(promise: Promise<unknown>): Promise<readonly [string, string]> {
  const error: unknown = await promise.then(
    () => assert.fail('was not refused'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AwsError)) throw error;
  return [error.code, error.message];
}

/** A table named `tab`: hash key `h`, range key `r` where it is given a type. */
export function simpleTable(range?: 'S' | 'N' | 'B', hash: 'S' | 'N' | 'B' = 'S') {
  return {
    TableName: 'tab',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'h', AttributeType: hash },
      ...(range ? [{ AttributeName: 'r', AttributeType: range }] : []),
    ],
    KeySchema: [
      { AttributeName: 'h', KeyType: 'HASH' },
      ...(range ? [{ AttributeName: 'r', KeyType: 'RANGE' }] : []),
    ],
  };
}
