/** What the tests of EventBridge stand on: the service over a database in memory and a fake clock. */
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import type { Operations } from '#aws/models/events.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { textOf } from '#kernel/bytes.ts';
import type { HttpAnswer, HttpPost } from '#ports/world/http-client.ts';
import type { Deliverer, Delivery, DeliveryCheck } from '#ports/peers/deliverer.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import { createEvents, type Events } from './index.ts';
import { requestContext } from '../../../test/support/request-context.ts';

type Input<Name extends keyof Operations> = Parameters<Operations[Name]>[1];
type Output<Name extends keyof Operations> = Awaited<ReturnType<Operations[Name]>>;

export const ACCOUNT = '111111111111';
export const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:queue`;
export const DEAD_LETTERS = `arn:aws:sqs:us-east-1:${ACCOUNT}:dead-letters`;

export interface Harness {
  readonly events: Events;
  readonly clock: SimulatedClock;
  /** What was committed to targets outside EventBridge. */
  readonly deliveries: Delivery[];
  /** The names of what was measured, and of what. */
  readonly metrics: string[];
  readonly measured: Readonly<Record<string, string>>[];
  /** What targets answer, by ARN; they are deliverable where nothing is said. */
  readonly answers: Map<string, DeliveryCheck>;
  /** What API destinations and tokens' endpoints were asked. */
  readonly requests: HttpPost[];
  /** What the next requests are answered, in order; 200 where nothing is said. */
  readonly httpAnswers: HttpAnswer[];
  /** @param accountId whose request it is; ACCOUNT's where nothing is said */
  call<Name extends keyof Operations>(
    name: Name,
    input: Input<Name>,
    accountId?: string,
  ): Promise<Output<Name>>;
  /** The JSON that each delivery carried. */
  received(): unknown[];
  /** A rule on the default bus that delivers to the queue. */
  makeRule(pattern: unknown, target?: object, bus?: string): Promise<void>;
  put(detail: unknown, more?: object): Promise<Output<'PutEvents'>>;
  /** A second server over the same store, as after a restart. */
  restart(): Events;
}

export async function openHarness(): Promise<Harness> {
  const clock = new SimulatedClock();
  const wakeups = new MemoryWakeups();
  const database = await openDatabase({ path: ':memory:' });
  const deliveries: Delivery[] = [];
  const metrics: string[] = [];
  const measured: Readonly<Record<string, string>>[] = [];
  const requests: HttpPost[] = [];
  const httpAnswers: HttpAnswer[] = [];
  const answers = new Map<string, DeliveryCheck>();
  const deliverer: Deliverer = {
    check: async ({ targetArn }) => answers.get(targetArn) ?? 'deliverable',
    deliver: async (delivery, tx) => {
      if (delivery.targetArn.includes(':events:')) return events.deliverer.deliver(delivery, tx);
      const answer = answers.get(delivery.targetArn) ?? 'deliverable';
      if (answer === 'deliverable') tx.afterCommit(() => void deliveries.push(delivery));
      return answer;
    },
  };
  const dependencies = {
    database,
    clock,
    random: new SeededRandom(1),
    wakeups,
    deliverer,
    http: {
      post: async (request: HttpPost): Promise<HttpAnswer> => {
        requests.push(request);
        return httpAnswers.shift() ?? { kind: 'answered', status: 200 };
      },
    },
    metricSink: {
      put: (data: readonly MetricDatum[]) => {
        metrics.push(...data.map(({ name }) => name));
        measured.push(...data.map(({ dimensions }) => dimensions));
      },
    },
  };
  const events = createEvents(dependencies);
  await database.migrate(events.schema);
  const call: Harness['call'] = async (name, input, accountId = ACCOUNT) => {
    // The table holds every operation under the name whose types these are.
    const operation = events.service.operations[name] as Operation<typeof input, never> | undefined;
    if (operation === undefined) throw new Error(`no operation ${name}`);
    return operation({ ...CONTEXT, accountId }, input);
  };
  return {
    events,
    clock,
    deliveries,
    metrics,
    measured,
    answers,
    requests,
    httpAnswers,
    call,
    received: () => deliveries.map(({ payload }) => JSON.parse(textOf(payload)) as unknown),
    makeRule: async (pattern, target = {}, bus = 'default') => {
      const EventPattern = JSON.stringify(pattern);
      await call('PutRule', { Name: 'rule', EventPattern, EventBusName: bus });
      const Targets = [{ Id: 'target', Arn: QUEUE, ...target }];
      await call('PutTargets', { Rule: 'rule', EventBusName: bus, Targets });
    },
    put: (detail, more = {}) =>
      call('PutEvents', {
        Entries: [{ Source: 'shop', DetailType: 'order', Detail: JSON.stringify(detail), ...more }],
      }),
    restart: () => createEvents(dependencies),
  };
}

const CONTEXT = requestContext(ACCOUNT);
