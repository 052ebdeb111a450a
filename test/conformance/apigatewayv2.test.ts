import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  CreateStageCommand,
  GetApiCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStageCommand,
  UpdateApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import { RemovePermissionCommand } from '@aws-sdk/client-lambda';

import { textOf } from '#kernel/bytes.ts';
import {
  ACCOUNT,
  addRoute,
  emptyApi,
  functionArn,
  invocationUri,
  lastEvent,
  ONE,
  quickApi,
  REGION,
  startWorld,
} from './apigatewayv2-harness.ts';

describe('an API that is made with a target', () => {
  test('has a route, an integration and a stage, and is reached at once', async () => {
    await using world = await startWorld();
    const { client } = world;
    const ApiId = await quickApi(world);
    const api = await client.send(new GetApiCommand({ ApiId }));
    assert.equal(api.ApiEndpoint, `http://${ApiId}.execute-api.us-east-1.localhost:${world.port}`);
    assert.deepEqual(
      [api.Name, api.ProtocolType, api.RouteSelectionExpression, api.DisableExecuteApiEndpoint],
      ['quick', 'HTTP', '$request.method $request.path', false],
    );
    const [route] = (await client.send(new GetRoutesCommand({ ApiId }))).Items ?? [];
    const [integration] = (await client.send(new GetIntegrationsCommand({ ApiId }))).Items ?? [];
    assert.equal(route?.RouteKey, '$default');
    assert.equal(route?.Target, `integrations/${integration?.IntegrationId}`);
    assert.equal(integration?.PayloadFormatVersion, '2.0');
    const stage = await client.send(new GetStageCommand({ ApiId, StageName: '$default' }));
    assert.deepEqual([stage.AutoDeploy, stage.ApiGatewayManaged], [true, true]);
    world.lambda.script = () => ({ returns: { hello: 'world' } });
    const answer = await world.ask(ApiId, '/any/path?a=1&a=2&b=3');
    assert.deepEqual([answer.status, answer.text], [200, '{"hello":"world"}']);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.match(String(answer.headers['apigw-requestid']), /^[\w+/]+=$/);
    const event = lastEvent(world);
    assert.equal(event['version'], '2.0');
    assert.equal(event['rawPath'], '/any/path');
    assert.deepEqual(event['queryStringParameters'], { a: '1,2', b: '3' });
  });

  test('is reached by the path of any host, too, and by no other id', async () => {
    await using world = await startWorld();
    const ApiId = await quickApi(world);
    world.lambda.script = ({ payload }) => ({
      returns: (JSON.parse(textOf(payload)) as { rawPath: string }).rawPath,
    });
    const host = `127.0.0.1:${world.port}`;
    for (const path of ['/$default/x', '/%24default/x', '/x']) {
      const answer = await world.askHost(host, `/_aws/execute-api/${ApiId}${path}`);
      assert.equal(answer.text, '/x');
    }
    const answer = await world.ask('none000000', '/x');
    assert.deepEqual([answer.status, answer.text], [403, '{"message":"Forbidden"}']);
  });

  test('leads elsewhere once its target is changed', async () => {
    await using world = await startWorld();
    const ApiId = await quickApi(world);
    const Target = `${functionArn('one')}:live`;
    await world.client.send(new UpdateApiCommand({ ApiId, Target, RouteKey: 'GET /x' }));
    world.lambda.script = ({ qualifier }) => ({ returns: qualifier });
    assert.equal((await world.ask(ApiId, '/x')).text, 'live');
    assert.equal((await world.ask(ApiId, '/y')).status, 404);
  });
});

