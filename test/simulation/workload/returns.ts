/** Messages that die soon, and tasks that move what is dead back, or to a shelf. */
import type { StartMessageMoveTaskResult } from '#aws/models/sqs.types.gen.ts';
import { QUEUES, VISIBILITY_SECONDS, queueArn, queueUrl } from '../names.ts';
import { call, make, type Actor } from './actor.ts';

/** What StartMessageMoveTask answers while another one runs, and CancelMessageMoveTask once it has ended. */
const REFUSALS = ['InvalidParameterValue'];

/** Makes the queue, its dead-letter queue and the shelf. */
export async function setUpReturns(actor: Actor): Promise<void> {
  const deadLetterTargetArn = queueArn(QUEUES.returnsDead);
  const queues = [
    [QUEUES.returnsDead, {}],
    [QUEUES.shelf, {}],
    [
      QUEUES.returns,
      {
        VisibilityTimeout: String(VISIBILITY_SECONDS),
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
      },
    ],
  ] as const;
  for (const [QueueName, Attributes] of queues) {
    await make(actor, 'sqs', 'CreateQueue', { QueueName, Attributes });
  }
}

/** Sends one message to the queue whose messages die soon. */
export async function sendReturn(actor: Actor): Promise<void> {
  const body = `return-${actor.chance.uuid()}`;
  const input = { QueueUrl: queueUrl(QUEUES.returns), MessageBody: body };
  const answer = await call(actor, { service: 'sqs', operation: 'SendMessage', input });
  actor.checkers.returns.sent(body, answer);
}

/** Moves what is dead, at one rate or another; sometimes thinks better of it. */
export async function moveReturns(actor: Actor): Promise<void> {
  const { chance, machine } = actor;
  const perSecond = chance.pick([undefined, undefined, 1, 5, 100]);
  const input = {
    SourceArn: queueArn(QUEUES.returnsDead),
    ...(chance.happens(0.5) ? { DestinationArn: queueArn(QUEUES.shelf) } : {}),
    ...(perSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: perSecond }),
  };
  const request = { service: 'sqs', operation: 'StartMessageMoveTask', input };
  const answer = await call<StartMessageMoveTaskResult>(actor, request, REFUSALS);
  if (answer.kind !== 'done' || !chance.happens(0.3)) return;
  await machine.clock.sleep(chance.between(0, 3000));
  const { TaskHandle } = answer.output;
  const cancel = { service: 'sqs', operation: 'CancelMessageMoveTask', input: { TaskHandle } };
  await call(actor, cancel, REFUSALS);
}
