/** Integrations that call an operation of a service, and how. Pure. */

/** What an integration subtype calls. */
export interface ServiceSubtype {
  /** As signatures name the service. */
  readonly service: string;
  readonly operation: string;
  /** `Kinesis_20131202.PutRecord`, where the service speaks JSON; without one it is a form of `version`. */
  readonly target?: string;
  readonly version?: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const SQS = { service: 'sqs', version: '2012-11-05' };

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html */
const SUBTYPES: ReadonlyMap<string, ServiceSubtype> = new Map([
  [
    'EventBridge-PutEvents',
    {
      service: 'events',
      operation: 'PutEvents',
      target: 'AWSEvents.PutEvents',
      required: ['Detail', 'DetailType', 'Source'],
      optional: ['Time', 'EventBusName', 'Resources', 'Region', 'TraceHeader'],
    },
  ],
  [
    'Kinesis-PutRecord',
    {
      service: 'kinesis',
      operation: 'PutRecord',
      target: 'Kinesis_20131202.PutRecord',
      required: ['StreamName', 'Data', 'PartitionKey'],
      optional: ['SequenceNumberForOrdering', 'ExplicitHashKey', 'Region'],
    },
  ],
  [
    'SQS-SendMessage',
    {
      ...SQS,
      operation: 'SendMessage',
      required: ['QueueUrl', 'MessageBody'],
      optional: [
        'DelaySeconds',
        'MessageAttributes',
        'MessageDeduplicationId',
        'MessageGroupId',
        'MessageSystemAttributes',
        'Region',
      ],
    },
  ],
  [
    'SQS-ReceiveMessage',
    {
      ...SQS,
      operation: 'ReceiveMessage',
      required: ['QueueUrl'],
      optional: [
        'AttributeNames',
        'MaxNumberOfMessages',
        'MessageAttributeNames',
        'ReceiveRequestAttemptId',
        'VisibilityTimeout',
        'WaitTimeSeconds',
        'Region',
      ],
    },
  ],
  [
    'SQS-DeleteMessage',
    {
      ...SQS,
      operation: 'DeleteMessage',
      required: ['ReceiptHandle', 'QueueUrl'],
      optional: ['Region'],
    },
  ],
  [
    'SQS-PurgeQueue',
    { ...SQS, operation: 'PurgeQueue', required: ['QueueUrl'], optional: ['Region'] },
  ],
]);

/** What a subtype calls; `undefined` for one that Hearth cannot. */
export function subtypeOf(name: string): ServiceSubtype | undefined {
  return SUBTYPES.get(name);
}