describe('a request', () => {
  test('takes the most specific route, and fills its path parameters', async () => {
    await using world = await startWorld();
    const ApiId = await emptyApi(world);
    for (const key of ['GET /pets/{id}', 'ANY /pets/{proxy+}', 'GET /pets/dog', '$default']) {
      await addRoute(world, ApiId, key);
    }
    const routed = async (path: string, method = 'GET') => {
      await world.ask(ApiId, path, { method });
      const { routeKey, pathParameters } = lastEvent(world);
      return [routeKey, pathParameters];
    };
    assert.deepEqual(await routed('/pets/dog'), ['GET /pets/dog', undefined]);
    assert.deepEqual(await routed('/pets/c%20at'), ['GET /pets/{id}', { id: 'c at' }]);
    assert.deepEqual(await routed('/pets/cat', 'PUT'), ['ANY /pets/{proxy+}', { proxy: 'cat' }]);
    assert.deepEqual(await routed('/pets/a/b'), ['ANY /pets/{proxy+}', { proxy: 'a/b' }]);
    assert.deepEqual(await routed('/'), ['$default', undefined]);
  });

  test('that no route takes is not found, and neither is an API without its endpoint', async () => {
    await using world = await startWorld();
    const ApiId = await emptyApi(world);
    const missing = [404, '{"message":"Not Found"}'];
    const asked = async (path: string) => {
      const { status, text } = await world.ask(ApiId, path);
      return [status, text];
    };
    assert.deepEqual(await asked('/x'), missing);
    await addRoute(world, ApiId, 'GET /x');
    assert.equal((await asked('/x'))[0], 200);
    assert.deepEqual(await asked('/y'), missing);
    await world.client.send(new UpdateApiCommand({ ApiId, DisableExecuteApiEndpoint: true }));
    assert.deepEqual(await asked('/x'), missing);
  });

  test('is told in payload format 2.0', async () => {
    await using world = await startWorld();
    const ApiId = await emptyApi(world);
    await world.client.send(
      new CreateStageCommand({
        ApiId,
        StageName: 'prod',
        AutoDeploy: true,
        StageVariables: { color: 'red' },
      }),
    );
    await addRoute(world, ApiId, 'POST /things/{id}');
    await world.ask(ApiId, '/prod/things/7?q=a%20b', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: 'a=1; b=2',
        'x-many': ['1', '2'],
        'user-agent': 'test',
      },
      body: '{"x":1}',
    });
    const { headers, requestContext, ...event } = lastEvent(world) as {
      headers: Record<string, string>;
      requestContext: Record<string, unknown>;
    };
    assert.deepEqual(event, {
      version: '2.0',
      routeKey: 'POST /things/{id}',
      rawPath: '/prod/things/7',
      rawQueryString: 'q=a%20b',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { q: 'a b' },
      pathParameters: { id: '7' },
      stageVariables: { color: 'red' },
      body: '{"x":1}',
      isBase64Encoded: false,
    });
    assert.equal(headers['x-many'], '1,2');
    assert.equal(headers['cookie'], undefined);
    const { requestId, time, timeEpoch, domainName, ...context } = requestContext;
    assert.deepEqual(context, {
      accountId: ACCOUNT,
      apiId: ApiId,
      domainPrefix: ApiId,
      http: {
        method: 'POST',
        path: '/prod/things/7',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'test',
      },
      routeKey: 'POST /things/{id}',
      stage: 'prod',
    });
    assert.equal(domainName, `${ApiId}.execute-api.${REGION}.localhost`);
    assert.equal(typeof requestId, 'string');
    assert.match(String(time), /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    assert.equal(typeof timeEpoch, 'number');
  });

  test('is told in payload format 1.0, and answered in it', async () => {
    await using world = await startWorld();
    const ApiId = await emptyApi(world);
    const integration = { IntegrationUri: invocationUri(), PayloadFormatVersion: '1.0' };
    await addRoute(world, ApiId, 'ANY /v1/{id}', integration);
    world.lambda.script = () => ({
      returns: {
        statusCode: 201,
        headers: { 'X-One': 'a', 'Content-Type': 'text/html' },
        multiValueHeaders: { 'Set-Cookie': ['c=1', 'd=2'] },
        body: Buffer.from('<p>').toString('base64'),
        isBase64Encoded: true,
      },
    });
    const answer = await world.ask(ApiId, '/v1/x?a=1&a=2', {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: Uint8Array.of(0, 255),
    });
    assert.deepEqual([answer.status, answer.text], [201, '<p>']);
    assert.deepEqual(answer.headers['set-cookie'], ['c=1', 'd=2']);
    assert.deepEqual([answer.headers['x-one'], answer.headers['content-type']], ['a', 'text/html']);
    const event = lastEvent(world);
    assert.equal(event['version'], '1.0');
    assert.equal(event['resource'], '/v1/{id}');
    assert.equal(event['httpMethod'], 'PUT');
    assert.deepEqual(event['queryStringParameters'], { a: '2' });
    assert.deepEqual(event['multiValueQueryStringParameters'], { a: ['1', '2'] });
    assert.deepEqual(event['pathParameters'], { id: 'x' });
    assert.equal(event['stageVariables'], null);
    assert.deepEqual([event['body'], event['isBase64Encoded']], ['AP8=', true]);
    const { resourcePath, identity } = event['requestContext'] as Record<string, unknown>;
    assert.equal(resourcePath, '/v1/{id}');
    assert.equal((identity as Record<string, unknown>)['sourceIp'], '127.0.0.1');
  });

  test('with too much in it is refused', async () => {
    await using world = await startWorld();
    const ApiId = await quickApi(world);
    const long = await world.ask(ApiId, '/', { headers: { 'x-long': 'a'.repeat(10_240) } });
    assert.deepEqual(
      [long.status, long.text],
      [431, '{"message":"Request Header Fields Too Large"}'],
    );
    const body = new Uint8Array(10 * 1024 * 1024 + 1);
    const large = await world.ask(ApiId, '/', { method: 'POST', body });
    assert.deepEqual([large.status, large.text], [413, '{"message":"Request Entity Too Large"}']);
    assert.equal(world.lambda.invocations.length, 0);
  });
});

