/**
 * Policies that AWS manages. Every one can be attached; what these few say is known here.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
import { hash } from 'node:crypto';
import type { ManagedPolicy } from './model.ts';

const ROOT = 'arn:aws:iam::aws:policy/';
const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** Actions by the policy's path and name, each on every resource. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  AdministratorAccess: ['*'],
  AmazonDynamoDBReadOnlyAccess: [
    'dynamodb:BatchGetItem',
    'dynamodb:Describe*',
    'dynamodb:GetItem',
    'dynamodb:GetResourcePolicy',
    'dynamodb:List*',
    'dynamodb:PartiQLSelect',
    'dynamodb:Query',
    'dynamodb:Scan',
  ],
  AmazonEventBridgeFullAccess: ['events:*', 'schemas:*', 'scheduler:*', 'pipes:*'],
  AmazonEventBridgeSchedulerFullAccess: ['scheduler:*'],
  AmazonKinesisFullAccess: ['kinesis:*'],
  AmazonKinesisReadOnlyAccess: ['kinesis:Get*', 'kinesis:List*', 'kinesis:Describe*'],
  AmazonS3ReadOnlyAccess: [
    's3:Get*',
    's3:List*',
    's3:Describe*',
    's3-object-lambda:Get*',
    's3-object-lambda:List*',
  ],
  AmazonSNSReadOnlyAccess: [
    'sns:GetTopicAttributes',
    'sns:List*',
    'sns:CheckIfPhoneNumberIsOptedOut',
    'sns:GetEndpointAttributes',
    'sns:GetDataProtectionPolicy',
    'sns:GetPlatformApplicationAttributes',
    'sns:GetSMSAttributes',
    'sns:GetSMSSandboxAccountStatus',
    'sns:GetSubscriptionAttributes',
  ],
  AmazonSQSReadOnlyAccess: [
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ListDeadLetterSourceQueues',
    'sqs:ListQueues',
    'sqs:ListMessageMoveTasks',
    'sqs:ListQueueTags',
  ],
  CloudWatchFullAccess: ['autoscaling:Describe*', 'cloudwatch:*', 'logs:*', 'sns:*'],
  IAMFullAccess: ['iam:*'],
  IAMReadOnlyAccess: [
    'iam:GenerateCredentialReport',
    'iam:GenerateServiceLastAccessedDetails',
    'iam:Get*',
    'iam:List*',
    'iam:SimulateCustomPolicy',
    'iam:SimulatePrincipalPolicy',
  ],
  AmazonS3FullAccess: ['s3:*', 's3-object-lambda:*'],
  AmazonSQSFullAccess: ['sqs:*'],
  AmazonSNSFullAccess: ['sns:*'],
  CloudWatchLogsFullAccess: ['logs:*', 'cloudwatch:GenerateQuery'],
  'service-role/AWSLambdaBasicExecutionRole': LOGS,
  'service-role/AWSLambdaDynamoDBExecutionRole': [
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    ...LOGS,
  ],
  'service-role/AWSLambdaKinesisExecutionRole': [
    'kinesis:DescribeStream',
    'kinesis:DescribeStreamSummary',
    'kinesis:GetRecords',
    'kinesis:GetShardIterator',
    'kinesis:ListShards',
    'kinesis:ListStreams',
    'kinesis:SubscribeToShard',
    ...LOGS,
  ],
  'service-role/AWSLambdaRole': ['lambda:InvokeFunction'],
  'service-role/AWSLambdaSQSQueueExecutionRole': [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    ...LOGS,
  ],
  'service-role/AWSLambdaVPCAccessExecutionRole': [
    ...LOGS,
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  AWSXRayDaemonWriteAccess: [
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ],
};

/** True for the ARN of a policy that AWS manages. */
export function isAwsManaged(arn: string): boolean {
  return arn.startsWith(ROOT) && arn.length > ROOT.length;
}

/** The name in a policy's ARN. */
export function nameOfPolicyArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** A policy of AWS's as IAM shows it; its id is made from its ARN. */
export function awsManagedPolicy(arn: string): ManagedPolicy {
  const name = nameOfPolicyArn(arn);
  const id = `ANPA${hash('sha256', arn, 'hex')
    .toUpperCase()
    .replaceAll(/[0189]/g, 'X')
    .slice(0, 17)}`;
  return {
    accountId: 'aws',
    arn,
    name,
    id,
    path: `/${arn.slice(ROOT.length, arn.length - name.length)}`,
    tags: [],
    defaultVersion: 'v1',
    lastVersion: 1,
    createdAtMs: Date.UTC(2015, 1, 6),
    updatedAtMs: Date.UTC(2015, 1, 6),
  };
}

/** What a policy of AWS's says, as JSON, where it is known. */
export function awsManagedDocument(arn: string): string | undefined {
  const actions = ACTIONS[arn.slice(ROOT.length)];
  if (actions === undefined) return undefined;
  const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

/** ARNs of the policies whose documents are known. */
export function knownAwsPolicies(): readonly string[] {
  return Object.keys(ACTIONS).map((name) => ROOT + name);
}
