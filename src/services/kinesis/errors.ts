/** What Kinesis Data Streams answers to bad input, in AWS's words. */
import { AwsError } from '#aws/errors.ts';
import type { Stream, StreamAddress } from './model.ts';

function clientError(code: string, message: string): AwsError {
  return new AwsError({ code, message, status: 400 });
}

/** A value that is wrong in a way that AWS tells in a sentence of its own. */
export function invalidArgument(message: string): AwsError {
  return clientError('InvalidArgumentException', message);
}

/** A constraint of the model that depends on the stream's own settings. */
export function validation(constraint: string): AwsError {
  return clientError('ValidationException', `1 validation error detected: ${constraint}`);
}

/** No stream has this name, or it is still being made. */
export function streamNotFound({ name, accountId }: StreamAddress): AwsError {
  return clientError(
    'ResourceNotFoundException',
    `Stream ${name} under account ${accountId} not found.`,
  );
}

/** Anything else that an ARN names, and that is not there. */
export function notFound(message: string): AwsError {
  return clientError('ResourceNotFoundException', message);
}

/** A shard that the stream never had, of an operation that reads. */
export function shardNotInStream(stream: Stream, shardId: string): AwsError {
  return notFound(
    `Shard ${shardId} in stream ${stream.name} under account ${stream.accountId} does not exist`,
  );
}

/** A shard that the stream never had, of an operation that changes it. */
export function couldNotFindShard(
  stream: Pick<Stream, 'name' | 'accountId'>,
  shardId: string,
): AwsError {
  return notFound(
    `Could not find shard ${shardId} in stream ${stream.name} under account ${stream.accountId}.`,
  );
}

/** What is there already, or busy. */
export function resourceInUse(message: string): AwsError {
  return clientError('ResourceInUseException', message);
}

/** A name that is taken. */
export function streamExists({ name, accountId }: StreamAddress): AwsError {
  return resourceInUse(`Stream ${name} under account ${accountId} already exists.`);
}

/** A change of a stream that another change holds. */
export function streamNotActive({ name, accountId }: StreamAddress, status: string): AwsError {
  return resourceInUse(
    `Stream ${name} under account ${accountId} not ACTIVE, instead in state ${status}`,
  );
}

/** A quota. */
export function limitExceeded(message: string): AwsError {
  return clientError('LimitExceededException', message);
}

/** A shard that takes no more now; word for word in https://github.com/rclark/kinesis-readable/issues/4. */
export function writesExceeded({ name, accountId }: StreamAddress, shardId: string): AwsError {
  return clientError(
    'ProvisionedThroughputExceededException',
    `Rate exceeded for shard ${shardId} in stream ${name} under account ${accountId}.`,
  );
}

/** A shard that gives no more now; so said of a read in 2025, https://github.com/awslabs/amazon-kinesis-client/issues/1521. */
export function readsExceeded({ name, accountId }: StreamAddress, shardId: string): AwsError {
  return clientError(
    'ProvisionedThroughputExceededException',
    `Rate exceeded for Shard - ${accountId}/${name}/${shardId}`,
  );
}

/** An iterator that is older than five minutes. Times are ms since 1970. */
export function expiredIterator(madeAtMs: number, nowMs: number): AwsError {
  return clientError(
    'ExpiredIteratorException',
    `Iterator expired. The iterator was created at time ${javaDate(madeAtMs)} while right now it is ` +
      `${javaDate(nowMs)} which is further in the future than the tolerated delay of 300000 milliseconds.`,
  );
}

/** A page's token that is none. */
export function invalidToken(): AwsError {
  return invalidArgument('The NextToken is invalid.');
}

/** What a request with DryRun answers where it would have been done. */
export function dryRun(): AwsError {
  return clientError(
    'DryRunOperationException',
    'Request would have succeeded, but DryRun flag is set.',
  );
}

/** `Thu Jan 22 01:22:02 UTC 2015`, as AWS's Java writes a date. */
function javaDate(ms: number): string {
  const [weekday, day, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
