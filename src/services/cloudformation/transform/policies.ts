/** The permissions of functions' roles: managed policies, statements, and SAM's templates of policies. Pure. */
import type { Json, JsonObject } from '#kernel/json.ts';
import { isObject } from '#kernel/json.ts';
import { ownOf } from '../own.ts';
import { invalid, listOf, objectOf, sub } from './parts.ts';

const VERSION = '2012-10-17';

/** Actions of a policy template, and the resources that they are on; `${Name}` is the template's parameter. */
type PolicyTemplate = readonly (readonly [actions: string, ...resources: readonly string[]])[];

const ARN = 'arn:${AWS::Partition}';
const HERE = '${AWS::Region}:${AWS::AccountId}';
const TABLE = [
  `${ARN}:dynamodb:${HERE}:table/\${TableName}`,
  `${ARN}:dynamodb:${HERE}:table/\${TableName}/index/*`,
] as const;
const BUCKET = [`${ARN}:s3:::\${BucketName}`, `${ARN}:s3:::\${BucketName}/*`] as const;
const QUEUE = `${ARN}:sqs:${HERE}:\${QueueName}`;
const STREAM = `${ARN}:kinesis:${HERE}:stream/\${StreamName}`;

/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html */
const TEMPLATES: Readonly<Record<string, PolicyTemplate>> = {
  CloudWatchPutMetricPolicy: [['cloudwatch:PutMetricData', '*']],
  DynamoDBCrudPolicy: [
    [
      'dynamodb:GetItem dynamodb:DeleteItem dynamodb:PutItem dynamodb:Scan dynamodb:Query dynamodb:UpdateItem ' +
        'dynamodb:BatchWriteItem dynamodb:BatchGetItem dynamodb:DescribeTable dynamodb:ConditionCheckItem',
      ...TABLE,
    ],
  ],
  DynamoDBReadPolicy: [
    [
      'dynamodb:GetItem dynamodb:Scan dynamodb:Query dynamodb:BatchGetItem dynamodb:DescribeTable',
      ...TABLE,
    ],
  ],
  DynamoDBWritePolicy: [['dynamodb:PutItem dynamodb:UpdateItem dynamodb:BatchWriteItem', ...TABLE]],
  DynamoDBStreamReadPolicy: [
    [
      'dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator',
      `${ARN}:dynamodb:${HERE}:table/\${TableName}/stream/\${StreamName}`,
    ],
    ['dynamodb:ListStreams', `${ARN}:dynamodb:${HERE}:table/\${TableName}/stream/*`],
  ],
  EventBridgePutEventsPolicy: [
    ['events:PutEvents', `${ARN}:events:${HERE}:event-bus/\${EventBusName}`],
  ],
  KinesisCrudPolicy: [
    [
      'kinesis:AddTagsToStream kinesis:CreateStream kinesis:DecreaseStreamRetentionPeriod kinesis:DeleteStream ' +
        'kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetShardIterator ' +
        'kinesis:IncreaseStreamRetentionPeriod kinesis:ListTagsForStream kinesis:MergeShards kinesis:PutRecord ' +
        'kinesis:PutRecords kinesis:SplitShard kinesis:RemoveTagsFromStream',
      STREAM,
    ],
  ],
  KinesisStreamReadPolicy: [
    ['kinesis:ListStreams kinesis:DescribeLimits', `${ARN}:kinesis:${HERE}:stream/*`],
    [
      'kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator',
      STREAM,
    ],
  ],
  LambdaInvokePolicy: [
    ['lambda:InvokeFunction', `${ARN}:lambda:${HERE}:function:\${FunctionName}*`],
  ],
  S3CrudPolicy: [
    [
      's3:GetObject s3:ListBucket s3:GetBucketLocation s3:GetObjectVersion s3:PutObject s3:PutObjectAcl ' +
        's3:GetLifecycleConfiguration s3:PutLifecycleConfiguration s3:DeleteObject',
      ...BUCKET,
    ],
  ],
  S3FullAccessPolicy: [
    [
      's3:GetObject s3:GetObjectAcl s3:GetObjectVersion s3:PutObject s3:PutObjectAcl s3:DeleteObject ' +
        's3:DeleteObjectTagging s3:DeleteObjectVersionTagging s3:GetObjectTagging s3:GetObjectVersionTagging ' +
        's3:PutObjectTagging s3:PutObjectVersionTagging',
      BUCKET[1],
    ],
    [
      's3:ListBucket s3:GetBucketLocation s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration',
      BUCKET[0],
    ],
  ],
  S3ReadPolicy: [
    [
      's3:GetObject s3:ListBucket s3:GetBucketLocation s3:GetObjectVersion s3:GetLifecycleConfiguration',
      ...BUCKET,
    ],
  ],
  S3WritePolicy: [['s3:PutObject s3:PutObjectAcl s3:PutLifecycleConfiguration', ...BUCKET]],
  SNSCrudPolicy: [
    [
      'sns:ListSubscriptionsByTopic sns:CreateTopic sns:SetTopicAttributes sns:Subscribe sns:Publish',
      `${ARN}:sns:${HERE}:\${TopicName}*`,
    ],
  ],
  SNSPublishMessagePolicy: [['sns:Publish', `${ARN}:sns:${HERE}:\${TopicName}`]],
  SQSPollerPolicy: [
    [
      'sqs:ChangeMessageVisibility sqs:ChangeMessageVisibilityBatch sqs:DeleteMessage sqs:DeleteMessageBatch ' +
        'sqs:GetQueueAttributes sqs:ReceiveMessage',
      QUEUE,
    ],
  ],
  SQSSendMessagePolicy: [['sqs:SendMessage*', QUEUE]],
  SSMParameterReadPolicy: [
    ['ssm:DescribeParameters', '*'],
    [
      'ssm:GetParameters ssm:GetParameter ssm:GetParametersByPath',
      `${ARN}:ssm:${HERE}:parameter/\${ParameterName}`,
    ],
  ],
  SSMParameterWithSlashPrefixReadPolicy: [
    ['ssm:DescribeParameters', '*'],
    [
      'ssm:GetParameters ssm:GetParameter ssm:GetParametersByPath',
      `${ARN}:ssm:${HERE}:parameter\${ParameterName}`,
    ],
  ],
};

