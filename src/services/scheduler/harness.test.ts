/** What the tests of EventBridge Scheduler stand on: the service over a database in memory and a fake clock. */
import assert from 'node:assert/strict';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import type { Operations } from '#aws/models/scheduler.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { Delivery, DeliveryCheck } from '#ports/peers/deliverer.ts';
import { createScheduler } from './index.ts';
import { requestContext } from '../../../test/support/request-context.ts';

type Input<Name extends keyof Operations> = Parameters<Operations[Name]>[1];
type Output<Name extends keyof Operations> = Awaited<ReturnType<Operations[Name]>>;

export const ACCOUNT = '111111111111';
export const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:queue`;
export const DEAD_LETTERS = `arn:aws:sqs:us-east-1:${ACCOUNT}:dead-letters`;
export const BASE = {
  Name: 's',
  ScheduleExpression: 'rate(10 minutes)',
  Target: { Arn: QUEUE, RoleArn: `arn:aws:iam::${ACCOUNT}:role/r` },
  FlexibleTimeWindow: { Mode: 'OFF' },
};
const CONTEXT = requestContext(ACCOUNT, { sourceIp: '::1' });

/** A service whose background work runs only where a test runs it. */
export async function start(startMs?: number) {
  const clock = new SimulatedClock(startMs);
  const database = await openDatabase({ path: ':memory:' });
  const deliveries: { readonly at: string; readonly delivery: Delivery }[] = [];
  const answers = new Map<string, DeliveryCheck>();
  const wakeups = new MemoryWakeups();
  const dependencies = {
    database,
    clock,
    random: new SeededRandom(1),
    wakeups,
    metricSink: { put: () => undefined },
    deliverer: {
      check: async () => 'deliverable' as const,
      deliver: async (delivery: Delivery) => {
        const answer = answers.get(delivery.targetArn) ?? 'deliverable';
        const at = new Date(clock.now()).toISOString().slice(0, 16);
        if (answer === 'deliverable') deliveries.push({ at, delivery });
        return answer;
      },
    },
  };
  const scheduler = createScheduler(dependencies);
  await database.migrate(scheduler.schema);
  const call = async <Name extends keyof Operations>(
    name: Name,
    input: Input<Name>,
  ): Promise<Output<Name>> => {
    // The table holds every operation under the name whose types these are.
    const operation = scheduler.service.operations[name] as Operation<typeof input, never>;
    return operation(CONTEXT, input);
  };
  /** Runs a server for a while, started anew each time. */
  const pass = async (durationMs: number): Promise<void> => {
    const end = run();
    await clock.advance(durationMs);
    await end();
  };
  /** Runs a server until its end is asked for. */
  const run = () => {
    const stop = new AbortController();
    const running = createScheduler(dependencies).run(stop.signal);
    return async (): Promise<void> => {
      stop.abort();
      await running;
    };
  };
  const firedAt = (): string[] => deliveries.map(({ at }) => at);
  return { clock, call, pass, run, wakeups, deliveries, answers, firedAt };
}

/** Whether an error has AWS's code, and its words. */
export function fails(code: string, message: string) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof Error && 'code' in error);
    assert.deepEqual([error.code, error.message], [code, message]);
    return true;
  };
}
