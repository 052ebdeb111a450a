/** What Amazon SNS answers to bad input, word for word as recorded from AWS (recordings of sns). */
import { AwsError } from '#aws/errors.ts';

function snsError(code: string, message: string, status = 400): AwsError {
  return new AwsError({ code, message, status });
}

/** @param detail what follows `Invalid parameter: ` */
export function invalidParameter(detail: string): AwsError {
  return snsError('InvalidParameter', `Invalid parameter: ${detail}`);
}

/** `test_set_invalid_sms_attributes`. */
export function invalidSmsAttribute(message: string): AwsError {
  return snsError('InvalidParameter', message);
}

/** `test_sns_confirm_subscription_wrong_token`. */
export function invalidToken(): AwsError {
  return snsError('InvalidParameter', 'Invalid token');
}

/** `test_subscribe_bad_sms`. */
export function invalidSms(endpoint: string): AwsError {
  return snsError('InvalidParameter', `Invalid SMS endpoint: ${endpoint}`);
}

/** 404: no topic has that ARN. */
export function noSuchTopic(): AwsError {
  return snsError('NotFound', 'Topic does not exist', 404);
}

/** 404: no subscription has that ARN. */
export function noSuchSubscription(): AwsError {
  return snsError('NotFound', 'Subscription does not exist', 404);
}

/** 404: no topic to tag has that ARN. */
export function noSuchResource(): AwsError {
  return snsError('ResourceNotFound', 'Resource does not exist', 404);
}

/** `test_message_attributes_prefixes`. */
export function invalidAttributeValue(message: string): AwsError {
  return snsError('ParameterValueInvalid', message);
}

/** 400: a topic has no room for more tags. */
export function tagLimitExceeded(): AwsError {
  return snsError(
    'TagLimitExceeded',
    'Could not complete request: tag quota of per resource exceeded',
  );
}

/** `test_publish_batch_exceptions`. */
export function tooManyEntries(): AwsError {
  const message = 'The batch request contains more entries than permissible.';
  return snsError('TooManyEntriesInBatchRequest', message);
}

/** 400: a batch without entries. */
export function emptyBatch(): AwsError {
  return snsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
}

/** 400: two entries of a batch with one id. */
export function entryIdsNotDistinct(): AwsError {
  const message = 'Two or more batch entries in the request have the same Id.';
  return snsError('BatchEntryIdsNotDistinct', message);
}

/** 400: an entry’s id has other characters than it may. */
export function invalidEntryId(): AwsError {
  const message = "The Id of a batch entry in a batch request doesn't abide by the specification.";
  return snsError('InvalidBatchEntryId', message);
}

/** `test_publish_batch_too_long_message`. */
export function batchTooLong(): AwsError {
  const message = 'The length of all the messages put together is more than the limit.';
  return snsError('BatchRequestTooLong', message);
}

/** Recorded: `test_get_platform_application_attributes_non_existing_app`. */
export function noSuchPlatformApplication(): AwsError {
  return snsError('NotFound', 'PlatformApplication does not exist', 404);
}

/** Recorded: `test_get_platform_endpoint_attributes_non_existent_endpoint`. */
export function noSuchEndpoint(): AwsError {
  return snsError('NotFound', 'Endpoint does not exist', 404);
}

/** 400: a message for an endpoint that was disabled. */
export function endpointDisabled(): AwsError {
  return snsError('EndpointDisabled', 'Endpoint is disabled');
}

/** 404: the sandbox has no such number. */
export function noSuchPhoneNumber(): AwsError {
  return snsError('ResourceNotFound', 'The phone number does not exist', 404);
}
