/**
 * Lambda's errors, word for word as AWS answers them.
 * Messages were recorded from AWS in 2022 to 2026 (recordings `lambda_api`, `lambda`) where nothing else is said.
 */
import { AwsError } from '#aws/errors.ts';

import { CODE_REQUEST_BYTES_MAX } from './limits.ts';
import type { FunctionAddress } from './model/address.ts';
import type { Resolution } from './model/function-catalog.ts';
import { functionArn, qualifiedArn } from './model/address.ts';

function userError(code: string, status: number, message: string): AwsError {
  return new AwsError({ code, status, message, fields: { Type: 'User' } });
}

/** 400: the request contradicts itself or the function. */
export function invalidParameter(message: string): AwsError {
  return userError('InvalidParameterValueException', 400, message);
}

/** 400: what an alias refuses of its versions; AWS names no type. */
export function latestRouted(): AwsError {
  return new AwsError({
    code: 'InvalidParameterValueException',
    status: 400,
    message: '$LATEST is not supported for an alias pointing to more than 1 version',
    fields: { Type: undefined },
  });
}

/** 400: a quota that is narrower than the model's constraint; told as that constraint would be. */
export function valueTooLarge(name: string, value: number, max: number): AwsError {
  return new AwsError({
    code: 'ValidationException',
    status: 400,
    message:
      `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ` +
      `Member must have value less than or equal to ${max}`,
  });
}

/** 404: what the request names is not there. */
export function notFound(message: string): AwsError {
  return userError('ResourceNotFoundException', 404, message);
}

/** 409: what the request would make is there, or cannot be changed now. */
export function conflict(message: string): AwsError {
  return userError('ResourceConflictException', 409, message);
}

export type RevisionApi = 'GetFunction/GetAlias' | 'GetPolicy' | 'GetLayerPolicy';

/** 412: RevisionId is not the newest. */
export function wrongRevision(api: RevisionApi): AwsError {
  const message =
    'The Revision Id provided does not match the latest Revision Id. ' +
    `Call the ${api} API to retrieve the latest Revision Id`;
  return userError('PreconditionFailedException', 412, message);
}

/** 404: neither function nor version; the qualifier is shown where there is one. */
export function functionNotFound(address: FunctionAddress): AwsError {
  return notFound(`Function not found: ${qualifiedArn(address)}`);
}

/** 404: the operations on aliases say it so. */
export function aliasNotFound(address: FunctionAddress): AwsError {
  return notFound(`Cannot find alias arn: ${qualifiedArn(address)}`);
}

/** 404: policies, layers and URLs say it so. */
export function resourceNotFound(): AwsError {
  return notFound('The resource you requested does not exist.');
}

/** 409: a second change came before the first had settled. */
export function updateInProgress(address: FunctionAddress): AwsError {
  return conflict(
    'The operation cannot be performed at this time. ' +
      `An update is in progress for resource: ${functionArn(address)}`,
  );
}

/** 409: a change or an invocation came before the function was there. */
export function functionPending(state: string): AwsError {
  return conflict(
    'The operation cannot be performed at this time. ' +
      `The function is currently in the following state: ${state}`,
  );
}

/**
 * What an invocation of a function that is not ready is answered: 409 while it is being created; 502, in our
 * words, where it can be kept but not run here.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html InvalidRuntimeException
 */
export function notReady({ state, reason }: Resolution & { readonly kind: 'not-ready' }): AwsError {
  if (state !== 'Failed') return functionPending(state);
  const fields = { Type: 'Server' };
  return new AwsError({ code: 'InvalidRuntimeException', status: 502, message: reason, fields });
}

/** 413: code larger than a request may carry. */
export function codeRequestTooLarge(operation: string): AwsError {
  return new AwsError({
    code: 'RequestEntityTooLargeException',
    status: 413,
    message: `Request must be smaller than ${CODE_REQUEST_BYTES_MAX} bytes for the ${operation} operation`,
  });
}

/**
 * 413: a payload larger than an invocation may carry.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html RequestTooLargeException
 */
export function payloadTooLarge(bytesMax: number): AwsError {
  return userError(
    'RequestTooLargeException',
    413,
    `Request must be smaller than ${bytesMax} bytes for the InvokeFunction operation`,
  );
}

/** 400: a payload that is no JSON; `problem` is said as AWS's parser says it. */
export function invalidPayload(problem: string): AwsError {
  return invalidRequestContent(
    `Could not parse request body into json: Could not parse payload into json: ${problem}`,
  );
}

/** 400: something of an invocation that is no JSON. */
export function invalidRequestContent(message: string): AwsError {
  return userError('InvalidRequestContentException', 400, message);
}

/**
 * 400: a chain of functions came round too often.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html RecursiveInvocationException
 */
export function recursiveInvocation(): AwsError {
  return userError(
    'RecursiveInvocationException',
    400,
    'Lambda has detected your function being invoked in a recursive loop with other Amazon Web Services ' +
      "resources and stopped your function's invocation.",
  );
}

/** 429: recorded as `lambda: TestLambdaConcurrency::test_reserved_concurrency`. */
export function tooManyRequests(reason: string, retryAfterSeconds: number | undefined): AwsError {
  const seconds = retryAfterSeconds === undefined ? undefined : String(retryAfterSeconds);
  return new AwsError({
    code: 'TooManyRequestsException',
    status: 429,
    message: 'Rate Exceeded.',
    fields: {
      Type: 'User',
      Reason: reason,
      ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    },
  });
}

/**
 * 403: another account's resource, and no policy of it lets the caller in.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
export function accessDenied(principalArn: string, action: string, resourceArn: string): AwsError {
  return new AwsError({
    code: 'AccessDeniedException',
    status: 403,
    message:
      `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resourceArn} ` +
      `because no resource-based policy allows the ${action} action`,
  });
}
