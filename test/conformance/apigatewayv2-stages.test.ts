import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  GetDeploymentsCommand,
  GetStageCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';

import {
  ACCOUNT,
  addRoute,
  emptyApi,
  functionArn,
  ONE,
  quickApi,
  REGION,
  startWorld,
} from './apigatewayv2-harness.ts';

describe('a stage', () => {
  test('chooses a function by its variables', async () => {
    await using world = await startWorld();
    const ApiId = await emptyApi(world);
    const IntegrationUri = `${functionArn('one')}:\${stageVariables.alias}`;
    await addRoute(world, ApiId, '$default', { ...ONE, IntegrationUri });
    world.lambda.script = ({ qualifier = 'none' }) => ({ returns: qualifier });
    assert.equal((await world.ask(ApiId, '/')).status, 500);
    const stage = { ApiId, StageName: '$default' };
    await world.client.send(
      new UpdateStageCommand({ ...stage, StageVariables: { alias: 'live' } }),
    );
    assert.equal((await world.ask(ApiId, '/')).text, 'live');
    await world.client.send(new UpdateStageCommand({ ...stage, StageVariables: { alias: '' } }));
    const { StageVariables } = await world.client.send(new GetStageCommand(stage));
    assert.deepEqual(StageVariables, {});
  });

  test('that deploys by itself keeps one deployment, and serves what was changed last', async () => {
    await using world = await startWorld();
    const ApiId = await emptyApi(world);
    await addRoute(world, ApiId, 'GET /a');
    await addRoute(world, ApiId, 'GET /b');
    const { Items } = await world.client.send(new GetDeploymentsCommand({ ApiId }));
    assert.equal(Items?.length, 1);
    assert.equal(Items?.[0]?.AutoDeployed, true);
    assert.equal((await world.ask(ApiId, '/b')).status, 200);
  });

  test('logs who came, in its format', async () => {
    await using world = await startWorld();
    const ApiId = await quickApi(world);
    const DestinationArn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:apis:*`;
    const Format = '$context.httpMethod $context.path $context.status $context.none';
    await world.client.send(
      new UpdateStageCommand({
        ApiId,
        StageName: '$default',
        AccessLogSettings: { DestinationArn, Format },
      }),
    );
    await world.ask(ApiId, '/seen');
    assert.equal(world.lines[0]?.line.message, 'GET /seen 200 -');
    assert.equal(world.lines[0]?.stream.logGroup, 'apis');
  });

  test('does not write to another account’s log group', async () => {
    await using world = await startWorld();
    const ApiId = await quickApi(world);
    const DestinationArn = `arn:aws:logs:${REGION}:999999999999:log-group:apis`;
    const AccessLogSettings = { DestinationArn, Format: '$context.path' };
    await world.client.send(
      new UpdateStageCommand({ ApiId, StageName: '$default', AccessLogSettings }),
    );
    assert.equal((await world.ask(ApiId, '/seen')).status, 200);
    assert.deepEqual(world.lines, []);
  });

  test('lets in as many requests to a route as its settings say, and asks nobody about others', async () => {
    await using world = await startWorld();
    const { client, lambda } = world;
    const ApiId = await emptyApi(world);
    for (const route of ['GET /a', 'GET /b', 'GET /none']) await addRoute(world, ApiId, route);
    await client.send(
      new UpdateStageCommand({
        ApiId,
        StageName: '$default',
        DefaultRouteSettings: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 },
        RouteSettings: {
          'GET /b': { ThrottlingBurstLimit: 2 },
          'GET /none': { ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0 },
        },
      }),
    );
    const statuses = async (path: string, times: number) => {
      const found: number[] = [];
      for (let time = 0; time < times; time += 1) found.push((await world.ask(ApiId, path)).status);
      return found;
    };
    assert.deepEqual(await statuses('/a', 2), [200, 429]);
    assert.deepEqual(await statuses('/b', 3), [200, 200, 429]);
    assert.equal(lambda.invocations.length, 3);
    assert.deepEqual(await world.ask(ApiId, '/none').then(({ json }) => json), {
      message: 'Too Many Requests',
    });
    await lambda.clock.advance(999);
    assert.deepEqual(await statuses('/a', 1), [429]);
    await lambda.clock.advance(1);
    assert.deepEqual(await statuses('/a', 2), [200, 429]);
    assert.deepEqual(await statuses('/b', 2), [200, 429]);
    assert.deepEqual(await statuses('/none', 1), [429]);
  });

  test('is measured', async () => {
    await using world = await startWorld();
    const ApiId = await quickApi(world);
    world.lambda.script = () => ({ returns: { statusCode: 418 } });
    await world.ask(ApiId, '/');
    const measured = world.lambda.metrics.filter(
      ({ namespace, dimensions }) =>
        namespace === 'AWS/ApiGateway' && dimensions['Stage'] === '$default',
    );
    const values = new Map(measured.map(({ name, value }) => [name, value]));
    assert.deepEqual([values.get('Count'), values.get('4xx'), values.get('5xx')], [1, 1, 0]);
    assert.ok(values.has('Latency') && values.has('IntegrationLatency'));
  });
});
