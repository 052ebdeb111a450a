/** Messages: producers, and consumers who handle some, forget some and are late with others. */
import type { Message, ReceiveMessageResult } from '#aws/models/sqs.types.gen.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { MessagesChecker } from '../checkers/index.ts';
import { QUEUES, VISIBILITY_SECONDS, queueUrl } from '../names.ts';
import { storedMessages } from '../witness.ts';
import { call, type Actor } from './actor.ts';

const ATTEMPTS_MAX = 20;

/** Sends one message to the standard queue. */
export async function sendWork(actor: Actor): Promise<void> {
  const body = actor.chance.uuid();
  const input = { QueueUrl: queueUrl(QUEUES.work), MessageBody: body };
  const answer = await call(actor, { service: 'sqs', operation: 'SendMessage', input });
  actor.checkers.work.sent(body, answer);
}

/** Sends one message to this producer's group, again and again until it is acknowledged. */
export async function sendOrder(actor: Actor): Promise<void> {
  const { chance, checkers, machine, name } = actor;
  const body = chance.uuid();
  const input = {
    QueueUrl: queueUrl(QUEUES.orders),
    MessageBody: body,
    MessageGroupId: `group-of-${name}`,
    MessageDeduplicationId: body,
  };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const answer = await call(actor, { service: 'sqs', operation: 'SendMessage', input });
    checkers.orders.sent(body, answer);
    if (answer.kind === 'done') return;
    await machine.clock.sleep(chance.between(100, 2000));
  }
}

/** Polls the standard queue, sometimes twice at once. */
export async function consumeWork(actor: Actor): Promise<void> {
  const polls = actor.chance.happens(0.2) ? 2 : 1;
  await Promise.all(Array.from({ length: polls }, () => consume(actor, QUEUES.work)));
}

/** Polls the FIFO queue, sometimes twice at once. */
export async function consumeOrders(actor: Actor): Promise<void> {
  const polls = actor.chance.happens(0.2) ? 2 : 1;
  await Promise.all(Array.from({ length: polls }, () => consume(actor, QUEUES.orders)));
}

/** Polls the queue whose messages die after one receive, and forgets most of what it gets. */
export function consumeReturns(actor: Actor): Promise<void> {
  return consume(actor, QUEUES.returns, 0.7);
}

type Polled = 'work' | 'orders.fifo' | 'returns';

function checkerOf({ checkers }: Actor, queue: Polled): MessagesChecker {
  if (queue === QUEUES.returns) return checkers.returns;
  return queue === QUEUES.work ? checkers.work : checkers.orders;
}

async function consume(actor: Actor, queue: Polled, forgets = 0.2): Promise<void> {
  const { chance, machine } = actor;
  const checker = checkerOf(actor, queue);
  const input = {
    QueueUrl: queueUrl(queue),
    MaxNumberOfMessages: chance.between(1, 10),
    WaitTimeSeconds: chance.pick([0, 0, 3]),
    AttributeNames: ['All'],
  };
  const request = { service: 'sqs', operation: 'ReceiveMessage', input };
  const answer = await call<ReceiveMessageResult>(actor, request);
  if (answer.kind !== 'done') return;
  const receivedAtMs = machine.clock.monotonicMs();
  const messages = answer.output.Messages ?? [];
  if (messages.length === 0) return;
  checker.received(messages.map(seen), await storedMessages(machine.database, [queue]));
  await machine.clock.sleep(chance.between(0, chance.happens(0.1) ? 8000 : 1500));
  for (const message of messages) {
    if (chance.happens(forgets)) continue;
    const isLate =
      machine.clock.monotonicMs() - receivedAtMs >= (VISIBILITY_SECONDS - 1) * SECOND_MS;
    await remove(actor, queue, message, isLate);
  }
}

function seen({ Body = '', Attributes }: Message) {
  return { body: Body, receiveCount: Number(Attributes?.['ApproximateReceiveCount'] ?? 0) };
}

/** A late deletion is acknowledged whether or not the message has another receiver by now. */
async function remove(
  actor: Actor,
  queue: Polled,
  { Body = '', ReceiptHandle = '' }: Message,
  isLate: boolean,
): Promise<void> {
  const input = { QueueUrl: queueUrl(queue), ReceiptHandle };
  const request = { service: 'sqs', operation: 'DeleteMessage', input };
  const answer = await call(actor, request, isLate ? ['InvalidParameterValue'] : []);
  const checker = checkerOf(actor, queue);
  checker.deleted(Body, isLate && answer.kind === 'done' ? { kind: 'unknown' } : answer);
}
