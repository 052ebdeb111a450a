import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  APIGatewayClient,
  CreateBasePathMappingCommand,
  CreateDomainNameCommand as CreateRestDomainNameCommand,
  DeleteDomainNameCommand as DeleteRestDomainNameCommand,
  GetBasePathMappingsCommand,
  UpdateBasePathMappingCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CreateApiMappingCommand,
  CreateDomainNameCommand,
  CreateStageCommand,
  UpdateApiCommand,
} from '@aws-sdk/client-apigatewayv2';

import {
  ACCOUNT,
  addMethod,
  addResource,
  deploy,
  emptyApi,
  REGION,
  startWorld,
} from './apigateway-harness.ts';
import {
  addRoute,
  emptyApi as emptyHttpApi,
  ONE,
  startWorld as startHttpWorld,
} from './apigatewayv2-harness.ts';
import { askHost, invocationUri, lastEvent } from './execute-api-harness.ts';

const FORBIDDEN = { message: 'Forbidden' };

function contextOf(event: Record<string, unknown>): Record<string, unknown> {
  return event['requestContext'] as Record<string, unknown>;
}

describe('a name of a user’s own', () => {
  test('leads to a stage of a REST API by its base path mappings', async () => {
    await using world = await startWorld();
    const { client, port } = world;
    const api = await emptyApi(world);
    const { restApiId } = api;
    const resourceId = await addResource(world, api, '{name}');
    const integration = { type: 'AWS_PROXY', uri: invocationUri() } as const;
    await addMethod(world, api, resourceId, { integration });
    await deploy(world, api);
    const domainName = 'api.example.com';
    const ask = (path: string) => askHost(port, { host: `${domainName}:${port}`, path });
    await client.send(new CreateRestDomainNameCommand({ domainName }));
    world.lambda.script = () => ({ returns: { statusCode: 200, body: 'here' } });
    assert.deepEqual((await ask('/pets/ada')).json, FORBIDDEN);
    const map = (basePath: string, stage?: string) =>
      client.send(new CreateBasePathMappingCommand({ domainName, basePath, restApiId, stage }));
    await map('pets', 'dev');
    await map('any');
    await map('gone', 'none');
    assert.equal((await ask('/pets/ada')).text, 'here');
    const event = lastEvent(world);
    assert.deepEqual([event['path'], event['pathParameters']], ['/pets/ada', { name: 'ada' }]);
    const { path, stage, domainName: told, domainPrefix } = contextOf(event);
    assert.deepEqual(
      [path, stage, told, domainPrefix],
      ['/pets/ada', 'dev', 'api.example.com', 'api'],
    );
    // A mapping without a stage: its name follows in the path.
    assert.equal((await ask('/any/dev/ada')).text, 'here');
    assert.equal(lastEvent(world)['path'], '/any/dev/ada');
    for (const path of ['/petsada', '/ada', '/any/other/ada', '/gone/ada']) {
      assert.deepEqual((await ask(path)).json, FORBIDDEN, path);
    }
    const patchOperations = [
      { op: 'replace', path: '/disableExecuteApiEndpoint', value: 'true' },
    ] as const;
    await client.send(
      new UpdateRestApiCommand({ restApiId, patchOperations: [...patchOperations] }),
    );
    await deploy(world, api);
    assert.equal((await world.ask(restApiId, '/ada')).status, 403);
    assert.equal((await ask('/pets/ada')).status, 200);
    assert.deepEqual(await world.apiHost.listDomains(), [{ name: domainName, accountId: ACCOUNT }]);
    await client.send(new DeleteRestDomainNameCommand({ domainName }));
    assert.deepEqual(await world.apiHost.listDomains(), []);
    assert.notDeepEqual((await ask('/pets/ada')).json, FORBIDDEN);
    assert.notEqual((await ask('/pets/ada')).status, 200);
  });

  test('leads to a stage of an HTTP API by its API mappings', async () => {
    await using world = await startHttpWorld();
    const { client } = world;
    const ApiId = await emptyHttpApi(world);
    await addRoute(world, ApiId, 'GET /pets/{name}');
    await addRoute(world, ApiId, 'GET /first', { ...ONE, PayloadFormatVersion: '1.0' });
    await client.send(new CreateStageCommand({ ApiId, StageName: 'dev', AutoDeploy: true }));
    const DomainName = 'http.example.com';
    await client.send(new CreateDomainNameCommand({ DomainName }));
    for (const [ApiMappingKey, Stage] of [
      ['v1/api', 'dev'],
      ['', '$default'],
    ] as const) {
      await client.send(new CreateApiMappingCommand({ DomainName, ApiId, Stage, ApiMappingKey }));
    }
    await client.send(new UpdateApiCommand({ ApiId, DisableExecuteApiEndpoint: true }));
    const ask = (path: string) => world.askHost(DomainName, path);
    world.lambda.script = () => ({ returns: { statusCode: 200, body: 'here' } });
    assert.equal((await ask('/v1/api/pets/ada')).text, 'here');
    const event = lastEvent(world);
    const { stage, domainName, domainPrefix } = contextOf(event);
    // AWS's words: rawPath does not tell the mapping's key, the path of format 1.0 does.
    assert.deepEqual(
      [event['rawPath'], stage, domainName, domainPrefix],
      ['/dev/pets/ada', 'dev', 'http.example.com', 'http'],
    );
    assert.equal((await ask('/v1/api/first')).status, 200);
    assert.equal(lastEvent(world)['path'], '/v1/api/first');
    assert.equal((await ask('/pets/ada')).status, 200);
    assert.equal(lastEvent(world)['rawPath'], '/pets/ada');
    assert.deepEqual((await ask('/dev/pets/ada')).json, { message: 'Not Found' });
    assert.equal((await world.ask(ApiId, '/pets/ada')).status, 404);
  });

  test('leads to no other account’s API, nor from where it leads already, by no patch either', async () => {
    await using world = await startWorld();
    const victim = await emptyApi(world);
    const client = new APIGatewayClient({
      endpoint: world.endpoint,
      region: REGION,
      credentials: { accessKeyId: '222222222222', secretAccessKey: 'secret' },
    });
    const { restApiId } = await emptyApi({ ...world, client });
    const domainName = 'other.example.com';
    await client.send(new CreateRestDomainNameCommand({ domainName }));
    for (const basePath of ['x', 'y']) {
      await client.send(new CreateBasePathMappingCommand({ domainName, basePath, restApiId }));
    }
    const patch = (path: string, value: string) =>
      client.send(
        new UpdateBasePathMappingCommand({
          domainName,
          basePath: 'y',
          patchOperations: [{ op: 'replace', path, value }],
        }),
      );
    for (const path of ['/restapiId', '/restApiId']) {
      for (const id of [victim.restApiId, 'nothing']) {
        await assert.rejects(patch(path, id), {
          name: 'BadRequestException',
          message: 'Invalid REST API identifier specified',
        });
      }
    }
    await assert.rejects(patch('/basePath', 'x'), {
      name: 'ConflictException',
      message: 'Base path already exists for this domain name',
    });
    assert.equal((await patch('/basePath', 'y')).basePath, 'y');
    assert.equal((await patch('/basePath', '')).basePath, '(none)');
    const { items } = await client.send(new GetBasePathMappingsCommand({ domainName }));
    assert.deepEqual(items, [
      { basePath: '(none)', restApiId },
      { basePath: 'x', restApiId },
    ]);
    client.destroy();
  });

  test('is one account’s', async () => {
    await using world = await startHttpWorld();
    const DomainName = 'mine.example.com';
    await world.client.send(new CreateDomainNameCommand({ DomainName }));
    assert.deepEqual(await world.apiHost.listDomains(), [{ name: DomainName, accountId: ACCOUNT }]);
    const other = world.clientOf('222222222222');
    await assert.rejects(other.send(new CreateDomainNameCommand({ DomainName })), {
      name: 'ConflictException',
      message: 'The domain name you provided already exists.',
    });
    other.destroy();
  });
});
