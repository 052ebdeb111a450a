/** Errors of durable executions. Those that say so were seen at AWS; the others are worded as its testing SDKs do. */
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
 * 409: another execution has this name.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html DurableExecutionAlreadyStartedException
 */
export function alreadyStarted(name: string): AwsError {
  return new AwsError({
    code: 'DurableExecutionAlreadyStartedException',
    status: 409,
    message: `Durable execution with name ${name} already exists with a different payload`,
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

/** 404 */
export function callbackNotFound(): AwsError {
  return notFound('Callback does not exist');
}

/**
 * 400
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackSuccess.html CallbackTimeoutException
 */
export function callbackClosed(): AwsError {
  return new AwsError({
    code: 'CallbackTimeoutException',
    status: 400,
    message:
      'The callback ID token has either expired or the callback associated with the token has already been closed.',
    fields: { Type: 'User' },
  });
}
