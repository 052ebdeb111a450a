/** REST APIs of templates, through AWS's client, against a whole server. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  APIGatewayClient,
  GetApiKeyCommand,
  GetModelCommand,
  GetRestApiCommand,
  GetStageCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeysCommand,
} from '@aws-sdk/client-api-gateway';
import {
  DeleteStackCommand,
  UpdateStackCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { atRest, cloudformationOf, createStack, outputsOf } from './cloudformation-harness.ts';

interface Wanted {
  readonly description: string;
  readonly limit: number;
  readonly settings: readonly object[];
  readonly plan: object;
  readonly stage: object;
  readonly api: object;
}

function templateOf({ description, limit, settings, plan, stage, api }: Wanted) {
  const RestApiId = { Ref: 'Api' };
  const of = (Type: string, Properties: object, more: object = {}) => ({
    Type: `AWS::ApiGateway::${Type}`,
    Properties,
    ...more,
  });
  const attached = { ApiId: RestApiId, Stage: { Ref: 'Stage' } };
  const Throttle = { '/pets/GET': { RateLimit: limit, BurstLimit: limit } };
  return {
    Resources: {
      Api: of('RestApi', { Name: 'pets', ...api }),
      Pets: of('Resource', {
        RestApiId,
        ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
        PathPart: 'pets',
      }),
      Get: of('Method', {
        RestApiId,
        ResourceId: { Ref: 'Pets' },
        HttpMethod: 'GET',
        Integration: { Type: 'MOCK' },
      }),
      Model: of('Model', {
        RestApiId,
        Name: 'Pet',
        ContentType: 'application/json',
        Schema: { type: 'object', maxProperties: limit },
      }),
      Deployment: of('Deployment', { RestApiId }, { DependsOn: 'Get' }),
      Stage: of('Stage', {
        RestApiId,
        DeploymentId: { Ref: 'Deployment' },
        StageName: 'prod',
        MethodSettings: settings,
        ...stage,
      }),
      Plan: of('UsagePlan', {
        Description: description,
        ApiStages: [{ ...attached, Throttle }],
        ...plan,
      }),
      Key: of('ApiKey', { Description: description, Enabled: true }),
      PlanKey: of('UsagePlanKey', {
        KeyId: { Ref: 'Key' },
        KeyType: 'API_KEY',
        UsagePlanId: { Ref: 'Plan' },
      }),
    },
    Outputs: {
      Api: { Value: RestApiId },
      Plan: { Value: { Ref: 'Plan' } },
      Key: { Value: { Ref: 'Key' } },
    },
  };
}

suite('REST APIs of templates', () => {
  let server: ExampleServer;
  let client: CloudFormationClient;
  let gateway: APIGatewayClient;
  before(async () => {
    server = await startServer({ flags: ['--isolation', 'process'] });
    client = cloudformationOf(server);
    gateway = new APIGatewayClient(server);
  });
  after(() => server.stop());

  const shown = async ({
    Api: restApiId,
    Plan: usagePlanId,
    Key: apiKey,
  }: Record<string, string | undefined>) => {
    const stage = await gateway.send(new GetStageCommand({ restApiId, stageName: 'prod' }));
    const plan = await gateway.send(new GetUsagePlanCommand({ usagePlanId }));
    const key = await gateway.send(new GetApiKeyCommand({ apiKey, includeValue: true }));
    const keys = await gateway.send(new GetUsagePlanKeysCommand({ usagePlanId }));
    const api = await gateway.send(new GetRestApiCommand({ restApiId }));
    const model = await gateway.send(new GetModelCommand({ restApiId, modelName: 'Pet' }));
    return { stage, plan, key, keys: keys.items?.map(({ id }) => id), api, model };
  };

  test('a stage, a plan and a key are what the template says, change in place, and are deleted', async () => {
    const log = (name: string) => ({
      DestinationArn: `arn:aws:logs:us-east-1:${server.accountId}:log-group:${name}`,
      Format: '$context.requestId',
    });
    const first = templateOf({
      description: 'one',
      limit: 1,
      settings: [
        { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 50, MetricsEnabled: true },
        { HttpMethod: 'GET', ResourcePath: '/pets', LoggingLevel: 'INFO' },
      ],
      plan: { Throttle: { RateLimit: 5, BurstLimit: 3 }, Quota: { Limit: 9, Period: 'DAY' } },
      stage: { AccessLogSetting: log('first'), Variables: { a: '1', b: '2' } },
      api: { BinaryMediaTypes: ['image/png', 'image/gif'] },
    });
    const Tags = [{ Key: 'team', Value: 'one' }];
    const StackName = await createStack(client, 'pets', first, { Tags });
    const created = await atRest(client, StackName);
    assert.equal(created.StackStatus, 'CREATE_COMPLETE', created.StackStatusReason);
    const ids = outputsOf(created);
    const made = await shown(ids);
    const all = made.stage.methodSettings?.['*/*'];
    assert.deepEqual([all?.throttlingRateLimit, all?.metricsEnabled], [50, true]);
    assert.equal(made.stage.methodSettings?.['pets/GET']?.loggingLevel, 'INFO');
    assert.equal(made.stage.accessLogSettings?.destinationArn, log('first').DestinationArn);
    assert.deepEqual([made.key.tags, made.plan.tags], [{ team: 'one' }, { team: 'one' }]);
    const [{ throttle } = {}] = made.plan.apiStages ?? [];
    assert.deepEqual(throttle, { '/pets/GET': { burstLimit: 1, rateLimit: 1 } });

    const second = templateOf({
      description: 'two',
      limit: 2,
      settings: [{ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 60 }],
      plan: { Throttle: { RateLimit: 6 }, UsagePlanName: 'named' },
      stage: { Variables: { a: '3' } },
      api: {
        BinaryMediaTypes: ['image/png', '*/*'],
        EndpointConfiguration: { Types: ['REGIONAL'] },
      },
    });
    const TemplateBody = JSON.stringify(second);
    await client.send(
      new UpdateStackCommand({ StackName, TemplateBody, Tags: [{ Key: 'team', Value: 'two' }] }),
    );
    const updated = await atRest(client, StackName);
    assert.equal(updated.StackStatus, 'UPDATE_COMPLETE', updated.StackStatusReason);
    assert.equal(updated.StackStatusReason, undefined);
    assert.deepEqual(outputsOf(updated), ids);
    const now = await shown(ids);
    assert.equal(now.key.value, made.key.value);
    assert.deepEqual(now.keys, [ids['Key']]);
    assert.deepEqual([now.key.description, now.plan.description], ['two', 'two']);
    assert.deepEqual(
      [now.key.tags, now.plan.tags, now.stage.tags, now.api.tags],
      Array.from({ length: 4 }, () => ({ team: 'two' })),
    );
    assert.deepEqual(
      [now.plan.name, now.plan.throttle, now.plan.quota],
      ['named', { rateLimit: 6 }, undefined],
    );
    assert.deepEqual(now.plan.apiStages?.[0]?.throttle, {
      '/pets/GET': { burstLimit: 2, rateLimit: 2 },
    });
    assert.deepEqual(Object.keys(now.stage.methodSettings ?? {}), ['*/*']);
    const settings = now.stage.methodSettings?.['*/*'];
    assert.deepEqual([settings?.throttlingRateLimit, settings?.metricsEnabled], [60, false]);
    assert.deepEqual([now.stage.accessLogSettings, now.stage.variables], [undefined, { a: '3' }]);
    assert.deepEqual(now.api.binaryMediaTypes, ['image/png', '*/*']);
    assert.deepEqual(now.api.endpointConfiguration?.types, ['REGIONAL']);
    assert.match(now.model.schema ?? '', /"maxProperties":2/);

    await client.send(new DeleteStackCommand({ StackName }));
    const deleted = await atRest(client, StackName);
    assert.equal(deleted.StackStatus, 'DELETE_COMPLETE', deleted.StackStatusReason);
  });

  test('a stage that a deployment made shows the next one, and the one before where that goes back', async () => {
    const RestApiId = { Ref: 'Api' };
    const ofApi = (type: string, Properties: object, more: object = {}) => ({
      Type: `AWS::ApiGateway::${type}`,
      Properties,
      ...more,
    });
    // As the Serverless Framework has it: a deployment of another name each time.
    const template = (deployment: string, more: object = {}) => ({
      Resources: {
        Api: ofApi('RestApi', { Name: 'staged' }),
        Get: ofApi('Method', {
          RestApiId,
          ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          HttpMethod: 'GET',
          Integration: { Type: 'MOCK' },
        }),
        [deployment]: ofApi('Deployment', { RestApiId, StageName: 'dev' }, { DependsOn: 'Get' }),
        ...more,
      },
      Outputs: { Api: { Value: RestApiId }, Shown: { Value: { Ref: deployment } } },
    });
    const StackName = await createStack(client, 'staged', template('First'));
    const { Api: restApiId } = outputsOf(await atRest(client, StackName));
    const update = async (body: object, status: string) => {
      const TemplateBody = JSON.stringify(body);
      await client.send(new UpdateStackCommand({ StackName, TemplateBody }));
      const stack = await atRest(client, StackName);
      assert.equal(stack.StackStatus, status, stack.StackStatusReason);
      const shown = await gateway.send(new GetStageCommand({ restApiId, stageName: 'dev' }));
      assert.equal(shown.deploymentId, outputsOf(stack)['Shown']);
    };
    await update(template('Second'), 'UPDATE_COMPLETE');
    const Policy = { Type: 'AWS::S3::BucketPolicy', DependsOn: 'Third' };
    const Fails = { ...Policy, Properties: { Bucket: 'no-such-bucket', PolicyDocument: {} } };
    await update(template('Third', { Fails }), 'UPDATE_ROLLBACK_COMPLETE');
    await client.send(new DeleteStackCommand({ StackName }));
    assert.equal((await atRest(client, StackName)).StackStatus, 'DELETE_COMPLETE');
  });
});
