import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import {
  CreateApiMappingCommand,
  CreateDomainNameCommand,
  GetApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import { AwsV4Signer } from 'aws4fetch';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { WebSocket as Client } from 'ws';

import { textOf } from '#kernel/bytes.ts';
import { MINUTE_MS } from '#kernel/units.ts';
import { ACCOUNT, startWorld, type World } from './apigatewayv2-harness.ts';
import {
  addSocketRoute,
  connectionsClient,
  connectTo,
  eventsOf,
  refusalOf,
  socketApi,
  type SocketEvent,
} from './web-sockets-harness.ts';

const OK = { returns: { statusCode: 200 } };

/** Until the function has got so many events of a type. */
async function until(world: World, eventType: string, count = 1): Promise<SocketEvent[]> {
  for (;;) {
    const events = eventsOf(world, eventType);
    if (events.length >= count) return events;
    await new Promise((resolve) => void setImmediate(resolve));
  }
}

async function failureOf(call: Promise<unknown>): Promise<readonly [string, number | undefined]> {
  try {
    await call;
  } catch (error) {
    const { name, $metadata } = error as Error & {
      readonly $metadata: { readonly httpStatusCode?: number };
    };
    return [name, $metadata.httpStatusCode];
  }
  throw new Error('the call did not fail');
}

test('a chat: who connects is known, what he says is routed, answered and told the others', async () => {
  await using world = await startWorld();
  const ApiId = await socketApi(world);
  for (const RouteKey of ['$connect', '$disconnect', '$default', 'say']) {
    await addSocketRoute(world, ApiId, { RouteKey }, { isTwoWay: RouteKey !== '$disconnect' });
  }
  const api = await world.client.send(new GetApiCommand({ ApiId }));
  assert.equal(api.ApiEndpoint, `ws://${ApiId}.execute-api.us-east-1.localhost:${world.port}`);
  const management = connectionsClient(world, ApiId);
  const known = new Set<string>();
  world.lambda.script = ({ payload }) => {
    const event = JSON.parse(textOf(payload)) as SocketEvent & { readonly body?: string };
    const { eventType, routeKey, connectionId } = event.requestContext;
    if (eventType === 'CONNECT') known.add(String(connectionId));
    if (eventType === 'DISCONNECT') known.delete(String(connectionId));
    if (eventType !== 'MESSAGE') return OK;
    return { returns: { statusCode: 200, body: `${String(routeKey)}: ${event.body}` } };
  };
  const open = async () => {
    const url = `ws://127.0.0.1:${world.port}/_aws/execute-api/${ApiId}/prod?name=a&name=b`;
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return socket;
  };
  const [first, second] = [await open(), await open()];
  assert.equal(known.size, 2);
  const heard = async (socket: WebSocket): Promise<unknown> => {
    const [event] = (await once(socket, 'message')) as [MessageEvent];
    return event.data;
  };
  let next = heard(first);
  first.send('{"action":"say","text":"hello"}');
  assert.equal(await next, 'say: {"action":"say","text":"hello"}');
  next = heard(first);
  first.send('no JSON');
  assert.equal(await next, '$default: no JSON');
  const all = Promise.all([heard(first), heard(second)]);
  for (const ConnectionId of known) {
    await management.send(new PostToConnectionCommand({ ConnectionId, Data: 'to all' }));
  }
  assert.deepEqual(await all, ['to all', 'to all']);
  const [connected] = eventsOf(world, 'CONNECT');
  const gone = String(connected?.requestContext['connectionId']);
  first.close(4000, 'bye');
  const [left] = await until(world, 'DISCONNECT');
  assert.equal(left?.requestContext['disconnectStatusCode'], 4000);
  assert.equal(left?.requestContext['disconnectReason'], 'bye');
  assert.equal(left?.requestContext['connectionId'], gone);
  assert.equal(known.size, 1);
  const again = management.send(new PostToConnectionCommand({ ConnectionId: gone, Data: 'x' }));
  assert.deepEqual(await failureOf(again), ['GoneException', 410]);
  second.close();
});

test('events have the shape of AWS', async () => {
  await using world = await startWorld();
  const ApiId = await socketApi(world, { StageVariables: { color: 'red' } });
  for (const RouteKey of ['$connect', '$disconnect', '$default']) {
    await addSocketRoute(world, ApiId, { RouteKey });
  }
  world.lambda.script = () => OK;
  const headers = { 'User-Agent': 'test/1', 'X-My-Header': 'mine' };
  const chat = await connectTo(world, ApiId, { query: '?a=1&a=2', headers });
  chat.send({ action: 'none' });
  const [message] = await until(world, 'MESSAGE');
  chat.socket.close();
  const [left] = await until(world, 'DISCONNECT');
  const [connect] = eventsOf(world, 'CONNECT');
  assert.ok(connect && message && left);
  const { requestContext: context, headers: told, ...rest } = connect;
  assert.deepEqual(Object.keys(rest).toSorted(), [
    'isBase64Encoded',
    'multiValueHeaders',
    'multiValueQueryStringParameters',
    'queryStringParameters',
    'stageVariables',
  ]);
  assert.deepEqual(rest['queryStringParameters'], { a: '2' });
  assert.deepEqual(rest['multiValueQueryStringParameters'], { a: ['1', '2'] });
  assert.deepEqual(rest['stageVariables'], { color: 'red' });
  const given = told as Readonly<Record<string, string>>;
  assert.equal(given['Host'], `127.0.0.1:${world.port}`);
  assert.equal(given['Sec-WebSocket-Version'], '13');
  assert.equal(
    Object.keys(given).find((name) => name.toLowerCase() === 'upgrade'),
    undefined,
  );
  const { connectionId, connectedAt, requestTimeEpoch, ...fixed } = context;
  assert.match(String(connectionId), /^\w[\w-]{14}=$/);
  assert.equal(typeof connectedAt, 'number');
  assert.equal(typeof requestTimeEpoch, 'number');
  assert.equal(fixed['routeKey'], '$connect');
  assert.equal(fixed['messageDirection'], 'IN');
  assert.equal(fixed['stage'], 'prod');
  assert.equal(fixed['apiId'], ApiId);
  assert.equal(fixed['domainName'], `127.0.0.1:${world.port}`);
  assert.deepEqual(fixed['identity'], { userAgent: 'test/1', sourceIp: '127.0.0.1' });
  assert.equal(fixed['messageId'], undefined);
  assert.equal(message['body'], '{"action":"none"}');
  assert.equal(message['headers'], undefined);
  assert.match(String(message.requestContext['messageId']), /^\w[\w-]{14}=$/);
  assert.equal(message.requestContext['connectedAt'], connectedAt);
  assert.equal(left.requestContext['disconnectStatusCode'], 1005);
  assert.equal(left.requestContext['routeKey'], '$disconnect');
});

describe('who connects', () => {
  test('is let in without a $connect route', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    await addSocketRoute(world, ApiId, { RouteKey: 'x' });
    using chat = await connectTo(world, ApiId);
    chat.send({ action: 'y' });
    const { message, connectionId, requestId } = JSON.parse(await chat.next()) as Record<
      string,
      string
    >;
    assert.equal(message, 'Forbidden');
    assert.ok(connectionId !== undefined && requestId !== undefined);
  });

  test('is refused as the function says, and with 502 where that fails', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    await addSocketRoute(world, ApiId, { RouteKey: '$connect' });
    world.lambda.script = () => ({ returns: { statusCode: 401, body: 'who are you' } });
    assert.deepEqual(await refusalOf(world, ApiId), { status: 401, body: 'who are you' });
    world.lambda.script = () => ({ returns: 'no answer' });
    const broken = await refusalOf(world, ApiId);
    assert.equal(broken.status, 502);
    assert.equal((JSON.parse(broken.body) as { message: string }).message, 'Internal server error');
  });

  test('speaks the subprotocol that the function chose', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    await addSocketRoute(world, ApiId, { RouteKey: '$connect' });
    world.lambda.script = () => ({
      returns: { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'chat' } },
    });
    const url = `ws://127.0.0.1:${world.port}/_aws/execute-api/${ApiId}/prod`;
    const socket = new WebSocket(url, ['soap', 'chat']);
    await once(socket, 'open');
    assert.equal(socket.protocol, 'chat');
    socket.close();
  });

  test('finds no other stage and nothing below one', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    await addSocketRoute(world, ApiId, { RouteKey: '$connect' });
    for (const path of ['/test', '/', '/prod/x']) {
      assert.equal((await refusalOf(world, ApiId, { path })).status, 403, path);
    }
    assert.equal((await refusalOf(world, 'none000000')).status, 403);
    const plain = await world.ask(ApiId, '/prod');
    assert.deepEqual([plain.status, plain.text], [426, '{"message":"Upgrade Required"}']);
  });

  test('reaches the API by its host, too', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    await addSocketRoute(world, ApiId, { RouteKey: 'x' });
    const headers = { host: `${ApiId}.execute-api.us-east-1.localhost:${world.port}` };
    const socket = new Client(`ws://127.0.0.1:${world.port}/prod`, { headers });
    await once(socket, 'open');
    socket.terminate();
  });
});

