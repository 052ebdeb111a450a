import type { ReceiveMessageRequest, ReceiveMessageResult } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { numberOf } from '../attributes.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { describeMessage } from '../describe-message.ts';
import { invalidValue } from '../errors.ts';
import { RECEIVE_MESSAGES_MAX, VISIBILITY_SECONDS_MAX, WAIT_SECONDS_MAX } from '../limits.ts';
import { requireQueue } from '../queue-url.ts';
import { receiveMessages } from '../receive.ts';
import { isAnyVisible } from '../store-counts.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export function receiveMessage(
  dependencies: SqsDependencies,
): Operation<ReceiveMessageRequest, ReceiveMessageResult> {
  return async (context, input) => {
    const { database, clock } = dependencies;
    const { queue, hasMessages } = await database.read(async (queries) => {
      const found = await requireQueue(queries, context, input.QueueUrl);
      return { queue: found, hasMessages: await isAnyVisible(queries, found, clock.steadyMs()) };
    });
    checkRequest(input);
    const waitSeconds = input.WaitTimeSeconds ?? numberOf(queue, 'ReceiveMessageWaitTimeSeconds');
    const received = await receiveMessages(dependencies, {
      queue,
      messagesMax: input.MaxNumberOfMessages ?? 1,
      visibilityMs: (input.VisibilityTimeout ?? numberOf(queue, 'VisibilityTimeout')) * 1000,
      waitMs: waitSeconds * 1000,
      hasMessages,
      signal: context.signal,
    });
    if (received.length === 0) return {};
    return { Messages: received.map((message) => describeMessage(message, input)) };
  };
}

function checkRequest(input: ReceiveMessageRequest): void {
  const {
    MaxNumberOfMessages: count,
    WaitTimeSeconds: wait,
    VisibilityTimeout: visibility,
  } = input;
  if (count !== undefined && (count < 1 || count > RECEIVE_MESSAGES_MAX)) {
    throw invalidValue(count, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.');
  }
  if (wait !== undefined && (wait < 0 || wait > WAIT_SECONDS_MAX)) {
    throw invalidValue(wait, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.');
  }
  if (visibility !== undefined && (visibility < 0 || visibility > VISIBILITY_SECONDS_MAX)) {
    const reason = 'Must be >= 0 and <= 43200, if provided.';
    throw invalidValue(visibility, 'VisibilityTimeout', reason);
  }
}
