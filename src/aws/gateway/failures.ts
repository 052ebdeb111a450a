import type { Log } from '#ports/world/log.ts';
import { AwsError } from '../errors.ts';
import type { ServiceModel } from '../model.ts';

/** An operation that AWS describes and that is not built here. */
export function notImplemented(model: ServiceModel, operation: string): AwsError {
  return new AwsError({
    code: 'NotImplementedException',
    status: 501,
    message: `The operation ${operation} of ${model.serviceId} is not implemented by Hearth.`,
  });
}

/** A service that is not known here at all. */
export function unknownService(name: string): AwsError {
  return new AwsError({
    code: 'NotImplementedException',
    status: 501,
    message: `The service ${name} is not implemented by Hearth.`,
  });
}

/**
 * What a client learns of a bug: the request id, by which the log has the rest.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html InternalError
 */
export function internalFailure(isStorage: boolean): AwsError {
  return isStorage
    ? new AwsError({
        code: 'InternalError',
        status: 500,
        message: 'We encountered an internal error. Please try again.',
      })
    : new AwsError({
        code: 'InternalFailure',
        status: 500,
        message:
          'The request processing has failed because of an unknown error, exception or failure.',
      });
}

/**
 * There is no room for a request's body now; clients of AWS's try again.
 * @see https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html ServiceUnavailable
 */
export function serviceUnavailable(): AwsError {
  return new AwsError({
    code: 'ServiceUnavailable',
    status: 503,
    message: 'The request has failed due to a temporary failure of the server.',
  });
}

/** Writes a bug to the operator's log, once. */
export function logBug(log: Log, error: unknown, requestId: string, where: string): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error('a request failed because of a bug', { requestId, where, stack });
}
