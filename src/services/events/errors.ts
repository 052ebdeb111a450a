/** What EventBridge answers to bad input, word for word as recorded from AWS (recordings of events). */
import { AwsError } from '#aws/errors.ts';

/** 400: what was sent breaks a rule; the message says which. */
export function validation(message: string): AwsError {
  return new AwsError({ code: 'ValidationException', message, status: 400 });
}

/** 400: what the request names is not there. */
export function notFound(message: string): AwsError {
  return new AwsError({ code: 'ResourceNotFoundException', message, status: 400 });
}

/** 400: a resource of that name is there. */
export function alreadyExists(message: string): AwsError {
  return new AwsError({ code: 'ResourceAlreadyExistsException', message, status: 400 });
}

/** `tests_concurrency_error_too_many_active_replays`. */
export function limitExceeded(): AwsError {
  const message = 'The requested resource exceeds the maximum number allowed.';
  return new AwsError({ code: 'LimitExceededException', message, status: 400 });
}

/** `test_event_pattern`, `test_invalid_json_event_pattern`. */
export function invalidPattern(reason: string): AwsError {
  const message = `Event pattern is not valid. Reason: ${reason}`;
  return new AwsError({ code: 'InvalidEventPatternException', message, status: 400 });
}

/** 400: no event bus has that name. */
export function noSuchBus(name: string): AwsError {
  return notFound(`Event bus ${name} does not exist.`);
}

/** `test_describe_nonexistent_rule`. */
export function noSuchRule(rule: string, bus: string): AwsError {
  return notFound(`Rule ${rule} does not exist on EventBus ${bus}.`);
}

/** `test_delete_connection`. */
export function noSuchConnection(name: string): AwsError {
  return notFound(`Failed to describe the connection(s). Connection '${name}' does not exist.`);
}

/** `test_api_destinations`. */
export function noSuchApiDestination(name: string): AwsError {
  return notFound(
    `Failed to describe the api-destination(s). An api-destination '${name}' does not exist.`,
  );
}

/** 400: a bus of another account does not let this one in. */
export function accessDenied(principalArn: string, action: string, resourceArn: string): AwsError {
  const message =
    `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resourceArn} ` +
    `because no resource-based policy allows the ${action} action`;
  return new AwsError({ code: 'AccessDeniedException', message, status: 400 });
}