export interface RolePolicies {
  readonly managed: readonly Json[];
  readonly inline: readonly Json[];
}

/** What `Policies` of a function says. */
export function readPolicies(id: string, policies: Json | undefined): RolePolicies {
  const managed: Json[] = [];
  const inline: Json[] = [];
  for (const [index, policy] of listOf(policies).entries()) {
    const name = `${id}RolePolicy${index}`;
    if (typeof policy === 'string') managed.push(managedArn(policy));
    else if (isIntrinsic(policy)) managed.push(policy);
    else inline.push({ PolicyName: name, PolicyDocument: documentOf(id, objectOf(policy)) });
  }
  return { managed, inline };
}

function isIntrinsic(value: Json): boolean {
  const keys = isObject(value) ? Object.keys(value) : [];
  return keys.length === 1 && /^(?:Ref|Fn::)/.test(keys[0] ?? '');
}

/** A name without an ARN is one of AWS's. */
function managedArn(name: string): Json {
  if (name.startsWith('arn:')) return name;
  const path = /^AWSLambda.*ExecutionRole$|^AWSLambda(?:Role|Execute)$/.test(name)
    ? 'service-role/'
    : '';
  return sub(
    `arn:\${AWS::Partition}:iam::aws:policy/${name === 'AWSLambdaExecute' ? '' : path}${name}`,
  );
}

function documentOf(id: string, policy: JsonObject): JsonObject {
  if (policy['Statement'] !== undefined) return { Version: VERSION, ...policy };
  const [[name, given] = ['', undefined]] = Object.entries(policy);
  const template = ownOf(TEMPLATES, name);
  if (template === undefined) {
    return invalid(id, `Must specify valid policy templates: ${name} is not known here.`);
  }
  const values = objectOf(given);
  const resourceOf = (text: string): Json =>
    text === '*' ? text : sub(text, onlyNamed(text, values));
  const statements = template.map(([actions, ...resources]) => ({
    Effect: 'Allow',
    Action: actions.split(' '),
    Resource: resources.length === 1 ? resourceOf(resources[0] ?? '*') : resources.map(resourceOf),
  }));
  return { Version: VERSION, Statement: statements };
}

function onlyNamed(text: string, values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => text.includes(`\${${name}}`)),
  );
}

/** Who may take a function's role on. */
export const LAMBDA_TRUST: JsonObject = trustOf('lambda.amazonaws.com');

/** The trust policy for a service. */
export function trustOf(service: string): JsonObject {
  const statement = {
    Action: ['sts:AssumeRole'],
    Effect: 'Allow',
    Principal: { Service: [service] },
  };
  return { Version: VERSION, Statement: [statement] };
}
