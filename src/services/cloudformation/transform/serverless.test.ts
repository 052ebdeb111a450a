import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject, type JsonObject } from '#kernel/json.ts';
import { transformServerless } from './serverless.ts';

const CONTEXT = {
  accountId: '111111111111',
  region: 'us-east-1',
  parameters: new Map([['Alias', 'live']]),
};

function transformed(Resources: JsonObject, more: JsonObject = {}): Record<string, JsonObject> {
  const { Resources: resources } = transformServerless({ ...more, Resources }, CONTEXT);
  assert.ok(isObject(resources));
  // A template's resources are structures.
  return resources as Record<string, JsonObject>;
}

function functionOf(properties: JsonObject): JsonObject {
  const base = { CodeUri: 's3://bucket/key', Handler: 'index.handler', Runtime: 'nodejs24.x' };
  return { Type: 'AWS::Serverless::Function', Properties: { ...base, ...properties } };
}

test('ids are those of SAM, for every kind of event', () => {
  const Events = {
    Queue: { Type: 'SQS', Properties: { Queue: 'arn' } },
    Stream: { Type: 'Kinesis', Properties: { Stream: 'arn', StartingPosition: 'LATEST' } },
    Table: { Type: 'DynamoDB', Properties: { Stream: 'arn', StartingPosition: 'LATEST' } },
    Topic: { Type: 'SNS', Properties: { Topic: 'arn' } },
    Tick: { Type: 'Schedule', Properties: { Schedule: 'rate(1 minute)' } },
    Tock: { Type: 'ScheduleV2', Properties: { ScheduleExpression: 'rate(1 minute)' } },
    Rule: { Type: 'EventBridgeRule', Properties: { Pattern: { source: ['a'] } } },
    Logs: { Type: 'CloudWatchLogs', Properties: { LogGroupName: 'g', FilterPattern: '' } },
    Put: { Type: 'S3', Properties: { Bucket: { Ref: 'Bucket' }, Events: 's3:ObjectCreated:*' } },
    Get: { Type: 'HttpApi', Properties: { Path: '/a/{id}', Method: 'get' } },
    Rest: { Type: 'Api', Properties: { Path: '/a', Method: 'post' } },
  };
  const resources = transformed({ Bucket: { Type: 'AWS::S3::Bucket' }, F: functionOf({ Events }) });
  const ids = Object.keys(resources).filter((id) => !id.startsWith('ServerlessRestApiDeployment'));
  assert.deepEqual(ids.sort(), [
    'Bucket',
    'F',
    'FGetPermission',
    'FLogs',
    'FLogsPermission',
    'FPutPermission',
    'FQueue',
    'FRestPermissionProd',
    'FRole',
    'FRule',
    'FRulePermission',
    'FStream',
    'FTable',
    'FTick',
    'FTickPermission',
    'FTock',
    'FTockRole',
    'FTopic',
    'FTopicPermission',
    'ServerlessHttpApi',
    'ServerlessHttpApiApiGatewayDefaultStage',
    'ServerlessRestApi',
    'ServerlessRestApiProdStage',
  ]);
});

test('globals are merged, and an alias leads to a version that changes with the code', () => {
  const Globals = {
    Function: {
      Timeout: 7,
      AutoPublishAlias: { Ref: 'Alias' },
      Environment: { Variables: { A: '1' } },
    },
  };
  const of = (CodeUri: string) =>
    transformed(
      { F: functionOf({ CodeUri, Environment: { Variables: { B: '2' } } }) },
      { Globals },
    );
  const [one, two] = [of('s3://bucket/one'), of('s3://bucket/two')];
  const properties = one['F']?.['Properties'];
  assert.ok(isObject(properties));
  assert.equal(properties['Timeout'], 7);
  assert.deepEqual(properties['Environment'], { Variables: { A: '1', B: '2' } });
  assert.ok('FAliaslive' in one);
  const versionOf = (all: object) =>
    Object.keys(all).find((id) => /^FVersion[0-9a-f]{10}$/.test(id));
  assert.ok(versionOf(one) !== undefined && versionOf(one) !== versionOf(two));
});

test('refuses what it would have to leave out', () => {
  assert.throws(
    () => transformed({ M: { Type: 'AWS::Serverless::StateMachine' } }),
    /StateMachine/,
  );
  const Events = { E: { Type: 'MSK' } };
  assert.throws(() => transformed({ F: functionOf({ Events }) }), /"MSK" is not supported/);
  assert.throws(() => transformed({ F: functionOf({ CodeUri: './src' }) }), /valid S3 Uri/);
});

test('queues that a template implies are made, and whoever sends to them may', () => {
  const dead = { DeadLetterConfig: { Type: 'SQS' } };
  const resources = transformed({
    F: functionOf({
      EventInvokeConfig: { DestinationConfig: { OnSuccess: { Type: 'SNS' } } },
      DeadLetterQueue: { Type: 'SQS', TargetArn: 'dead' },
      Events: {
        Topic: { Type: 'SNS', Properties: { Topic: 'topic', SqsSubscription: true } },
        Rule: { Type: 'EventBridgeRule', Properties: { Pattern: { source: ['a'] }, ...dead } },
        Tick: {
          Type: 'ScheduleV2',
          Properties: { ScheduleExpression: 'rate(1 minute)', ...dead },
        },
      },
    }),
  });
  for (const id of ['FTopicQueue', 'FRuleQueue', 'FTickQueue']) {
    assert.equal(resources[id]?.['Type'], 'AWS::SQS::Queue', id);
  }
  for (const id of ['FTopicQueuePolicy', 'FRuleQueuePolicy', 'FTopicEventSourceMapping']) {
    assert.ok(id in resources, id);
  }
  assert.equal(resources['FEventInvokeConfigOnSuccessTopic']?.['Type'], 'AWS::SNS::Topic');
  const actionsOf = (id: string): string =>
    JSON.stringify(resources[id]?.['Properties'] ?? {})
      .match(/s[qn]s:[a-zA-Z]+/g)
      ?.join(' ') ?? '';
  assert.equal(actionsOf('FRole'), 'sqs:SendMessage sns:publish');
  assert.equal(actionsOf('FTickRole'), 'sqs:SendMessage');
});

test('an application whose template is in S3 is a stack within', () => {
  const Location = 'https://s3.us-east-1.amazonaws.com/bucket/key.template';
  const Type = 'AWS::Serverless::Application';
  const { App } = transformed({ App: { Type, Properties: { Location, Parameters: { A: 'b' } } } });
  assert.deepEqual(App, {
    Type: 'AWS::CloudFormation::Stack',
    Properties: {
      TemplateURL: Location,
      Parameters: { A: 'b' },
      Tags: [{ Key: 'lambda:createdBy', Value: 'SAM' }],
    },
  });
  const repository = { Location: { ApplicationId: 'arn', SemanticVersion: '1.0.0' } };
  assert.throws(() => transformed({ App: { Type, Properties: repository } }), /address/);
});
