import type { ReceiveMessageRequest, ReceiveMessageResult } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { numberOf } from '../attributes.ts';
import type { SqsParts } from '../dependencies.ts';
import { describeMessage } from '../describe-message.ts';
import { invalidValue, tooManyInFlight } from '../errors.ts';
import {
  GROUP_ID_PATTERN,
  RECEIVE_MESSAGES_MAX,
  VISIBILITY_SECONDS_MAX,
  WAIT_SECONDS_MAX,
} from '../limits.ts';
import type { Queue } from '../model.ts';
import { requireQueue } from '../queue-url.ts';
import { receiveMessages } from '../receive.ts';
import { isAnyVisible } from '../store-counts.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export function receiveMessage(
  dependencies: SqsParts,
): Operation<ReceiveMessageRequest, ReceiveMessageResult> {
  return async (context, input) => {
    const { database, clock } = dependencies;
    const { queue, hasMessages } = await database.read(async (queries) => {
      const found = await requireQueue(queries, context, input.QueueUrl);
      return { queue: found, hasMessages: await isAnyVisible(queries, found, clock.steadyMs()) };
    });
    checkRequest(input);
    const { ReceiveRequestAttemptId: attemptId } = input;
    checkAttemptId(queue, attemptId);
    const waitSeconds = input.WaitTimeSeconds ?? numberOf(queue, 'ReceiveMessageWaitTimeSeconds');
    const received = await receiveMessages(dependencies, {
      queue,
      messagesMax: input.MaxNumberOfMessages ?? 1,
      visibilityMs: (input.VisibilityTimeout ?? numberOf(queue, 'VisibilityTimeout')) * 1000,
      waitMs: waitSeconds * 1000,
      hasMessages,
      ...(attemptId === undefined ? {} : { attemptId }),
      signal: context.signal,
    });
    if (received === 'full') {
      // Neither to who waited nor of a FIFO queue is it an error.
      if (waitSeconds === 0 && !queue.isFifo) throw tooManyInFlight();
      return {};
    }
    if (received.length === 0) return {};
    return { Messages: received.map((message) => describeMessage(message, input)) };
  };
}

/** The words are those of a message's deduplication id; they are not recorded for this parameter. */
function checkAttemptId({ isFifo }: Queue, attemptId: string | undefined): void {
  if (attemptId === undefined) return;
  const parameter = 'ReceiveRequestAttemptId';
  if (!isFifo) {
    const reason = 'The request include parameter that is not valid for this queue type.';
    throw invalidValue(attemptId, parameter, reason);
  }
  if (!GROUP_ID_PATTERN.test(attemptId)) {
    const reason = `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
    throw invalidValue(attemptId, parameter, reason);
  }
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
