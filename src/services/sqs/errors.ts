/**
 * What Amazon SQS answers to bad input, word for word as recorded from AWS in 2024 and 2025
 * (recordings of sqs: the entry is named where the text is unusual). Codes are those of the query protocol.
 */
import { AwsError } from '#aws/errors.ts';

function clientError(code: string, message: string, status = 400): AwsError {
  return new AwsError({ code, message, status });
}

/** A value that is out of its range; `test_send_receive_max_number_of_messages`. */
export function invalidValue(value: string | number, parameter: string, reason: string): AwsError {
  return clientError(
    'InvalidParameterValue',
    `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`,
  );
}

/**
 * A message is hidden for twelve hours at the most from when it was received.
 * @see https://github.com/localstack/localstack/issues/3956, where AWS's words are quoted
 */
export function hiddenTooLong(seconds: number): AwsError {
  const reason = 'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]';
  return invalidValue(seconds, 'VisibilityTimeout', reason);
}

/** A value that is wrong in a way that AWS tells in a sentence of its own. */
export function invalidParameter(message: string): AwsError {
  return clientError('InvalidParameterValue', message);
}

/** `test_posting_to_fifo_requires_deduplicationid_group_id`, `test_send_empty_message`. */
export function missingParameter(parameter: string): AwsError {
  return clientError('MissingParameter', `The request must contain the parameter ${parameter}.`);
}

/** An attribute that is unknown, or unknown to this type of queue. */
export function invalidAttributeName(message: string): AwsError {
  return clientError('InvalidAttributeName', message);
}

/** `test_set_unsupported_attribute_fifo`. */
export function invalidAttributeValue(attribute: string, reason?: string): AwsError {
  const because = reason === undefined ? '' : ` Reason: ${reason}`;
  return clientError(
    'InvalidAttributeValue',
    `Invalid value for the parameter ${attribute}.${because}`,
  );
}

/** `test_sse_kms_and_sqs_are_mutually_exclusive`. */
export function twoEncryptions(): AwsError {
  return invalidAttributeName(
    'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
  );
}

/** A redrive policy that cannot be followed; the reasons are AWS's, not recorded. */
export function invalidRedrivePolicy(policy: string, reason: string): AwsError {
  return invalidValue(policy, 'RedrivePolicy', reason);
}

/** A body with characters that XML 1.0 does not know. */
export function invalidMessageContents(): AwsError {
  return clientError(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
  );
}

/** More of something than a request or a queue takes. */
export function overLimit(message: string): AwsError {
  return clientError('OverLimit', message, 403);
}

/** As many messages are in flight as may be; the text is not recorded. */
export function tooManyInFlight(): AwsError {
  return overLimit('The maximum number of in flight messages has been reached.');
}

/** A second purge within a minute; the text is not recorded. */
export function purgeQueueInProgress(queueName: string): AwsError {
  return clientError(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${queueName} is allowed every 60 seconds.`,
    403,
  );
}

/** No queue has this URL. */
export function queueDoesNotExist(): AwsError {
  return clientError('QueueDoesNotExist', 'The specified queue does not exist.');
}

/** `test_create_queue_with_different_attributes_raises_exception`. */
export function queueAlreadyExists(attribute: string): AwsError {
  return clientError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
  );
}

/** A receipt handle that no receive of this queue gave. */
export function receiptHandleIsInvalid(handle: string): AwsError {
  return clientError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
  );
}

/** What is wrong with a batch as a whole; recorded without Detail in `test_delete_message_batch_invalid_msg_id`. */
function batchError(code: string, message: string): AwsError {
  return new AwsError({ code, message, status: 400, omitsDetail: true });
}

/** The operations that take batches. */
export type BatchOperation =
  | 'ChangeMessageVisibilityBatch'
  | 'DeleteMessageBatch'
  | 'SendMessageBatch';

/** A batch without entries. */
export function emptyBatch(operation: BatchOperation): AwsError {
  return batchError(
    'EmptyBatchRequest',
    `There should be at least one ${operation}RequestEntry in the request.`,
  );
}

/** `test_delete_message_batch_with_too_large_batch`. */
export function tooManyEntries(entries: number): AwsError {
  return batchError(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are 10. You have sent ${entries}.`,
  );
}

/** `test_delete_message_batch_invalid_msg_id`. */
export function invalidBatchEntryId(): AwsError {
  return batchError(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  );
}

/** Two entries of a batch with one id. */
export function batchEntryIdsNotDistinct(id: string): AwsError {
  return batchError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
}

/** `test_send_message_batch_with_oversized_contents`. */
export function batchRequestTooLong(bytes: number, bytesMax: number): AwsError {
  return clientError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${bytesMax} bytes. You have sent ${bytes} bytes.`,
  );
}

/** `test_cancel_with_invalid_source_arn_in_task_handle`. */
export function queueOfParameterNotFound(parameter: 'SourceArn' | 'DestinationArn'): AwsError {
  const message = `The resource that you specified for the ${parameter} parameter doesn't exist.`;
  return clientError('ResourceNotFoundException', message, 404);
}

/** `test_cancel_with_invalid_task_id_in_task_handle`. */
export function taskDoesNotExist(): AwsError {
  return clientError('ResourceNotFoundException', 'Task does not exist.', 404);
}
