/** What the operations on event source mappings refuse with, word for word as AWS. */
import { AwsError } from '#aws/errors.ts';

import { conflict, invalidParameter } from '../errors.ts';
import type { FunctionAddress } from '../model/address.ts';
import { sourceKind, type MappingRecord } from './model.ts';

/** @see recording `lambda_api: test_event_source_mapping_exceptions` */
export function unrecognizedSource(): AwsError {
  return invalidParameter('Unrecognized event source.');
}

/** @see recording `lambda_api: test_event_source_mapping_exceptions` */
export function functionMissing(): AwsError {
  return invalidParameter('Function does not exist');
}

/** @see recording `lambda_api: test_event_source_mapping_exceptions` */
export function unsupportedParameter(name: string): AwsError {
  return invalidParameter(`Unsupported ${name} parameter for given event source mapping type.`);
}

/** @see recording `lambda_integration_sqs: test_sqs_invalid_event_filter` */
export function invalidFilter(): AwsError {
  return invalidParameter('Invalid filter pattern definition.');
}

/** @see recording `lambda_integration_sqs: test_esm_with_not_existing_sqs_queue` */
export function queueMissing(): AwsError {
  return invalidParameter(
    'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. ' +
      'SQS Error Message: The specified queue does not exist.',
  );
}

/** @see https://github.com/anomalyco/sst/issues/5737 */
export function mayNotCall(operation: string, service: string): AwsError {
  return invalidParameter(
    `The function execution role does not have permissions to call ${operation} on ${service}`,
  );
}

/** Streams name all that is needed, whichever is missing. */
export function mayNotRead(
  arn: string,
  kind: 'dynamodb' | 'kinesis',
  actions: readonly string[],
): AwsError {
  const service = kind === 'kinesis' ? 'Kinesis' : 'DynamoDB';
  const list = `${actions.slice(0, -1).join(', ')}, and ${actions.at(-1)}`;
  return invalidParameter(
    `Cannot access stream ${arn}. Please ensure the role can perform the ${list} Actions on your stream in ${service}.`,
  );
}

/** @see https://github.com/hashicorp/terraform-provider-aws/issues/18099 */
export function visibilityTooShort(visibilitySeconds: number, timeoutSeconds: number): AwsError {
  return invalidParameter(
    `Queue visibility timeout: ${visibilitySeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
  );
}

/** @see https://github.com/aws-amplify/amplify-cli/issues/11626 */
export function streamMissing(arn: string): AwsError {
  return invalidParameter(`Stream not found: ${arn}`);
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html StartingPositionTimestamp */
export function startInTheFuture(): AwsError {
  return invalidParameter('StartingPositionTimestamp cannot be in the future.');
}

/**
 * The same source and function, mapped twice; streams are told of in other words than queues.
 * @see recordings `lambda_integration_sqs` and `lambda_integration_kinesis: test_duplicate_event_source_mappings`
 */
export function duplicateMapping({ eventSourceArn, target, uuid }: MappingRecord): AwsError {
  const name = nameOf(target);
  const end = `already exists. Please update or delete the existing mapping with UUID ${uuid}`;
  return conflict(
    sourceKind(eventSourceArn) === 'sqs'
      ? `An event source mapping with SQS arn (" ${eventSourceArn} ") and function (" ${name} ") ${end}`
      : `The event source arn (" ${eventSourceArn} ") and function (" ${name} ") provided mapping ${end}`,
  );
}

function nameOf({ functionName, qualifier }: FunctionAddress): string {
  return qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html ResourceInUseException */
export function mappingInUse(): AwsError {
  return new AwsError({
    code: 'ResourceInUseException',
    status: 400,
    message: 'Cannot update the event source mapping because it is in use.',
    fields: { Type: 'User' },
  });
}
