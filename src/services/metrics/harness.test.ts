/** What the tests of CloudWatch stand on: the service over a database in memory and a fake clock. */
import { openDatabase } from '#adapters/sqlite/index.ts';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import type { Operations } from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { Delivery } from '#ports/peers/deliverer.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import { createMetrics } from './index.ts';
import type { Metrics } from './index.ts';
import { requestContext } from '../../../test/support/request-context.ts';

type Input<Name extends keyof Operations> = Parameters<Operations[Name]>[1];
type Output<Name extends keyof Operations> = Awaited<ReturnType<Operations[Name]>>;

export interface Harness extends AsyncDisposable {
  readonly metrics: Metrics;
  readonly clock: SimulatedClock;
  /** What alarms told their targets. */
  readonly deliveries: Delivery[];
  /** What they told the event bus. */
  readonly events: Delivery[];
  /** Fails the next transactions, as many. */
  readonly faults: { commits: number };
  /** When alarms are looked at next. */
  nextLookAtMs(): Promise<number | undefined>;
  call<Name extends keyof Operations>(name: Name, input: Input<Name>): Promise<Output<Name>>;
  datum(name: string, value: number, options?: Partial<MetricDatum>): MetricDatum;
}

export const ACCOUNT = '111111111111';

export async function openHarness(): Promise<Harness> {
  const clock = new SimulatedClock();
  const database = await openDatabase({ path: ':memory:' });
  const deliveries: Delivery[] = [];
  const events: Delivery[] = [];
  const faults = { commits: 0 };
  const ignore = (): void => {};
  const metrics = createMetrics({
    database: {
      read: (body) => database.read(body),
      migrate: (schema) => database.migrate(schema),
      transact: (body) =>
        database.transact(async (tx) => {
          const value = await body(tx);
          if (faults.commits === 0) return value;
          faults.commits -= 1;
          throw new Error('the commit fails');
        }),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    },
    clock,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    deliverer: {
      check: async () => 'deliverable',
      deliver: async (delivery) => {
        const isEvent = delivery.targetArn.startsWith('arn:aws:events:');
        (isEvent ? events : deliveries).push(delivery);
        return 'deliverable';
      },
    },
  });
  await database.migrate(metrics.schema);
  return {
    metrics,
    clock,
    deliveries,
    events,
    faults,
    nextLookAtMs: () => database.read(metrics.agenda),
    call: async (name, input) => {
      // The table holds every operation under the name whose types these are.
      const operation = metrics.service.operations[name] as
        | Operation<typeof input, never>
        | undefined;
      if (operation === undefined) throw new Error(`no operation ${name}`);
      return operation(requestContext(ACCOUNT), input);
    },
    datum: (name, value, options = {}) => ({
      accountId: ACCOUNT,
      region: 'us-east-1',
      namespace: 'AWS/Lambda',
      name,
      value,
      dimensions: { FunctionName: 'f' },
      unit: 'Count',
      timestampMs: clock.now(),
      ...options,
    }),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

/** Runs the watch while a test lets time pass. */
export async function watching(harness: Harness, test: () => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const running = harness.metrics.run(controller.signal);
  await test();
  controller.abort();
  await harness.clock.settle();
  await running;
}
