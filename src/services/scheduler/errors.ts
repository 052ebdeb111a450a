/** What EventBridge Scheduler answers to bad input, as recorded from AWS where it was (recordings of scheduler). */
import { AwsError } from '#aws/errors.ts';

/** Scheduler's errors have their message under its capital name as well. */
function schedulerError(code: string, status: number, message: string): AwsError {
  return new AwsError({ code, message, status, fields: { Message: message } });
}

export function validation(message: string): AwsError {
  return schedulerError('ValidationException', 400, message);
}

/** `tests_create_schedule_with_invalid_schedule_expression`. */
export function invalidExpression(expression: string): AwsError {
  return validation(`Invalid Schedule Expression ${expression}.`);
}

export function notFound(message: string): AwsError {
  return schedulerError('ResourceNotFoundException', 404, message);
}

export function noSuchSchedule(name: string): AwsError {
  return notFound(`Schedule ${name} does not exist.`);
}

export function noSuchGroup(name: string): AwsError {
  return notFound(`Schedule group ${name} does not exist.`);
}

export function conflict(message: string): AwsError {
  return schedulerError('ConflictException', 409, message);
}

export function quotaExceeded(message: string): AwsError {
  return schedulerError('ServiceQuotaExceededException', 402, message);
}
