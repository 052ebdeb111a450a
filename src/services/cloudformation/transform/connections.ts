/** What AWS::Serverless::Connector connects, and what each connection may. Data alone. */

/** Actions, and what stands behind the ARN of what they are on: `/index/*`. */
export interface Grant {
  readonly actions: readonly string[];
  readonly behind: readonly string[];
}

export type Category = 'Read' | 'Write';

/** How one is let in to the other. */
export type Connection =
  | {
      /** A policy of the role that one of them has, on the other. */
      readonly kind: 'role';
      readonly holder: 'source' | 'destination';
      readonly grants: Readonly<Partial<Record<Category, Grant>>>;
      /** True where one permission alone is of no use. */
      readonly isWhole?: true;
      /** True where mappings need the policy to be there. */
      readonly isPolled?: true;
    }
  /** A permission of the function for a service. */
  | { readonly kind: 'function'; readonly principal: string }
  /** A policy of the queue or topic for a service. */
  | { readonly kind: 'queue' | 'topic'; readonly principal: string };

const grant = (prefix: string, actions: string, ...behind: readonly string[]): Grant => ({
  actions: actions.split(' ').map((action) => `${prefix}:${action}`),
  behind: behind.length === 0 ? [''] : behind,
});

const FROM_FUNCTION: Readonly<Record<string, Readonly<Partial<Record<Category, Grant>>>>> = {
  'AWS::DynamoDB::Table': {
    Read: grant(
      'dynamodb',
      'GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect',
      '',
      '/index/*',
    ),
    Write: grant(
      'dynamodb',
      'PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete PartiQLInsert PartiQLUpdate',
      '',
      '/index/*',
    ),
  },
  'AWS::Events::EventBus': { Write: grant('events', 'PutEvents') },
  'AWS::Lambda::Function': { Write: grant('lambda', 'InvokeAsync InvokeFunction') },
  'AWS::S3::Bucket': {
    Read: grant(
      's3',
      'GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTorrent GetObjectVersion ' +
        'GetObjectVersionAcl GetObjectVersionForReplication GetObjectVersionTorrent ListBucket ' +
        'ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts',
      '',
      '/*',
    ),
    Write: grant(
      's3',
      'AbortMultipartUpload DeleteObject DeleteObjectVersion PutObject PutObjectLegalHold ' +
        'PutObjectRetention RestoreObject',
      '',
      '/*',
    ),
  },
  'AWS::SNS::Topic': { Write: grant('sns', 'Publish') },
  'AWS::SQS::Queue': {
    Read: grant('sqs', 'ReceiveMessage GetQueueAttributes'),
    Write: grant('sqs', 'DeleteMessage SendMessage ChangeMessageVisibility PurgeQueue'),
  },
};

const FUNCTION = 'AWS::Lambda::Function';
const RULE = 'AWS::Events::Rule';
const EVENTS = 'events.amazonaws.com';
const SNS = 'sns.amazonaws.com';

/**
 * By the types of source and destination.
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
 */
export const CONNECTIONS: ReadonlyMap<string, Connection> = new Map<string, Connection>([
  ...Object.entries(FROM_FUNCTION).map(([type, grants]): [string, Connection] => [
    `${FUNCTION} ${type}`,
    { kind: 'role', holder: 'source', grants },
  ]),
  [
    `${RULE} AWS::Events::EventBus`,
    { kind: 'role', holder: 'source', grants: { Write: grant('events', 'PutEvents') } },
  ],
  [
    `AWS::DynamoDB::Table ${FUNCTION}`,
    {
      kind: 'role',
      holder: 'destination',
      grants: {
        Read: grant(
          'dynamodb',
          'DescribeStream GetRecords GetShardIterator ListStreams',
          '/stream/*',
        ),
      },
      isPolled: true,
    },
  ],
  [
    `AWS::SQS::Queue ${FUNCTION}`,
    {
      kind: 'role',
      holder: 'destination',
      grants: {
        Read: grant('sqs', 'ReceiveMessage GetQueueAttributes'),
        Write: grant('sqs', 'DeleteMessage'),
      },
      isWhole: true,
      isPolled: true,
    },
  ],
  [`${RULE} ${FUNCTION}`, { kind: 'function', principal: EVENTS }],
  [`AWS::SNS::Topic ${FUNCTION}`, { kind: 'function', principal: SNS }],
  [`AWS::S3::Bucket ${FUNCTION}`, { kind: 'function', principal: 's3.amazonaws.com' }],
  [
    `AWS::ApiGateway::RestApi ${FUNCTION}`,
    { kind: 'function', principal: 'apigateway.amazonaws.com' },
  ],
  [
    `AWS::ApiGatewayV2::Api ${FUNCTION}`,
    { kind: 'function', principal: 'apigateway.amazonaws.com' },
  ],
  [`${RULE} AWS::SQS::Queue`, { kind: 'queue', principal: EVENTS }],
  ['AWS::SNS::Topic AWS::SQS::Queue', { kind: 'queue', principal: SNS }],
  [`${RULE} AWS::SNS::Topic`, { kind: 'topic', principal: EVENTS }],
]);
