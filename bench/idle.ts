import { setTimeout as sleep } from 'node:timers/promises';
import { ask, askRest } from './ask.ts';
import type { Bench } from './bench.ts';
import { createFunction, HELLO_NODE } from './functions.ts';
import { hostUse } from './host.ts';

const COUNT = 1000;
const LANES = 8;
const SETTLE_MS = 5_000;
const IDLE_MS = 20_000;
const NAME = 'idle';

/** What it costs to have mappings of queues, rules and schedules while nothing happens: memory, and CPU over 20 s. */
export async function benchIdle(bench: Bench): Promise<void> {
  const { send, server } = bench;
  await report(bench, 'nothing');
  const functionArn = await createFunction(send, { ...HELLO_NODE, name: NAME });
  const [, , , region = '', accountId = ''] = functionArn.split(':');
  const pattern = JSON.stringify({ source: [NAME] });
  await inLanes(async (index) => {
    const QueueName = `${NAME}-${index}`;
    await ask(send, 'sqs', 'CreateQueue', { QueueName });
    const EventSourceArn = `arn:aws:sqs:${region}:${accountId}:${QueueName}`;
    const input = { FunctionName: NAME, EventSourceArn };
    const path = '/2015-03-31/event-source-mappings/';
    await askRest(send, 'lambda', { method: 'POST', path, input });
  });
  await report(bench, `${COUNT} mappings`);
  await inLanes(async (index) => {
    const Name = `${NAME}-${index}`;
    await ask(send, 'events', 'PutRule', { Name, EventPattern: pattern });
    await ask(send, 'events', 'PutTargets', {
      Rule: Name,
      Targets: [{ Id: 'f', Arn: functionArn }],
    });
  });
  await report(bench, `${COUNT} mappings and rules`);
  await inLanes(async (index) => {
    const input = {
      ScheduleExpression: 'rate(1 day)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: functionArn, RoleArn: `arn:aws:iam::${server.accountId}:role/idle` },
    };
    const path = `/schedules/${NAME}-${index}`;
    await askRest(send, 'scheduler', { method: 'POST', path, input });
  });
  await report(bench, `${COUNT} mappings, rules and schedules`);
}

async function inLanes(work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < COUNT; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function report({ server, serverCpuMs }: Bench, what: string): Promise<void> {
  await sleep(SETTLE_MS);
  const before = serverCpuMs();
  await sleep(IDLE_MS);
  const percent = ((serverCpuMs() - before) / IDLE_MS) * 100;
  const { serverMiB, launcherMiB } = hostUse(server.processId, server.dataDir);
  console.log(
    `idle with ${what}`.padEnd(48) +
      `${serverMiB.toFixed(0)} MiB, the launcher ${launcherMiB.toFixed(0)} MiB, ` +
      `${percent.toFixed(2)} % of one processor`,
  );
}
