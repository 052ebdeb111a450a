/** What the tests of Amazon SNS stand on: the service over a database in memory and a fake clock. */
import assert from 'node:assert/strict';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import type { Operations } from '#aws/models/sns.types.gen.ts';
import { AwsError } from '#aws/errors.ts';
import type { Operation } from '#aws/operation.ts';
import { textOf } from '#kernel/bytes.ts';
import type { Delivery, DeliveryCheck } from '#ports/peers/deliverer.ts';
import type { Database } from '#ports/world/database.ts';
import type { HttpAnswer, HttpPost } from '#ports/world/http-client.ts';
import { createSns, type Sns } from './index.ts';
import { makeSigningKey } from './signing.ts';
import { saveSigningKey } from './store-signing.ts';
import { requestContext } from '../../../test/support/request-context.ts';

type Input<Name extends keyof Operations> = Parameters<Operations[Name]>[1];
type Output<Name extends keyof Operations> = Awaited<ReturnType<Operations[Name]>>;

export const ACCOUNT = '111111111111';
export const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:topic`;
export const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:queue`;
export const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;

export interface Harness {
  readonly sns: Sns;
  readonly clock: SimulatedClock;
  readonly database: Database;
  /** What was committed to endpoints. */
  readonly deliveries: Delivery[];
  /** What endpoints answer, by ARN; they are deliverable where nothing is said. */
  readonly answers: Map<string, DeliveryCheck>;
  /** What was posted to web servers, and what these answer. */
  readonly posts: HttpPost[];
  readonly web: { answer: HttpAnswer };
  /** What CloudWatch Logs was told: the log group, and the line. */
  readonly lines: { readonly logGroup: string; readonly line: string }[];
  call<Name extends keyof Operations>(name: Name, input: Input<Name>): Promise<Output<Name>>;
  /** The texts of all deliveries. */
  bodies(): string[];
  /** A topic `topic`, or `topic.fifo`, with a subscribed endpoint; answers the subscription's ARN. */
  subscribed(
    attributes?: Record<string, string>,
    more?: Partial<Input<'Subscribe'>>,
  ): Promise<string>;
}

export async function openHarness(): Promise<Harness> {
  const clock = new SimulatedClock();
  const database = await openDatabase({ path: ':memory:' });
  const deliveries: Delivery[] = [];
  const answers = new Map<string, DeliveryCheck>();
  const posts: HttpPost[] = [];
  const lines: { readonly logGroup: string; readonly line: string }[] = [];
  const web: { answer: HttpAnswer } = { answer: { kind: 'answered', status: 200 } };
  const sns = createSns({
    database,
    clock,
    random: new SeededRandom(1),
    wakeups: new MemoryWakeups(),
    http: {
      post: async (request) => {
        posts.push(request);
        return request.url.includes('slow') ? new Promise(() => undefined) : web.answer;
      },
    },
    metricSink: { put: () => undefined },
    logSink: {
      append: ({ logGroup }, told) =>
        void lines.push(...told.map(({ message }) => ({ logGroup, line: message }))),
      flush: async () => undefined,
    },
    host: () => 'localhost:4566',
    deliverer: {
      check: async () => 'deliverable',
      deliver: async (delivery, tx) => {
        const answer = answers.get(delivery.targetArn) ?? 'deliverable';
        if (answer === 'deliverable') tx.afterCommit(() => void deliveries.push(delivery));
        return answer;
      },
    },
  });
  await database.migrate(sns.schema);
  await database.transact((tx) => saveSigningKey(tx, KEY));
  const call: Harness['call'] = async (name, input) => {
    // The table holds every operation under the name whose types these are.
    const operation = sns.service.operations[name] as Operation<typeof input, never> | undefined;
    assert.ok(operation, `${name} is built`);
    return operation(CONTEXT, input);
  };
  return {
    sns,
    clock,
    database,
    deliveries,
    answers,
    posts,
    web,
    lines,
    call,
    bodies: () => deliveries.map(({ payload }) => textOf(payload)),
    subscribed: async (Attributes = {}, more = {}) => {
      await call('CreateTopic', { Name: 'topic' });
      const endpoint = { TopicArn: TOPIC, Protocol: 'sqs', Endpoint: QUEUE };
      const { SubscriptionArn = '' } = await call('Subscribe', {
        ...endpoint,
        Attributes,
        ...more,
      });
      return SubscriptionArn;
    },
  };
}

/** Made once: it takes longer than the tests. */
const KEY = makeSigningKey(Date.UTC(2026, 0, 1));

const CONTEXT = requestContext(ACCOUNT, { sourceIp: '::1' });

/** For `assert.rejects`: an error of this code and message. */
export function fails(code: string, message: string) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof AwsError);
    assert.deepEqual([error.code, error.message], [code, message]);
    // The protocol writes an error's Type; a second one spoils it.
    assert.deepEqual(error.fields, {});
    return true;
  };
}
