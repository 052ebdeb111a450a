/** What the tests of CloudWatch Logs stand on: the service over a database in memory and a fake clock. */
import { openDatabase } from '#adapters/sqlite/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import type { Operations } from '#aws/models/logs.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import type { Delivery, DeliveryCheck } from '#ports/peers/deliverer.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import type { Database } from '#ports/world/database.ts';
import { createLogs } from './index.ts';
import type { Logs } from './index.ts';
import { requestContext } from '../../../test/support/request-context.ts';

type Input<Name extends keyof Operations> = Parameters<Operations[Name]>[1];
type Output<Name extends keyof Operations> = Awaited<ReturnType<Operations[Name]>>;

export interface Harness extends AsyncDisposable {
  readonly logs: Logs;
  readonly database: Database;
  readonly clock: SimulatedClock;
  readonly deliveries: Delivery[];
  readonly metrics: MetricDatum[];
  readonly warnings: string[];
  /** What the deliverer answers from now on. */
  readonly target: { check: DeliveryCheck };
  /** Fails the next transactions, as many. */
  readonly faults: { commits: number };
  call<Name extends keyof Operations>(
    name: Name,
    input: Input<Name>,
    signal?: AbortSignal,
  ): Promise<Output<Name>>;
  /** A group `g` with a stream `s`. */
  makeStream(): Promise<void>;
  put(
    ...events: readonly (readonly [secondsAgo: number, message: string])[]
  ): Promise<Output<'PutLogEvents'>>;
}

export const ACCOUNT = '111111111111';

export async function openHarness(): Promise<Harness> {
  const clock = new SimulatedClock();
  const database = await openDatabase({ path: ':memory:' });
  const deliveries: Delivery[] = [];
  const metrics: MetricDatum[] = [];
  const warnings: string[] = [];
  const target: { check: DeliveryCheck } = { check: 'deliverable' };
  const faults = { commits: 0 };
  const warn = (message: string): void => void warnings.push(message);
  const logs = createLogs({
    database: {
      read: (body) => database.read(body),
      migrate: (schema) => database.migrate(schema),
      transact: (body) =>
        database.transact(async (tx) => {
          const value = await body(tx);
          if (faults.commits > 0) {
            faults.commits -= 1;
            throw new Error('the commit fails');
          }
          return value;
        }),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    },
    clock,
    random: new SeededRandom(1),
    log: { debug: warn, info: warn, warn, error: warn },
    deliverer: {
      check: async () => target.check,
      deliver: async (delivery) => {
        deliveries.push(delivery);
        return target.check;
      },
    },
    metricSink: { put: (data) => void metrics.push(...data) },
  });
  await database.migrate(logs.schema);
  const call: Harness['call'] = async (name, input, signal) => {
    // The table holds every operation under the name whose types these are.
    const operation = logs.service.operations[name] as Operation<typeof input, never> | undefined;
    if (operation === undefined) throw new Error(`no operation ${name}`);
    return operation(makeContext(signal), input);
  };
  return {
    logs,
    database,
    clock,
    deliveries,
    metrics,
    warnings,
    target,
    faults,
    call,
    makeStream: async () => {
      await call('CreateLogGroup', { logGroupName: 'g' });
      await call('CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
    },
    put: (...events) =>
      call('PutLogEvents', {
        logGroupName: 'g',
        logStreamName: 's',
        logEvents: events.map(([secondsAgo, message]) => ({
          timestamp: clock.now() - secondsAgo * 1000,
          message,
        })),
      }),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

function makeContext(signal: AbortSignal = new AbortController().signal): RequestContext {
  return { ...requestContext(ACCOUNT), signal };
}
