/**
 * What CloudWatch Logs answers to bad input, word for word; recorded from AWS in February 2026 where an
 * entry of the recordings is named, else as its users report it.
 */
import { AwsError } from '#aws/errors.ts';

function clientError(code: string, message: string): AwsError {
  return new AwsError({ code, message, status: 400 });
}

/** A parameter that is wrong in a way that AWS tells in a sentence of its own. */
export function invalidParameter(message: string): AwsError {
  return clientError('InvalidParameterException', message);
}

/** `test_describe_subscription_filters_log_group_not_found`. */
export function noLogGroup(): AwsError {
  return clientError('ResourceNotFoundException', 'The specified log group does not exist.');
}

/** The stream is not there; its group is. */
export function noLogStream(): AwsError {
  return clientError('ResourceNotFoundException', 'The specified log stream does not exist.');
}

/** `test_create_log_group_duplicate_error`; without a full stop. */
export function logGroupExists(): AwsError {
  return clientError('ResourceAlreadyExistsException', 'The specified log group already exists');
}

/** `test_create_log_stream_duplicate_error`. */
export function logStreamExists(): AwsError {
  return clientError('ResourceAlreadyExistsException', 'The specified log stream already exists');
}

/** `test_delete_subscription_filter_errors`. */
export function noSubscriptionFilter(): AwsError {
  return clientError(
    'ResourceNotFoundException',
    'The specified subscription filter does not exist.',
  );
}

/** The metric filter is not there; its group is. */
export function noMetricFilter(): AwsError {
  return clientError('ResourceNotFoundException', 'The specified metric filter does not exist.');
}

/** `test_delete_resource_policy_not_found`. */
export function noResourcePolicy(name: string): AwsError {
  return clientError('ResourceNotFoundException', `Policy with name [${name}] does not exist.`);
}

/** The destination is not there. */
export function noDestination(): AwsError {
  return clientError('ResourceNotFoundException', 'The specified destination does not exist.');
}

/** What an ARN for tags names is not there. */
export function noResource(): AwsError {
  return clientError('ResourceNotFoundException', 'The specified resource does not exist.');
}

/** `test_put_resource_policy_limit_exceeded`. */
export function limitExceeded(): AwsError {
  return clientError('LimitExceededException', 'Resource limit exceeded.');
}

/** `test_get_log_events_invalid_token`. */
export function invalidToken(): AwsError {
  return invalidParameter('The specified nextToken is invalid.');
}

/** `test_put_log_events_wrong_order`. */
export function wrongOrder(): AwsError {
  return invalidParameter(
    'Log events in a single PutLogEvents request must be in chronological order.',
  );
}

/** A batch of more bytes than AWS takes; both in bytes, each event's overhead included. */
export function uploadTooLarge(bytes: number, bytesMax: number): AwsError {
  return invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${bytesMax}`);
}

/** A batch whose last event is more than a day after its first. */
export function spanTooLong(): AwsError {
  return invalidParameter(
    'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
  );
}

/** `test_describe_log_groups_prefix_and_pattern_error`. */
export function prefixAndPattern(): AwsError {
  return invalidParameter(
    'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
  );
}

/** A value of `retentionInDays` that is not among AWS's, in the words of its constraints. */
export function invalidRetention(days: number, allowed: readonly number[]): AwsError {
  return invalidParameter(
    `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}

/** A subscription to a function that is missing, or that CloudWatch Logs may not invoke. */
export function lambdaNotPermitted(): AwsError {
  return invalidParameter(
    'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
  );
}

/** A subscription to a stream that takes nothing. */
export function noKinesisStream(): AwsError {
  return invalidParameter(
    'Could not deliver test message to specified Kinesis stream. Check if the given kinesis stream is in ACTIVE state. ',
  );
}

/** A subscription to anything else that takes nothing. */
export function undeliverable(): AwsError {
  return invalidParameter(
    'Could not deliver test message to specified destination. Check if the destination is valid.',
  );
}

/** A subscription of a function to its own log. */
export function reservedLogGroup(): AwsError {
  return invalidParameter(
    'The log group provided is reserved for the function logs of the destination function.',
  );
}

/** A deletion of a group that is protected from it. */
export function deletionProtected(): AwsError {
  return clientError(
    'OperationAbortedException',
    'The log group has deletion protection enabled and cannot be deleted.',
  );
}

/** A query that says nothing that is known; the words are ours, their place AWS's. */
export function malformedQuery({
  message,
  start,
  end,
}: {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}): AwsError {
  const location = { startCharOffset: start, endCharOffset: end };
  const fields = { queryCompileError: { location, message } };
  return new AwsError({ code: 'MalformedQueryException', message, status: 400, fields });
}

/** The query was never started, or a week ago. */
export function noQuery(): AwsError {
  return clientError('ResourceNotFoundException', 'The specified query does not exist.');
}

/** StopQuery of what has ended. */
export function queryIsOver(): AwsError {
  return invalidParameter('The specified query is not running.');
}

/** The saved query is not there. */
export function noQueryDefinition(): AwsError {
  return clientError('ResourceNotFoundException', 'The specified query definition does not exist.');
}

/** `test_get_delivery_source_not_found` and its like. */
export function noneOfDelivery(
  what: 'Delivery Destination' | 'Delivery Source' | 'Delivery',
): AwsError {
  return clientError(
    'ResourceNotFoundException',
    `Requested ${what} does not exist in this account.`,
  );
}

/** A delivery that is there already, or one of its ends that is still used. */
export function deliveryConflict(message: string): AwsError {
  return clientError('ConflictException', message);
}

/** `test_create_export_task_bucket_not_found`. */
export function noExportBucket(): AwsError {
  return invalidParameter('The given bucket does not exist. Please make sure the bucket is valid.');
}

/** The export task is not there. */
export function noExportTask(): AwsError {
  return clientError('ResourceNotFoundException', 'The specified export task does not exist.');
}

/** CancelExportTask of what has ended. */
export function exportIsOver(): AwsError {
  return clientError('InvalidOperationException', 'The specified export task has already finished');
}
