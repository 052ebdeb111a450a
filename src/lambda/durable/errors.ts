/**
 * Errors of durable executions. Those that say so were seen at AWS; the others are worded as its testing SDKs do.
 * What floci says was compared with AWS by its authors.
 * @see https://github.com/floci-io/floci/blob/main/src/main/java/io/github/hectorvent/floci/services/lambda/durable/DurableExecutionService.java
 */
import { AwsError } from '#aws/errors.ts';

import { conflict, invalidParameter, notFound } from '../errors.ts';

/** 400: seen in https://github.com/serverless/serverless/pull/13589. */
export function unqualifiedDurable(): AwsError {
  return invalidParameter('You cannot invoke a durable function using an unqualified ARN.');
}

/** 400: seen by users of Step Functions in 2026. */
export function tooLongToAwait(): AwsError {
  return invalidParameter(
    'You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.',
  );
}

/** 400, in our words. */
export function notDurable(): AwsError {
  return invalidParameter(
    'You cannot specify a durable execution name for a function that is not durable.',
  );
}

/**
 * 409: another execution has this name; in floci's words.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html DurableExecutionAlreadyStartedException
 */
export function alreadyStarted(arn: string): AwsError {
  return new AwsError({
    code: 'DurableExecutionAlreadyStartedException',
    status: 409,
    message: `Execution already started: ${arn}`,
    fields: { Type: 'User' },
  });
}

/** 404: the execution never was, or its retention is over. */
export function executionNotFound(): AwsError {
  return notFound('Durable Execution does not exist');
}

/** 409, in our words: what an execution of this status cannot do. */
export function wrongStatus(operation: string, status: string): AwsError {
  return conflict(`Cannot ${operation} a durable execution with status ${status}.`);
}

/**
 * 400: a newer token or another invocation took its place, or the execution is over. Both of AWS's SDKs read the
 * beginning of this message, and each of them in its own spelling; that of `Invalid checkpoint token` is the service's.
 */
export function invalidToken(): AwsError {
  return invalidParameter('Invalid checkpoint token');
}

/** 400, in floci's words: another execution's token. */
export function foreignToken(): AwsError {
  return invalidParameter('Checkpoint token is not valid for the durable execution ARN');
}

/** 400, in floci's words: no execution ever gave such an id away. */
export function invalidCallback(): AwsError {
  return invalidParameter('Invalid callback id');
}

/**
 * 400: users of AWS have seen these words for a callback of an execution that is over; floci has them for one of none.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackSuccess.html CallbackTimeoutException
 */
export function callbackClosed(): AwsError {
  return new AwsError({
    code: 'CallbackTimeoutException',
    status: 400,
    message: 'The callback is either timed out or already completed',
    fields: { Type: 'User' },
  });
}