describe('what a function answers', () => {
  test('is a body, or status, headers, cookies and body', async () => {
    await using world = await startWorld();
    const ApiId = await quickApi(world);
    world.lambda.script = () => ({
      returns: { statusCode: 302, headers: { location: '/y' }, cookies: ['a=1', 'b=2'] },
    });
    const moved = await world.ask(ApiId, '/');
    assert.deepEqual([moved.status, moved.headers.location], [302, '/y']);
    assert.deepEqual(moved.headers['set-cookie'], ['a=1', 'b=2']);
  });

  test('is 500 where it fails or says nothing that can be answered', async () => {
    await using world = await startWorld();
    const ApiId = await quickApi(world);
    const first = await emptyApi(world);
    await addRoute(world, first, '$default', { ...ONE, PayloadFormatVersion: '1.0' });
    const broken = [500, '{"message":"Internal Server Error"}'];
    world.lambda.script = () => ({ fails: { errorType: 'Error', errorMessage: 'no' } });
    for (const id of [ApiId, first]) {
      const { status, text } = await world.ask(id, '/');
      assert.deepEqual([status, text], broken);
    }
    world.lambda.script = () => ({ returns: { statusCode: 'many' } });
    assert.equal((await world.ask(ApiId, '/')).status, 500);
    for (const returns of [{ body: 'without a status' }, 'text', { statusCode: 200, body: {} }]) {
      world.lambda.script = () => ({ returns });
      assert.equal((await world.ask(first, '/')).status, 500, JSON.stringify(returns));
    }
  });

  test('is 503 where the function is throttled, or answers after the timeout', async () => {
    await using world = await startWorld();
    const ApiId = await emptyApi(world);
    await addRoute(world, ApiId, '$default', { ...ONE, TimeoutInMillis: 50 });
    world.lambda.script = () => ({ throttles: 'ConcurrentInvocationLimitExceeded' });
    const throttled = await world.ask(ApiId, '/');
    assert.deepEqual(
      [throttled.status, throttled.text],
      [503, '{"message":"Service Unavailable"}'],
    );
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<undefined>();
    const { promise: late, resolve: answerLate } = Promise.withResolvers<{ returns: string }>();
    world.lambda.script = () => {
      onAsked(undefined);
      return late;
    };
    const answer = world.ask(ApiId, '/');
    await asked;
    await world.lambda.clock.advance(50);
    assert.equal((await answer).status, 503);
    answerLate({ returns: 'late' });
  });

  test('is nothing but 500 where no policy of the function lets the API in', async () => {
    await using world = await startWorld();
    const ApiId = await quickApi(world);
    const remove = { FunctionName: 'one', StatementId: 'apis' };
    await world.lambda.client.send(new RemovePermissionCommand(remove));
    const answer = await world.ask(ApiId, '/');
    assert.deepEqual([answer.status, answer.text], [500, '{"message":"Internal Server Error"}']);
    assert.equal(world.lambda.invocations.length, 0);
  });
});

describe('CORS', () => {
  const CorsConfiguration = {
    AllowOrigins: ['https://a.example'],
    AllowMethods: ['GET', 'PUT'],
    AllowHeaders: ['x-mine'],
    ExposeHeaders: ['x-told'],
    MaxAge: 60,
  };
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT' },
  });

  test('is answered by the gateway, and rules out what functions say of it', async () => {
    await using world = await startWorld();
    const ApiId = await emptyApi(world, { CorsConfiguration });
    await addRoute(world, ApiId, 'GET /x');
    const answer = await world.ask(ApiId, '/x', preflight('https://a.example'));
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-origin'], 'https://a.example');
    assert.equal(answer.headers['access-control-allow-methods'], 'GET,PUT');
    assert.equal(answer.headers['access-control-max-age'], '60');
    const other = await world.ask(ApiId, '/x', preflight('https://b.example'));
    assert.equal(other.status, 204);
    assert.equal(other.headers['access-control-allow-origin'], undefined);
    assert.equal(world.lambda.invocations.length, 0);
    world.lambda.script = () => ({
      returns: { statusCode: 200, headers: { 'Access-Control-Allow-Origin': '*' } },
    });
    const get = await world.ask(ApiId, '/x', { headers: { origin: 'https://a.example' } });
    assert.equal(get.headers['access-control-allow-origin'], 'https://a.example');
    assert.equal(get.headers['access-control-expose-headers'], 'x-told');
    const plain = await world.ask(ApiId, '/x');
    assert.equal(plain.headers['access-control-allow-origin'], undefined);
  });

  test('is the functions’ own matter without rules', async () => {
    await using world = await startWorld();
    const ApiId = await quickApi(world);
    world.lambda.script = () => ({
      returns: { statusCode: 200, headers: { 'access-control-allow-origin': '*' } },
    });
    const answer = await world.ask(ApiId, '/x', preflight('https://b.example'));
    assert.equal(answer.headers['access-control-allow-origin'], '*');
  });
});
