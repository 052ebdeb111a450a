/**
 * A full queue, drained by a function of 1 ms through an event source mapping: how long it takes, and whether a FIFO
 * queue's groups kept their order. `BENCH_MESSAGES` says how many messages.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import type { Send } from './client.ts';
import { createFunction } from './functions.ts';
import { expectSuccess } from './storage.ts';
import { callSqs, fillQueue } from './sqs.ts';

const MESSAGES = Number(process.env['BENCH_MESSAGES'] ?? 100_000);
const FIFO_MESSAGES = Math.min(10_000, MESSAGES);
const GROUPS = 100;
const DEADLINE_MS = 900_000;
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000';

/** Works for 1 ms; of a FIFO queue, tells when it began and ended, and with which messages. */
const HANDLER = `
const now = () => performance.timeOrigin + performance.now();
export const handler = async ({ Records }) => {
  const began = now();
  while (now() < began + 1);
  const ordered = Records.filter((record) => record.attributes.MessageGroupId !== undefined);
  if (ordered.length === 0) return;
  const told = ordered.map(({ attributes, body }) => attributes.MessageGroupId + ':' + body);
  console.log('DONE ' + began + ' ' + now() + ' ' + told.join(' '));
};`;

/** One standard and one FIFO queue. */
export async function benchDrain({ send, serverCpuMs }: Bench): Promise<void> {
  await createFunction(send, {
    name: 'drain',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    files: { 'index.mjs': HANDLER },
  });
  await drain(send, serverCpuMs, 'standard', MESSAGES);
  await drain(send, serverCpuMs, 'ordered.fifo', FIFO_MESSAGES);
  const { messages, disorders } = orderOf(await readLog(send));
  console.log(`  of ${messages} messages in ${GROUPS} groups, ${disorders} were out of order`);
  if (messages !== FIFO_MESSAGES || disorders > 0) throw new Error('the order was not kept');
}

async function drain(
  send: Send,
  serverCpuMs: () => number,
  name: string,
  count: number,
): Promise<void> {
  const isFifo = name.endsWith('.fifo');
  const { QueueUrl } = await callSqs<{ QueueUrl: string }>(send, 'CreateQueue', {
    QueueName: name,
    Attributes: { VisibilityTimeout: '120', ...(isFifo ? { FifoQueue: 'true' } : {}) },
  });
  const filledFrom = performance.now();
  await fillQueue(send, QueueUrl, count, (index) =>
    isFifo ? { MessageGroupId: `g${index % GROUPS}`, MessageDeduplicationId: String(index) } : {},
  );
  const fillMs = performance.now() - filledFrom;
  const cpuFrom = serverCpuMs();
  const drainedFrom = performance.now();
  await mapQueue(send, name);
  while ((await left(send, QueueUrl)) > 0) {
    if (performance.now() - drainedFrom > DEADLINE_MS) throw new Error(`${name} is not drained`);
    await sleep(100);
  }
  const seconds = (performance.now() - drainedFrom) / 1000;
  const cpuUs = ((serverCpuMs() - cpuFrom) * 1000) / count;
  console.log(
    `${name}: ${count} messages sent in ${(fillMs / 1000).toFixed(1)} s, drained in ${seconds.toFixed(1)} s: ` +
      `${(count / seconds).toFixed(0)} a second, ${cpuUs.toFixed(0)} us CPU of the server each`,
  );
}

async function mapQueue(send: Send, name: string): Promise<void> {
  const answered = await send({
    service: 'lambda',
    method: 'POST',
    path: '/2015-03-31/event-source-mappings/',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(
      JSON.stringify({
        EventSourceArn: `${QUEUE_ARN}:${name}`,
        FunctionName: 'drain',
        BatchSize: 10,
      }),
    ),
  });
  expectSuccess(answered);
}

async function left(send: Send, QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  const { Attributes } = await callSqs<{ Attributes: Record<string, string> }>(
    send,
    'GetQueueAttributes',
    { QueueUrl, AttributeNames },
  );
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

interface Done {
  readonly beganAt: number;
  readonly endedAt: number;
  readonly messages: readonly { readonly group: string; readonly number: number }[];
}

/** A message is out of order where it began before the one ahead of it in its group had ended, or came again. */
function orderOf(done: readonly Done[]) {
  const sorted = [...done].sort((left, right) => left.beganAt - right.beganAt);
  const last = new Map<string, { readonly number: number; readonly endedAt: number }>();
  let messages = 0;
  let disorders = 0;
  for (const { beganAt, endedAt, messages: handled } of sorted) {
    for (const { group, number } of handled) {
      const before = last.get(group);
      const isLate = before !== undefined && before.endedAt > beganAt && before.endedAt !== endedAt;
      if (before !== undefined && (before.number >= number || isLate)) disorders += 1;
      messages += 1;
      last.set(group, { number, endedAt });
    }
  }
  return { messages, disorders };
}

async function readLog(send: Send): Promise<Done[]> {
  const done: Done[] = [];
  let nextToken: string | undefined;
  // The last lines are stored within a second.
  await sleep(1500);
  do {
    const answered = await send({
      service: 'logs',
      method: 'POST',
      path: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
      },
      body: Buffer.from(
        JSON.stringify({ logGroupName: '/aws/lambda/drain', filterPattern: 'DONE', nextToken }),
      ),
    });
    expectSuccess(answered);
    // FilterLogEvents' answer.
    const page = JSON.parse(answered.body.toString()) as {
      readonly events?: readonly { readonly message: string }[];
      readonly nextToken?: string;
    };
    for (const { message } of page.events ?? []) done.push(...parse(message));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return done;
}

function parse(line: string): Done[] {
  const [, began, ended, told] = /DONE (\S+) (\S+) (.+)/.exec(line) ?? [];
  if (told === undefined) return [];
  const messages = told
    .trim()
    .split(' ')
    .map((text) => {
      const [group = '', number] = text.split(':');
      return { group, number: Number(number) };
    });
  return [{ beganAt: Number(began), endedAt: Number(ended), messages }];
}