test('a name of a user leads to a stage, and to its connections', async () => {
  await using world = await startWorld();
  const { client } = world;
  const ApiId = await socketApi(world);
  await addSocketRoute(world, ApiId, { RouteKey: '$connect' });
  world.lambda.script = () => OK;
  const DomainName = 'ws.example.com';
  await client.send(new CreateDomainNameCommand({ DomainName }));
  const mapping = { DomainName, ApiId, Stage: 'prod', ApiMappingKey: 'chat' };
  await client.send(new CreateApiMappingCommand(mapping));
  const headers = { host: DomainName };
  const socket = new Client(`ws://127.0.0.1:${world.port}/chat`, { headers });
  await once(socket, 'open');
  const { requestContext } = eventsOf(world, 'CONNECT')[0] ?? { requestContext: {} };
  assert.deepEqual([requestContext['domainName'], requestContext['stage']], [DomainName, 'prod']);
  const id = String(requestContext['connectionId']);
  const signer = new AwsV4Signer({
    method: 'POST',
    url: `http://${DomainName}/chat/@connections/${encodeURIComponent(id)}`,
    accessKeyId: ACCOUNT,
    secretAccessKey: 'secret',
    service: 'execute-api',
    region: 'us-east-1',
    body: 'hello',
  });
  const signed = await signer.sign();
  const heard = once(socket, 'message') as Promise<[Buffer]>;
  const answer = await world.askHost(DomainName, signed.url.pathname, {
    method: 'POST',
    headers: Object.fromEntries(signed.headers),
    body: 'hello',
  });
  assert.equal(answer.status, 200);
  assert.equal(String((await heard)[0]), 'hello');
  socket.terminate();
});

