/**
 * Policies that AWS manages. Every one can be attached; what these few say is known here.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
import { hash } from 'node:crypto';
import type { ManagedPolicy } from './model.ts';

const ROOT = 'arn:aws:iam::aws:policy/';
const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const IMAGES_READ = [
  'ecr:GetAuthorizationToken',
  'ecr:BatchCheckLayerAvailability',
  'ecr:GetDownloadUrlForLayer',
  'ecr:GetRepositoryPolicy',
  'ecr:DescribeRepositories',
  'ecr:ListImages',
  'ecr:DescribeImages',
  'ecr:BatchGetImage',
  'ecr:GetLifecyclePolicy',
  'ecr:GetLifecyclePolicyPreview',
  'ecr:ListTagsForResource',
  'ecr:DescribeImageScanFindings',
];
const RECORDS = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'];

/** Actions by the policy's path and name, each on every resource. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  AdministratorAccess: ['*'],
  AWSCloudFormationFullAccess: ['cloudformation:*'],
  AWSCloudFormationReadOnlyAccess: [
    'cloudformation:Describe*',
    'cloudformation:EstimateTemplateCost',
    'cloudformation:Get*',
    'cloudformation:List*',
    'cloudformation:ValidateTemplate',
    'cloudformation:Detect*',
  ],
  'AWSLambdaInvocation-DynamoDB': [
    'lambda:InvokeFunction',
    ...RECORDS.map((name) => `dynamodb:${name}`),
  ],
  AmazonEC2ContainerRegistryFullAccess: ['ecr:*', 'cloudtrail:LookupEvents'],
  AmazonEC2ContainerRegistryPowerUser: [
    ...IMAGES_READ,
    'ecr:InitiateLayerUpload',
    'ecr:UploadLayerPart',
    'ecr:CompleteLayerUpload',
    'ecr:PutImage',
  ],
  AmazonEC2ContainerRegistryReadOnly: IMAGES_READ,
  AmazonSSMFullAccess: ['ssm:*', 'logs:*', 'cloudwatch:PutMetricData'],
  AmazonSSMReadOnlyAccess: ['ssm:Describe*', 'ssm:Get*', 'ssm:List*'],
  CloudWatchLogsReadOnlyAccess: [
    'logs:Describe*',
    'logs:Get*',
    'logs:List*',
    'logs:StartQuery',
    'logs:StopQuery',
    'logs:TestMetricFilter',
    'logs:FilterLogEvents',
    'logs:StartLiveTail',
    'logs:StopLiveTail',
    'cloudwatch:GenerateQuery',
  ],
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs': [
    ...LOGS,
    'logs:DescribeLogGroups',
    'logs:DescribeLogStreams',
    'logs:GetLogEvents',
    'logs:FilterLogEvents',
  ],
  AmazonDynamoDBFullAccess: ['dynamodb:*', 'dax:*'],
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
  // Of its thousand lines those of services that are here.
  ReadOnlyAccess: [
    'apigateway:GET',
    'cloudformation:Describe*',
    'cloudformation:Detect*',
    'cloudformation:EstimateTemplateCost',
    'cloudformation:Get*',
    'cloudformation:List*',
    'cloudformation:ValidateTemplate',
    'cloudwatch:Describe*',
    'cloudwatch:Get*',
    'cloudwatch:List*',
    'dynamodb:BatchGet*',
    'dynamodb:Describe*',
    'dynamodb:Get*',
    'dynamodb:List*',
    'dynamodb:PartiQLSelect',
    'dynamodb:Query',
    'dynamodb:Scan',
    'ecr:BatchCheck*',
    'ecr:BatchGet*',
    'ecr:Describe*',
    'ecr:Get*',
    'ecr:List*',
    'events:Describe*',
    'events:List*',
    'events:Test*',
    'iam:Generate*',
    'iam:Get*',
    'iam:List*',
    'iam:Simulate*',
    'kinesis:Describe*',
    'kinesis:Get*',
    'kinesis:List*',
    'lambda:Get*',
    'lambda:List*',
    'logs:Describe*',
    'logs:FilterLogEvents',
    'logs:Get*',
    'logs:List*',
    'logs:StartQuery',
    'logs:StopQuery',
    'logs:TestMetricFilter',
    's3:Get*',
    's3:List*',
    'scheduler:Get*',
    'scheduler:List*',
    'sns:Get*',
    'sns:List*',
    'sns:Check*',
    'sqs:Get*',
    'sqs:List*',
    'sqs:Receive*',
    'ssm:Describe*',
    'ssm:Get*',
    'ssm:List*',
    'sts:GetAccessKeyInfo',
    'sts:GetCallerIdentity',
    'sts:GetSessionToken',
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

interface Statement {
  readonly Effect: 'Allow';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource: readonly string[] | string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Statements of those that say more than actions on every resource. */
const STATEMENTS: Readonly<Record<string, readonly Statement[]>> = {
  AWSLambda_FullAccess: [
    {
      Effect: 'Allow',
      Action: [
        'cloudformation:DescribeStacks',
        'cloudformation:ListStackResources',
        'cloudwatch:ListMetrics',
        'cloudwatch:GetMetricData',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
        'kms:ListAliases',
        'iam:GetPolicy',
        'iam:GetPolicyVersion',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListRolePolicies',
        'iam:ListRoles',
        'lambda:*',
        'logs:DescribeLogGroups',
        'states:DescribeStateMachine',
        'states:ListStateMachines',
        'tag:GetResources',
        'xray:GetTraceSummaries',
        'xray:BatchGetTraces',
      ],
      Resource: '*',
    },
    {
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: '*',
      Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    },
    {
      Effect: 'Allow',
      Action: ['logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:FilterLogEvents'],
      Resource: 'arn:aws:logs:*:*:log-group:/aws/lambda/*',
    },
  ],
  AWSLambdaExecute: [
    { Effect: 'Allow', Action: ['logs:*'], Resource: 'arn:aws:logs:*:*:*' },
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::*' },
  ],
  AmazonAPIGatewayAdministrator: [
    { Effect: 'Allow', Action: ['apigateway:*'], Resource: 'arn:aws:apigateway:*::/*' },
  ],
  AmazonAPIGatewayInvokeFullAccess: [
    {
      Effect: 'Allow',
      Action: ['execute-api:Invoke', 'execute-api:ManageConnections'],
      Resource: 'arn:aws:execute-api:*:*:*',
    },
  ],
  CloudWatchLambdaInsightsExecutionRolePolicy: [
    { Effect: 'Allow', Action: ['logs:CreateLogGroup'], Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: 'arn:aws:logs:*:*:log-group:/aws/lambda-insights:*',
    },
  ],
  PowerUserAccess: [
    { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
    {
      Effect: 'Allow',
      Action: [
        'account:GetAccountInformation',
        'account:GetPrimaryEmail',
        'account:ListRegions',
        'iam:CreateServiceLinkedRole',
        'iam:DeleteServiceLinkedRole',
        'iam:ListRoles',
        'organizations:DescribeOrganization',
      ],
      Resource: '*',
    },
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
  const name = arn.slice(ROOT.length);
  const actions = ACTIONS[name];
  const statements =
    STATEMENTS[name] ?? (actions && [{ Effect: 'Allow', Action: actions, Resource: '*' }]);
  if (statements === undefined) return undefined;
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** ARNs of the policies whose documents are known. */
export function knownAwsPolicies(): readonly string[] {
  return [...Object.keys(ACTIONS), ...Object.keys(STATEMENTS)].map((name) => ROOT + name);
}
