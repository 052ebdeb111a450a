/** What EventBridge Scheduler answers to bad input, as recorded from AWS where it was (recordings of scheduler). */
import { AwsError } from '#aws/errors.ts';

/** Scheduler's errors have their message under its capital name as well. */
function schedulerError(code: string, status: number, message: string): AwsError {
  return new AwsError({ code, message, status, fields: { Message: message } });
}

/** 400: what was sent breaks a rule; the message says which. */
export function validation(message: string): AwsError {
  return schedulerError('ValidationException', 400, message);
}

/** `tests_create_schedule_with_invalid_schedule_expression`. */
export function invalidExpression(expression: string): AwsError {
  return validation(`Invalid Schedule Expression ${expression}.`);
}

/** 404: what the request names is not there. */
export function notFound(message: string): AwsError {
  return schedulerError('ResourceNotFoundException', 404, message);
}

/** 404: no schedule has that name. */
export function noSuchSchedule(name: string): AwsError {
  return notFound(`Schedule ${name} does not exist.`);
}

/** 404: no group has that name. */
export function noSuchGroup(name: string): AwsError {
  return notFound(`Schedule group ${name} does not exist.`);
}

/** 409: what the request would make is there, or is being changed. */
export function conflict(message: string): AwsError {
  return schedulerError('ConflictException', 409, message);
}

/** 402: an account has no room for more. */
export function quotaExceeded(message: string): AwsError {
  return schedulerError('ServiceQuotaExceededException', 402, message);
}