describe('the connections API', () => {
  test('tells of a connection, sends and closes', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    for (const RouteKey of ['$connect', '$disconnect']) {
      await addSocketRoute(world, ApiId, { RouteKey });
    }
    world.lambda.script = () => OK;
    using chat = await connectTo(world, ApiId, { headers: { 'user-agent': 'test/1' } });
    const [connect] = eventsOf(world, 'CONNECT');
    const ConnectionId = String(connect?.requestContext['connectionId']);
    const client = connectionsClient(world, ApiId);
    const told = await client.send(new GetConnectionCommand({ ConnectionId }));
    assert.deepEqual(told.Identity, { SourceIp: '127.0.0.1', UserAgent: 'test/1' });
    assert.equal(told.ConnectedAt?.getTime(), connect?.requestContext['connectedAt']);
    const most = 'x'.repeat(128 * 1024);
    await client.send(new PostToConnectionCommand({ ConnectionId, Data: most }));
    assert.equal(await chat.next(), most);
    const long = client.send(new PostToConnectionCommand({ ConnectionId, Data: `${most}x` }));
    assert.deepEqual(await failureOf(long), ['PayloadTooLargeException', 413]);
    await client.send(new DeleteConnectionCommand({ ConnectionId }));
    assert.deepEqual(await chat.closed, { code: 1000, reason: 'Connection Closed Normally' });
    await until(world, 'DISCONNECT');
    const gone = client.send(new GetConnectionCommand({ ConnectionId }));
    assert.deepEqual(await failureOf(gone), ['GoneException', 410]);
  });

  test('is for the owner of the API, and for that API', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    const other = await socketApi(world);
    await addSocketRoute(world, ApiId, { RouteKey: '$connect' });
    world.lambda.script = () => OK;
    using _chat = await connectTo(world, ApiId);
    const ConnectionId = String(eventsOf(world, 'CONNECT')[0]?.requestContext['connectionId']);
    const get = new GetConnectionCommand({ ConnectionId });
    for (const client of [
      connectionsClient(world, ApiId, '999999999999'),
      connectionsClient(world, other),
    ]) {
      assert.deepEqual(await failureOf(client.send(get)), ['ForbiddenException', 403]);
    }
    const path = `/_aws/execute-api/${ApiId}/prod/@connections/${ConnectionId}`;
    const unsigned = await world.askHost(`127.0.0.1:${world.port}`, path);
    assert.equal(unsigned.status, 403);
  });

  test('is reached without the name of an API, as clients without options do', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    await addSocketRoute(world, ApiId, { RouteKey: '$connect' });
    world.lambda.script = () => OK;
    using chat = await connectTo(world, ApiId);
    const ConnectionId = String(eventsOf(world, 'CONNECT')[0]?.requestContext['connectionId']);
    const { ApiGatewayManagementApiClient } =
      await import('@aws-sdk/client-apigatewaymanagementapi');
    const client = new ApiGatewayManagementApiClient({
      endpoint: `http://127.0.0.1:${world.port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'secret' },
    });
    await client.send(new PostToConnectionCommand({ ConnectionId, Data: 'hello' }));
    assert.equal(await chat.next(), 'hello');
  });
});

describe('a connection ends', () => {
  test('after ten minutes without a message, and after two hours', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    for (const RouteKey of ['$connect', '$disconnect', '$default']) {
      await addSocketRoute(world, ApiId, { RouteKey }, { isTwoWay: true });
    }
    world.lambda.script = () => ({ returns: { statusCode: 200, body: 'heard' } });
    const { clock } = world.lambda;
    const idle = await connectTo(world, ApiId);
    const busy = await connectTo(world, ApiId);
    const say = async (): Promise<void> => {
      busy.send('x');
      assert.equal(await busy.next(), 'heard');
    };
    await clock.advance(9 * MINUTE_MS);
    await say();
    await clock.advance(2 * MINUTE_MS);
    assert.equal((await idle.closed).code, 1001);
    for (let passed = 11; passed < 119; passed += 9) {
      await say();
      await clock.advance(9 * MINUTE_MS);
    }
    await say();
    await clock.advance(2 * MINUTE_MS);
    assert.equal((await busy.closed).code, 1001);
    const left = await until(world, 'DISCONNECT', 2);
    assert.deepEqual(
      left.map(({ requestContext }) => requestContext['disconnectStatusCode']),
      [1001, 1001],
    );
  });

  test('with 1009 by what is too long, with 1003 by bytes', async () => {
    await using world = await startWorld();
    const ApiId = await socketApi(world);
    await addSocketRoute(world, ApiId, { RouteKey: '$default' }, { isTwoWay: true });
    world.lambda.script = () => ({ returns: { statusCode: 200, body: 'heard' } });
    const frame = 32 * 1024;
    const inside = await connectTo(world, ApiId);
    inside.send('x'.repeat(frame));
    assert.equal(await inside.next(), 'heard');
    for (let part = 0; part < 4; part += 1) {
      inside.socket.send('x'.repeat(frame), { fin: part === 3 });
    }
    assert.equal(await inside.next(), 'heard');
    inside.send('x'.repeat(frame + 1));
    assert.equal((await inside.closed).code, 1009);
    const bytes = await connectTo(world, ApiId);
    bytes.socket.send(Buffer.from('x'));
    assert.equal((await bytes.closed).code, 1003);
  });
});

test('a hundred clients talk at once', async () => {
  await using world = await startWorld();
  const ApiId = await socketApi(world);
  await addSocketRoute(world, ApiId, { RouteKey: '$default' }, { isTwoWay: true });
  world.lambda.script = ({ payload }) => {
    const { body } = JSON.parse(textOf(payload)) as { readonly body: string };
    return { returns: { statusCode: 200, body } };
  };
  const numbers = Array.from({ length: 100 }, (_, number) => String(number));
  const chats = await Promise.all(numbers.map(() => connectTo(world, ApiId)));
  const heard = await Promise.all(
    chats.map(async (chat, number) => {
      chat.send(String(number));
      return await chat.next();
    }),
  );
  assert.deepEqual(heard, numbers);
  for (const chat of chats) chat.socket.terminate();
});
