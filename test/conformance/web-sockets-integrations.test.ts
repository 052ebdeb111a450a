import {
  CreateIntegrationResponseCommand,
  DeleteRouteCommand,
  GetIntegrationResponsesCommand,
  GetRouteResponsesCommand,
} from '@aws-sdk/client-apigatewayv2';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';

import { collectBytes, textOf } from '#kernel/bytes.ts';
import { ACCOUNT, functionArn, REGION, startWorld } from './apigatewayv2-harness.ts';
import { addSocketRoute, connectTo, refusalOf, socketApi } from './web-sockets-harness.ts';

/** A server that answers with what it was asked. */
async function openServer() {
  const server = createServer((request, response) => {
    void collectBytes(request, 1_000_000).then((body) => {
      response.statusCode = textOf(body).includes('fail') ? 500 : 200;
      const { url, method, headers } = request;
      response.end(JSON.stringify({ url, method, who: headers['x-who'], body: textOf(body) }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

describe('behind a route', () => {
  test('a mock answers what its templates make, and refuses by its status', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    const mock = { IntegrationType: 'MOCK', IntegrationUri: '' } as const;
    await addSocketRoute(
      world,
      ApiId,
      { RouteKey: '$connect' },
      {
        ...mock,
        RequestTemplates: {
          $default: `{"statusCode": #if($input.params('in') == 'yes')200#{else}403#end}`,
        },
      },
    );
    const { IntegrationId } = await addSocketRoute(
      world,
      ApiId,
      { RouteKey: 'ping' },
      { ...mock, RequestTemplates: { $default: '{"statusCode": 200}' }, isTwoWay: true },
    );
    await world.client.send(
      new CreateIntegrationResponseCommand({
        ApiId,
        IntegrationId,
        IntegrationResponseKey: '/2\\d\\d/',
        ResponseTemplates: { $default: '{"pong": "$context.routeKey"}' },
        TemplateSelectionExpression: '\\$default',
      }),
    );
    assert.equal((await refusalOf(world, ApiId)).status, 403);
    using chat = await connectTo(world, ApiId, { query: '?in=yes' });
    chat.send({ action: 'ping' });
    assert.equal(await chat.next(), '{"pong": "ping"}');
  });

  test('a server gets the message, with what is mapped', async () => {
    await using world = await startWorld();
    await using server = await openServer();
    const ApiId = await socketApi(world);
    await addSocketRoute(
      world,
      ApiId,
      { RouteKey: 'tell' },
      {
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'PUT',
        IntegrationUri: `${server.url}/{room}/x`,
        RequestParameters: {
          'integration.request.header.x-who': 'context.routeKey',
          'integration.request.path.room': 'route.request.body.room',
          'integration.request.querystring.a': "'b c'",
        },
        isTwoWay: true,
      },
    );
    using chat = await connectTo(world, ApiId);
    const text = '{"action":"tell","room":"a/b"}';
    chat.send(text);
    assert.deepEqual(JSON.parse(await chat.next()), {
      url: '/a%2Fb/x?a=b+c',
      method: 'PUT',
      who: 'tell',
      body: text,
    });
    chat.send('{"action":"tell","room":".."}');
    const refused = JSON.parse(await chat.next()) as { readonly message: string };
    assert.equal(refused.message, 'Internal server error');
  });

  test('a function that is no proxy gets what the template makes; its failure chooses the response', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    const { IntegrationId } = await addSocketRoute(
      world,
      ApiId,
      { RouteKey: 'add' },
      {
        IntegrationType: 'AWS',
        IntegrationUri: functionArn('one'),
        RequestTemplates: { $default: '{"id": "$context.apiId", "n": $input.json("$.n")}' },
        TemplateSelectionExpression: '\\$default',
        isTwoWay: true,
      },
    );
    for (const [IntegrationResponseKey, text] of [
      ['$default', 'made $input.json("$.n")'],
      ['/too .*/', 'no'],
    ] as const) {
      await world.client.send(
        new CreateIntegrationResponseCommand({
          ApiId,
          IntegrationId,
          IntegrationResponseKey,
          ResponseTemplates: { $default: text },
        }),
      );
    }
    world.lambda.script = ({ payload }) => {
      const { id, n } = JSON.parse(textOf(payload)) as { readonly id: string; readonly n: number };
      assert.equal(id, ApiId);
      return n > 9
        ? { fails: { errorMessage: 'too much', errorType: 'Error' } }
        : { returns: { n: n + 1 } };
    };
    using chat = await connectTo(world, ApiId);
    chat.send({ action: 'add', n: 1 });
    assert.equal(await chat.next(), 'made 2');
    chat.send({ action: 'add', n: 10 });
    assert.equal(await chat.next(), 'no');
  });

  test('a function that fails, or whose answer has no status, is told the client', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    await addSocketRoute(world, ApiId, { RouteKey: '$default' }, { isTwoWay: true });
    using chat = await connectTo(world, ApiId);
    const tooLong = { statusCode: 200, body: 'x'.repeat(128 * 1024 + 1) };
    for (const returns of [null, { hello: 1 }, tooLong]) {
      world.lambda.script = () => ({ returns });
      chat.send('x');
      const { message } = JSON.parse(await chat.next()) as { readonly message: string };
      assert.equal(message, 'Internal server error');
    }
  });
});

test('responses go with the route to which they belong', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = await socketApi(world);
  const route = { RouteKey: 'a' };
  const { RouteId, IntegrationId } = await addSocketRoute(world, ApiId, route, { isTwoWay: true });
  const responses = await client.send(new GetRouteResponsesCommand({ ApiId, RouteId }));
  assert.deepEqual(
    responses.Items?.map(({ RouteResponseKey }) => RouteResponseKey),
    ['$default'],
  );
  const none = await client.send(new GetIntegrationResponsesCommand({ ApiId, IntegrationId }));
  assert.deepEqual(none.Items, []);
  await client.send(new DeleteRouteCommand({ ApiId, RouteId }));
  await assert.rejects(client.send(new GetRouteResponsesCommand({ ApiId, RouteId })), {
    name: 'NotFoundException',
  });
});

test('what happens is measured and logged, and throttled where a route is', async () => {
  await using world = await startWorld();
  const ApiId = await socketApi(world, {
    AccessLogSettings: {
      DestinationArn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:chats`,
      Format: '$context.eventType $context.routeKey $context.status $context.error.message',
    },
    RouteSettings: { b: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 } },
  });
  await addSocketRoute(world, ApiId, { RouteKey: '$connect' });
  await addSocketRoute(world, ApiId, { RouteKey: 'b' }, { isTwoWay: true });
  world.lambda.script = () => ({ returns: { statusCode: 200, body: 'heard' } });
  using chat = await connectTo(world, ApiId);
  const answers: string[] = [];
  for (const action of ['b', 'b', 'c']) {
    chat.send({ action });
    answers.push(await chat.next());
  }
  assert.equal(answers[0], 'heard');
  assert.deepEqual(
    answers.slice(1).map((answer) => (JSON.parse(answer) as { message: string }).message),
    ['Too Many Requests', 'Forbidden'],
  );
  assert.deepEqual(
    world.lines.map(({ stream, line }) => [stream.logGroup, line.message]),
    [
      ['chats', 'CONNECT $connect 200 -'],
      ['chats', 'MESSAGE b 200 -'],
      ['chats', 'MESSAGE b 429 Too Many Requests'],
      ['chats', 'MESSAGE $default 403 Forbidden'],
    ],
  );
  const counts = new Map<string, number>();
  for (const { name, dimensions, value } of world.lambda.metrics) {
    if (dimensions['ApiId'] !== ApiId || dimensions['Stage'] === undefined) continue;
    counts.set(name, (counts.get(name) ?? 0) + (name === 'IntegrationLatency' ? 1 : value));
  }
  assert.deepEqual(Object.fromEntries(counts), {
    ConnectCount: 1,
    IntegrationLatency: 2,
    MessageCount: 4,
    ClientError: 2,
  });
});
