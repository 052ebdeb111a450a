import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  CreateApiKeyCommand,
  CreateAuthorizerCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  FlushStageAuthorizersCacheCommand,
  UpdateRestApiCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';

import {
  ACCOUNT,
  addMethod,
  addResource,
  answers,
  deploy,
  emptyApi,
  functionArn,
  invocationUri,
  lastEvent,
  MOCK,
  REGION,
  startWorld,
} from './apigateway-harness.ts';
import { statusBeforeBody } from './execute-api-harness.ts';

describe('a caller', () => {
  test('needs a key of a plan, and is counted', async () => {
    await using world = await startWorld();
    const { client } = world;
    const api = await emptyApi(world);
    const { restApiId } = api;
    await addMethod(world, api, api.rootId, {
      method: { apiKeyRequired: true },
      integration: MOCK,
      responses: { 200: {} },
    });
    await deploy(world, api);
    const plan = await client.send(
      new CreateUsagePlanCommand({
        name: 'two a day',
        apiStages: [{ apiId: restApiId, stage: 'dev' }],
        quota: { limit: 2, period: 'DAY' },
      }),
    );
    const key = await client.send(new CreateApiKeyCommand({ name: 'k', enabled: true }));
    await client.send(
      new CreateUsagePlanKeyCommand({ usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY' }),
    );
    const headers = { 'x-api-key': key.value ?? '' };
    const ask = (init: RequestInit) => world.ask(restApiId, '/', init);
    assert.equal((await ask({})).status, 403);
    assert.equal((await ask({ headers })).status, 200);
    assert.equal((await ask({ headers })).status, 200);
    const over = await ask({ headers });
    assert.deepEqual([over.status, await over.text()], [429, '{"message":"Limit Exceeded"}']);
  });

  test('is let in by an authorizer, which is remembered until that is flushed', async () => {
    await using world = await startWorld();
    const { client } = world;
    const api = await emptyApi(world);
    const { restApiId } = api;
    const { id: authorizerId } = await client.send(
      new CreateAuthorizerCommand({
        restApiId,
        name: 'guard',
        type: 'TOKEN',
        authorizerUri: invocationUri(),
        identitySource: 'method.request.header.Authorization',
      }),
    );
    await addMethod(world, api, api.rootId, {
      method: { authorizationType: 'CUSTOM', authorizerId },
      integration: MOCK,
      responses: {
        200: {
          responseTemplates: {
            'application/json': '$context.authorizer.principalId $context.authorizer.n',
          },
        },
      },
    });
    await deploy(world, api);
    const ask = (Authorization: string) =>
      world.ask(restApiId, '/', { headers: { Authorization } });
    assert.equal((await world.ask(restApiId, '/')).status, 401);
    const say = (Effect: string) => {
      const Statement = [{ Effect, Action: 'execute-api:Invoke', Resource: '*' }];
      const policyDocument = { Version: '2012-10-17', Statement };
      answers(world, { principalId: 'ada', policyDocument, context: { n: 1 } });
    };
    say('Allow');
    assert.equal(await (await ask('one')).text(), 'ada 1');
    assert.equal(lastEvent(world)['authorizationToken'], 'one');
    say('Deny');
    assert.equal((await ask('one')).status, 200);
    const denied = await ask('two');
    assert.deepEqual(
      [denied.status, await denied.text()],
      [403, '{"Message":"User is not authorized to access this resource with an explicit deny"}'],
    );
    await client.send(new FlushStageAuthorizersCacheCommand({ restApiId, stageName: 'dev' }));
    assert.equal((await ask('one')).status, 403);
    const name = 'NotFoundException';
    const flush = new FlushStageAuthorizersCacheCommand({ restApiId, stageName: 'none' });
    await assert.rejects(client.send(flush), { name });
    world.lambda.script = () => ({ fails: { errorMessage: 'Unauthorized', errorType: 'E' } });
    assert.equal((await ask('three')).status, 401);
  });

  test('is let in by an authorizer where the API has a policy that is silent, not where it denies', async () => {
    await using world = await startWorld();
    const { client } = world;
    const api = await emptyApi(world);
    const { restApiId } = api;
    const { id: authorizerId } = await client.send(
      new CreateAuthorizerCommand({
        restApiId,
        name: 'guard',
        type: 'TOKEN',
        authorizerUri: invocationUri(),
        identitySource: 'method.request.header.Authorization',
      }),
    );
    const method = { authorizationType: 'CUSTOM', authorizerId };
    await addMethod(world, api, api.rootId, { method, integration: MOCK, responses: { 200: {} } });
    const Action = 'execute-api:Invoke';
    const said = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] };
    answers(world, { principalId: 'ada', policyDocument: said });
    const from = (address: string) => ({ IpAddress: { 'aws:SourceIp': address } });
    for (const [Effect, Condition, status] of [
      ['Allow', from('10.0.0.0/8'), 200],
      ['Deny', from('10.0.0.0/8'), 200],
      ['Deny', from('127.0.0.0/8'), 403],
      ['Deny', { StringLike: { 'aws:UserAgent': 'curious*' } }, 403],
    ] as const) {
      const statement = { Effect, Principal: '*', Action, Resource: '*', Condition };
      const value = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      const patchOperations = [{ op: 'replace', path: '/policy', value }] as const;
      await client.send(
        new UpdateRestApiCommand({ restApiId, patchOperations: [...patchOperations] }),
      );
      await deploy(world, api);
      const headers = { Authorization: value, 'user-agent': 'curious/1' };
      const calls = world.lambda.invocations.length;
      assert.equal((await world.ask(restApiId, '/', { headers })).status, status, value);
      assert.equal(world.lambda.invocations.length - calls, status === 200 ? 1 : 0, value);
    }
  });

  test('is let in by the method that is asked, however its path is written', async () => {
    await using world = await startWorld();
    const { client } = world;
    const api = await emptyApi(world);
    const { restApiId } = api;
    const method = { authorizationType: 'NONE' };
    const settings = { method, integration: MOCK, responses: { 200: {} } };
    await addMethod(world, api, await addResource(world, api, 'admin'), settings);
    await addMethod(world, api, await addResource(world, api, '{name}'), settings);
    const on = (...paths: readonly string[]) =>
      paths.map((path) => `arn:aws:execute-api:${REGION}:${ACCOUNT}:${restApiId}/dev/GET/${path}`);
    const common = { Principal: '*', Action: 'execute-api:Invoke' };
    const Statement = [
      { ...common, Effect: 'Allow', Resource: on('admin', 'ada', 'open/*') },
      { ...common, Effect: 'Deny', Resource: on('admin') },
    ];
    const value = JSON.stringify({ Version: '2012-10-17', Statement });
    const patchOperations = [{ op: 'replace', path: '/policy', value }] as const;
    await client.send(
      new UpdateRestApiCommand({ restApiId, patchOperations: [...patchOperations] }),
    );
    await deploy(world, api);
    for (const [path, status] of [
      ['/ada', 200],
      ['/%61da', 200],
      ['/admin', 403],
      ['/%61dmin', 403],
      ['/admin/', 403],
      // One part: what is open below `open` is something else.
      ['/open%2Fada', 403],
    ] as const) {
      assert.equal((await world.ask(restApiId, path)).status, status, path);
    }
  });

  test('who is refused is answered before his body has come', async () => {
    await using world = await startWorld();
    const { client } = world;
    const api = await emptyApi(world);
    const { restApiId } = api;
    const { id: authorizerId } = await client.send(
      new CreateAuthorizerCommand({
        restApiId,
        name: 'guard',
        type: 'TOKEN',
        authorizerUri: invocationUri(),
        identitySource: 'method.request.header.Authorization',
      }),
    );
    for (const [pathPart, method] of [
      ['guarded', { authorizationType: 'CUSTOM', authorizerId }],
      ['keyed', { apiKeyRequired: true }],
      ['narrow', { authorizationType: 'CUSTOM', authorizerId }],
    ] as const) {
      const resourceId = await addResource(world, api, pathPart);
      await addMethod(world, api, resourceId, {
        method: { ...method, httpMethod: 'POST' },
        integration: MOCK,
        responses: { 200: {} },
      });
    }
    await deploy(world, api);
    const limits = ['rateLimit', 'burstLimit'].map(
      (name) => ({ op: 'replace', path: `/narrow/POST/throttling/${name}`, value: '1' }) as const,
    );
    await client.send(
      new UpdateStageCommand({ restApiId, stageName: 'dev', patchOperations: limits }),
    );
    // A stage that has enough to do does not ask who comes.
    assert.equal((await world.ask(restApiId, '/narrow', { method: 'POST' })).status, 401);
    for (const [path, status] of [
      ['guarded', 401],
      ['keyed', 403],
      ['narrow', 429],
    ] as const) {
      const url = `${world.endpoint}/_aws/execute-api/${restApiId}/dev/${path}`;
      assert.equal(await statusBeforeBody(url), status, path);
    }
  });

  test('has to sign where the method says so', async () => {
    await using world = await startWorld();
    const api = await emptyApi(world);
    await addMethod(world, api, api.rootId, {
      method: { authorizationType: 'AWS_IAM' },
      integration: MOCK,
      responses: { 200: {} },
    });
    await deploy(world, api);
    const response = await world.ask(api.restApiId, '/');
    assert.deepEqual(
      [response.status, await response.text()],
      [403, '{"message":"Missing Authentication Token"}'],
    );
  });

  test('is written to the access log of the stage', async () => {
    await using world = await startWorld();
    const { client } = world;
    const api = await emptyApi(world);
    await addMethod(world, api, api.rootId, { integration: MOCK, responses: { 200: {} } });
    await deploy(world, api);
    await client.send(
      new UpdateStageCommand({
        restApiId: api.restApiId,
        stageName: 'dev',
        patchOperations: [
          {
            op: 'replace',
            path: '/accessLogSettings/destinationArn',
            value: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:apis`,
          },
          {
            op: 'replace',
            path: '/accessLogSettings/format',
            value: '$context.httpMethod $context.status $context.nothing',
          },
        ],
      }),
    );
    await world.ask(api.restApiId, '/');
    assert.equal(world.lines.at(-1)?.message, 'GET 200 -');
    assert.ok(functionArn('one').includes(ACCOUNT));
  });
});
