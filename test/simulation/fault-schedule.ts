/** Faults that come by themselves, at random times: the server, its sandboxes and its launcher die. */
import type { SimulatedMachine } from '#compose/simulated.ts';
import { DAY_MS } from '#kernel/units.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Host } from './host.ts';
import { QUEUES } from './names.ts';
import type { Trace } from './trace.ts';

export interface FaultSchedule {
  readonly host: Host;
  readonly faults: Faults;
  readonly chance: Chance;
  readonly machine: SimulatedMachine;
  readonly trace: Trace;
  readonly endMs: number;
}

/** Lets them happen until `endMs` of the monotonic clock. */
export async function runFaults(schedule: FaultSchedule): Promise<void> {
  const { host, faults, trace } = schedule;
  const { intervals } = faults;
  await Promise.all([
    every(schedule, intervals.serverCrashMs, async () => {
      if (!faults.isCalm) host.crash();
    }),
    every(schedule, intervals.serverStopMs, async () => {
      if (!faults.isCalm) await host.stop();
    }),
    every(schedule, intervals.sandboxCrashMs, async () => faults.crashSandbox(host)),
    every(schedule, intervals.launcherCrashMs, async () => faults.crashLauncher(host)),
    every(schedule, intervals.claimLossMs, async () => {
      trace.add('fault: claims are lost, events and messages are polled again');
      await loseClaims(schedule.machine);
    }),
  ]);
}

async function every(
  { machine, chance, endMs }: FaultSchedule,
  intervalMs: number,
  happen: () => Promise<void>,
): Promise<void> {
  for (;;) {
    const delayMs = chance.between(1, 2 * intervalMs);
    if (machine.clock.monotonicMs() + delayMs >= endMs) return;
    await machine.clock.sleep(delayMs);
    await happen();
  }
}

/**
 * Events that run come due again, as where their owner was held up for longer than its lease; so do messages of
 * the standard queue that a function polls.
 */
async function loseClaims({ database, clock }: SimulatedMachine): Promise<void> {
  // What is due since long ago is due by any clock.
  const dueMs = clock.steadyMs() - DAY_MS;
  await database.transact(async (tx) => {
    await tx.run(
      "UPDATE lambda_async_events SET due_at_ms = $1, owner = '' WHERE owner <> ''",
      dueMs,
    );
    await tx.run(
      `UPDATE sqs_messages SET visible_ms = $1 WHERE receive_count > 0
         AND queue_id IN (SELECT queue_id FROM sqs_queues WHERE name = $2)`,
      dueMs,
      QUEUES.jobs,
    );
  });
}
