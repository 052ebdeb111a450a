import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject, type JsonObject } from '#kernel/json.ts';
import { objectOf } from './parts.ts';
import { transformServerless } from './serverless.ts';

const CONTEXT = { accountId: '111111111111', region: 'us-east-1', parameters: new Map() };
const connector = (source: JsonObject, destination: JsonObject, ...permissions: string[]) => ({
  Type: 'AWS::Serverless::Connector',
  Properties: { Source: source, Destination: destination, Permissions: permissions },
});
const FUNCTION = {
  Type: 'AWS::Serverless::Function',
  Properties: { CodeUri: 's3://bucket/key', Handler: 'index.handler', Runtime: 'nodejs24.x' },
};
const TABLE = { Type: 'AWS::Serverless::SimpleTable' };
const QUEUE = { Type: 'AWS::SQS::Queue' };

function propertiesOf(Resources: JsonObject): Record<string, JsonObject> {
  const { Resources: resources } = transformServerless({ Resources }, CONTEXT);
  assert.ok(isObject(resources));
  return Object.fromEntries(
    Object.entries(resources).map(([id, one]) => [
      id,
      isObject(one) && isObject(one['Properties']) ? one['Properties'] : {},
    ]),
  );
}

/** Actions and resources of a policy's statements. */
function grantsOf(properties: JsonObject | undefined) {
  const { PolicyDocument: document } = properties ?? {};
  assert.ok(isObject(document) && Array.isArray(document['Statement']));
  return document['Statement'].map((one) => isObject(one) && [one['Action'], one['Resource']]);
}

test('a connector lets the role of a function in to what it reads or writes', () => {
  const made = propertiesOf({
    F: {
      ...FUNCTION,
      Connectors: {
        Rows: { Properties: { Destination: { Id: 'Rows' }, Permissions: ['Read'] } },
        Both: {
          Properties: { Destination: [{ Id: 'Queue' }, { Id: 'Topic' }], Permissions: ['Write'] },
        },
      },
    },
    Rows: TABLE,
    Queue: QUEUE,
    Topic: { Type: 'AWS::SNS::Topic' },
    Away: connector({ Id: 'F' }, { Type: 'AWS::S3::Bucket', Arn: 'arn:aws:s3:::b' }, 'Write'),
  });
  assert.deepEqual(made['FRowsPolicy']?.['Roles'], [{ Ref: 'FRole' }]);
  const [[actions, resources] = []] = grantsOf(made['FRowsPolicy']).filter((one) => one !== false);
  assert.ok(Array.isArray(actions) && actions.includes('dynamodb:Query'));
  const Arn = { 'Fn::GetAtt': ['Rows', 'Arn'] };
  assert.deepEqual(resources, [Arn, { 'Fn::Sub': ['${Arn}/index/*', { Arn }] }]);
  assert.deepEqual(grantsOf(made['FBothPolicyDestination1']), [
    [['sns:Publish'], [{ Ref: 'Topic' }]],
  ]);
  assert.ok(made['FBothPolicyDestination0'] !== undefined);
  const away = grantsOf(made['AwayPolicy'])[0];
  assert.ok(Array.isArray(away) && JSON.stringify(away[1]).includes('arn:aws:s3:::b'));
  assert.equal(made['Away'], undefined);
});

test('a connector from what sends events lets it in by the policy of who takes them', () => {
  const made = propertiesOf({
    F: FUNCTION,
    Queue: QUEUE,
    Topic: { Type: 'AWS::SNS::Topic' },
    Api: { Type: 'AWS::ApiGateway::RestApi' },
    Told: connector({ Id: 'Topic' }, { Id: 'Queue' }, 'Write'),
    Asked: connector({ Id: 'Api' }, { Id: 'F' }, 'Write'),
  });
  assert.deepEqual(made['ToldQueuePolicy']?.['Queues'], [{ Ref: 'Queue' }]);
  const { Principal, SourceArn } = made['AskedWriteLambdaPermission'] ?? {};
  assert.equal(Principal, 'apigateway.amazonaws.com');
  assert.ok(JSON.stringify(SourceArn).includes('{"Ref":"Api"}'));
});

test('a mapping waits for the policy by which the function may read its queue', () => {
  const Events = { Q: { Type: 'SQS', Properties: { Queue: { 'Fn::GetAtt': ['Queue', 'Arn'] } } } };
  const { Resources } = transformServerless(
    {
      Resources: {
        F: { ...FUNCTION, Properties: { ...FUNCTION.Properties, Events } },
        Live: {
          ...FUNCTION,
          Properties: { ...FUNCTION.Properties, Events, AutoPublishAlias: 'a' },
        },
        FOther: { ...FUNCTION, Properties: { ...FUNCTION.Properties, Events } },
        Queue: QUEUE,
        Too: connector({ Id: 'Queue' }, { Id: 'Live' }, 'Read', 'Write'),
        Read: connector({ Id: 'Queue' }, { Id: 'F' }, 'Read', 'Write'),
      },
    },
    CONTEXT,
  );
  const waitsFor = (id: string) => isObject(Resources) && objectOf(Resources[id])['DependsOn'];
  assert.deepEqual(waitsFor('FQ'), ['ReadPolicy']);
  assert.deepEqual(waitsFor('LiveQ'), ['TooPolicy']);
  // Its name begins alike, and that is all.
  assert.equal(waitsFor('FOtherQ'), undefined);
});

test('a connector that there is not is refused in SAM’s words', () => {
  const refused = (source: string, destination: string, ...permissions: string[]) => {
    const one = connector({ Id: source }, { Id: destination }, ...permissions);
    assert.throws(() => propertiesOf({ F: FUNCTION, Rows: TABLE, Queue: QUEUE, One: one }), {
      code: 'ValidationError',
      message: /Resource with id \[One\] is invalid\. (?:Unable to|Unsupported 'Permissions')/,
    });
  };
  refused('Rows', 'Queue', 'Write');
  refused('F', 'Nobody', 'Write');
  refused('F', 'Rows', 'Execute');
  refused('Queue', 'F', 'Read');
  refused('Queue', 'F', 'Read', 'Read');
});
