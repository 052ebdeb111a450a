import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { AwsError } from '#aws/errors.ts';
import { lambda } from '#aws/models/lambda.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { textOf } from '#kernel/bytes.ts';
import { AwsClient } from 'aws4fetch';
import { ROOT, startGateway } from '../../../test/support/gateway.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

async function ask(
  port: number,
  options: { method?: string; path?: string; headers?: Record<string, string>; body?: string },
): Promise<Answer> {
  const message = httpRequest({ port, host: '127.0.0.1', agent: false, ...options });
  message.end(options.body);
  const [response] = (await once(message, 'response')) as [IncomingMessage];
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk as Uint8Array);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: textOf(Buffer.concat(chunks)),
  };
}

/** All that comes over a connection until it ends, or `until` came. */
async function read(connection: Duplex, until?: string): Promise<string> {
  let text = '';
  const { promise, resolve } = Promise.withResolvers<void>();
  connection.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (until !== undefined && text.includes(until)) resolve();
  });
  connection.on('error', () => undefined);
  connection.on('close', resolve);
  if (connection.closed) resolve();
  await promise;
  return text;
}

/** A signed request for a function, as text to be sent by hand. */
async function signed(
  service: string,
  path: string,
  method = 'POST',
  body = '{}',
): Promise<string> {
  const client = new AwsClient({ ...ROOT.credentials, service, region: 'us-east-1' });
  const url = `http://127.0.0.1${path}`;
  const { headers } = await client.sign(url, { method, body });
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${lines}`;
}

const INVOKE = '/2015-03-31/functions/f/invocations';

describe('the gateway', () => {
  test('is healthy once it is ready, and knows no other path of its own', async () => {
    await using world = await startGateway({
      internal: new Map([
        ['hello', async () => ({ status: 200, headers: {}, body: Buffer.from('hi') })],
      ]),
    });
    assert.equal((await ask(world.port, { path: '/_hearth/health' })).status, 200);
    assert.equal((await ask(world.port, { path: '/_hearth/nothing' })).status, 404);
    assert.equal((await ask(world.port, { path: '/_hearth/hello/x' })).text, 'hi');
  });

  test('asks for a signature in the words of the service that is meant', async () => {
    await using world = await startGateway();
    const cases = [
      [{ path: '/bucket/key' }, 403, /<Code>AccessDenied<\/Code><Message>Access Denied</],
      [{ path: '/2015-03-31/functions' }, 403, /^\{"message":"Missing Authentication Token"\}$/],
      [
        {
          path: '/',
          method: 'POST',
          headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
          body: '{}',
        },
        400,
        /MissingAuthenticationTokenException/,
      ],
      [
        { path: '/?Action=GetUser&Version=2010-05-08' },
        403,
        /<Code>MissingAuthenticationToken<\/Code>/,
      ],
      [{ path: '/', headers: { host: 'lambda.eu-west-1.amazonaws.com' } }, 404, /^\{/],
    ] as const;
    for (const [request, status, text] of cases) {
      const answer = await ask(world.port, request);
      assert.match(answer.text, text);
      assert.equal(answer.status, status);
    }
  });

  test('answers 501 to a service that it does not know', async () => {
    await using world = await startGateway();
    const client = new AwsClient({
      ...ROOT.credentials,
      service: 'ec2',
      region: 'us-east-1',
      retries: 0,
    });
    const response = await client.fetch(world.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=DescribeInstances',
    });
    assert.equal(response.status, 501);
    assert.match(await response.text(), /The service ec2 is not implemented by Hearth/);
  });

  test('takes whoever comes where nothing is asked', async () => {
    await using world = await startGateway({ auth: { kind: 'none', root: ROOT.principal } });
    const chunks = '3\r\nabc\r\n0\r\n\r\n';
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '3',
    };
    const put = await ask(world.port, { method: 'PUT', path: '/b/k', headers, body: chunks });
    assert.equal(put.status, 200);
    assert.equal(
      (await ask(world.port, { path: '/k', headers: { host: 'b.s3.localhost:1' } })).text,
      'abc',
    );
    assert.equal(
      (await ask(world.port, { path: '/k', headers: { host: 'b.localhost' } })).text,
      'abc',
    );
    assert.equal(world.contexts.at(-1)?.principal, ROOT.principal);
  });

  test('asks surfaces first, and answers their errors as JSON', async () => {
    await using world = await startGateway({
      surfaces: [
        {
          match: (head) => head.headers['host']?.startsWith('abc.lambda-url.') === true,
          async handle({ authenticate }) {
            const caller = await authenticate({ service: 'lambda', region: 'us-east-1' });
            if (!caller)
              throw new AwsError({ code: 'Forbidden', status: 403, message: 'Forbidden' });
            return { status: 200, headers: {}, body: Buffer.from(caller.principal.arn) };
          },
        },
      ],
    });
    const headers = { host: 'abc.lambda-url.us-east-1.on.aws' };
    assert.equal((await ask(world.port, { headers })).text, '{"message":"Forbidden"}');
    const client = new AwsClient({ ...ROOT.credentials, service: 'lambda', region: 'us-east-1' });
    const request = await client.sign(`http://${headers.host}/x?a=1`, {
      method: 'POST',
      body: 'b',
    });
    const own = { ...headers, ...Object.fromEntries(request.headers) };
    const answer = await ask(world.port, {
      method: 'POST',
      path: '/x?a=1',
      headers: own,
      body: 'b',
    });
    assert.equal(answer.text, ROOT.principal.arn);
    const elsewhere = new AwsClient({
      ...ROOT.credentials,
      service: 'lambda',
      region: 'eu-west-1',
    });
    const other = await elsewhere.sign(`http://${headers.host}/x`);
    const refused = await ask(world.port, {
      path: '/x',
      headers: { ...headers, ...Object.fromEntries(other.headers) },
    });
    assert.match(refused.text, /Credential should be scoped to a valid region/);
  });

  test('takes no signature that is for another service', async () => {
    await using world = await startGateway();
    const client = new AwsClient({ ...ROOT.credentials, region: 'us-east-1', retries: 0 });
    const list = (service: string) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
      };
      const init = { method: 'POST', headers, body: '{}', aws: { service } };
      return client.fetch(`${world.endpoint}/`, init);
    };
    assert.equal((await list('dynamodb')).status, 200);
    for (const service of ['sqs', 's3', 'nothing']) {
      const answer = await list(service);
      assert.equal(answer.status, 400);
      assert.match(
        await answer.text(),
        /InvalidSignatureException.*Credential should be scoped to correct service: 'dynamodb'/,
      );
    }
    assert.equal(world.contexts.length, 1);
  });

  test('asks whether the caller may where policies are evaluated, and only there', async () => {
    const asked: string[] = [];
    for (const kind of ['iam', 'signature'] as const) {
      await using world = await startGateway({
        auth: { kind },
        async authorise({ principal }, model, operation) {
          asked.push(`${principal.arn} ${model.name}:${operation.name}`);
          throw new AwsError({ code: 'AccessDeniedException', status: 403, message: 'no' });
        },
      });
      const client = new AwsClient({ ...ROOT.credentials, service: 'lambda', region: 'us-east-1' });
      const response = await client.fetch(`${world.endpoint}${INVOKE}`, {
        method: 'POST',
        body: '{}',
      });
      assert.equal(response.status, kind === 'iam' ? 403 : 200);
    }
    assert.deepEqual(asked, [`${ROOT.principal.arn} lambda:Invoke`]);
  });

  test('serves connections that somebody else accepted', async () => {
    await using world = await startGateway({ auth: { kind: 'none', root: ROOT.principal } });
    const [ours, theirs] = duplexPair();
    world.gateway.accept(theirs);
    ours.write('GET /_hearth/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    assert.match(await read(ours, '}'), /^HTTP\/1.1 200 OK\r\n[^]*\{"status":"ready"\}$/);
    ours.destroy();
  });
});

describe('a client that waits to be told to go on', () => {
  const expecting = (head: string, bytes: number): string =>
    `${head}Expect: 100-continue\r\nContent-Length: ${bytes}\r\n\r\n`;

  test('is told so once its signature holds', async () => {
    await using world = await startGateway();
    const socket = connect(world.port, '127.0.0.1');
    socket.write(expecting(await signed('s3', '/b/k', 'PUT', 'body'), 4));
    const text = await read(socket, '\r\n\r\n');
    assert.equal(text, 'HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('body');
    assert.match(await read(socket, '\r\n\r\n'), /^HTTP\/1.1 200 OK/);
    socket.destroy();
    assert.equal(textOf(world.objects.get('b/k') ?? new Uint8Array()), 'body');
  });

  test('is never told so where it does not, and the connection ends', async () => {
    await using world = await startGateway();
    const socket = connect(world.port, '127.0.0.1');
    const head = await signed('s3', '/b/k', 'PUT', 'body');
    socket.write(expecting(head.replace(ROOT.credentials.accessKeyId, 'AKIANOBODY'), 4));
    const text = await read(socket);
    assert.match(text, /^HTTP\/1.1 403 Forbidden/);
    assert.match(text, /connection: close/i);
    assert.match(text, /InvalidAccessKeyId/);
  });
});

describe('a client is bounded', () => {
  test('in its headers: 32 KiB', async () => {
    await using world = await startGateway();
    const withBytes = async (bytes: number): Promise<number> =>
      (await ask(world.port, { path: '/_hearth/health', headers: { 'x-long': 'x'.repeat(bytes) } }))
        .status;
    assert.equal(await withBytes(32 * 1024 - 200), 200);
    assert.equal(await withBytes(32 * 1024), 431);
  });

  test('in a body that is not streamed', async () => {
    const service = {
      model: lambda,
      operations: { Invoke: (async () => ({ StatusCode: 200 })) as Operation<never, unknown> },
      bodyBytesMax: 1000,
    };
    await using world = await startGateway({ services: [service] });
    const client = new AwsClient({ ...ROOT.credentials, service: 'lambda', region: 'us-east-1' });
    const invoke = (bytes: number): Promise<Response> => {
      const init = { method: 'POST', body: 'x'.repeat(bytes) };
      return client.fetch(`${world.endpoint}${INVOKE}`, init);
    };
    assert.equal((await invoke(1000)).status, 200);
    const refused = await invoke(1001);
    assert.equal(refused.status, 413);
    assert.match(
      await refused.text(),
      /Request must be smaller than 1000 bytes for the Invoke operation/,
    );
  });

  test('in the time between two pieces of its body', async () => {
    const clock = new SimulatedClock();
    const now = new Date(clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    await using world = await startGateway({ clock, auth: { kind: 'none', root: ROOT.principal } });
    const socket = connect(world.port, '127.0.0.1');
    socket.write('PUT /b/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234');
    assert.ok(now);
    await wait(50);
    await clock.advance(59_999);
    await wait(20);
    assert.equal(socket.closed, false);
    await clock.advance(1);
    assert.equal(await read(socket), '');
    assert.equal(world.objects.has('b/slow'), false);
    assert.deepEqual(world.logged, []);
  });

  test('in what it does not take of an answer', async () => {
    const clock = new SimulatedClock();
    await using world = await startGateway({ clock, auth: { kind: 'none', root: ROOT.principal } });
    world.objects.set('b/large', Buffer.alloc(64 * 1024 * 1024));
    const socket = connect(world.port, '127.0.0.1');
    socket.pause();
    socket.write('GET /b/large HTTP/1.1\r\nHost: x\r\n\r\n');
    await wait(200);
    await clock.advance(60_000);
    socket.resume();
    const text = await read(socket);
    assert.ok(text.length < 64 * 1024 * 1024, `${text.length}`);
  });

  test('in the time for a body that nobody reads', async () => {
    const clock = new SimulatedClock();
    await using world = await startGateway({ clock });
    const socket = connect(world.port, '127.0.0.1');
    socket.write('PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc');
    assert.match(await read(socket, '</Error>'), /^HTTP\/1.1 403/);
    await clock.advance(5000);
    await read(socket);
    assert.ok(socket.closed);
  });

  test('in what is no HTTP at all', async () => {
    await using world = await startGateway();
    for (const text of [
      '\r\n\r\nnonsense\r\n\r\n',
      'GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n',
      '\0\0\0\0\n',
    ]) {
      const socket = connect(world.port, '127.0.0.1');
      socket.write(text);
      assert.match(await read(socket, '\r\n\r\n'), /^HTTP\/1.1 400/);
      socket.destroy();
    }
  });
});

describe('a client that goes away', () => {
  test('aborts its request, and the log does not mind', async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const Invoke: Operation<never, unknown> = async ({ signal }) => {
      begin();
      await once(signal, 'abort');
      resolve();
      throw signal.reason;
    };
    await using world = await startGateway({
      services: [{ model: lambda, operations: { Invoke } }],
    });
    const socket = connect(world.port, '127.0.0.1');
    socket.write(`${await signed('lambda', INVOKE)}Content-Length: 2\r\n\r\n{}`);
    await begun;
    socket.destroy();
    await aborted;
    assert.deepEqual(world.logged, []);
  });

  test('in the middle of its body leaves nothing behind', async () => {
    await using world = await startGateway({ auth: { kind: 'none', root: ROOT.principal } });
    const socket = connect(world.port, '127.0.0.1');
    socket.write('PUT /b/cut HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234');
    await wait(50);
    socket.destroy();
    await wait(50);
    assert.equal(world.objects.has('b/cut'), false);
    assert.deepEqual(world.logged, []);
  });
});

describe('closing', () => {
  const slow =
    (release: Promise<void>): Operation<never, unknown> =>
    async () => {
      await release;
      return { StatusCode: 200 };
    };

  test('lets what runs end, and takes nothing new', async () => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const world = await startGateway({
      services: [{ model: lambda, operations: { Invoke: slow(release) } }],
    });
    const socket = connect(world.port, '127.0.0.1');
    socket.write(`${await signed('lambda', INVOKE)}Content-Length: 2\r\n\r\n{}`);
    await wait(50);
    const closed = world[Symbol.asyncDispose]();
    const late = connect(world.port, '127.0.0.1');
    await assert.rejects(once(late, 'connect'));
    resolve();
    assert.match(await read(socket, '\r\n\r\n'), /^HTTP\/1.1 200 OK/);
    await closed;
  });

  test('cuts what takes longer than it may', async () => {
    const clock = new SimulatedClock();
    const auth = { kind: 'none', root: ROOT.principal } as const;
    const { promise: release } = Promise.withResolvers<void>();
    const services = [{ model: lambda, operations: { Invoke: slow(release) } }];
    const world = await startGateway({ clock, auth, services });
    const socket = connect(world.port, '127.0.0.1');
    socket.write(`POST ${INVOKE} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`);
    await wait(50);
    const closed = world[Symbol.asyncDispose]();
    await clock.advance(10_000);
    await closed;
    assert.equal(await read(socket), '');
  });
});

test('an answer that breaks off is cut, never ended', async () => {
  const Invoke: Operation<never, unknown> = async () => ({
    StatusCode: 200,
    Payload: Buffer.from('x'),
  });
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('begun');
    await wait(20);
    throw new TypeError('a bug');
  }
  await using world = await startGateway({
    services: [{ model: lambda, operations: { Invoke } }],
    surfaces: [
      { match: () => true, handle: async () => ({ status: 200, headers: {}, body: broken() }) },
    ],
  });
  const socket: Socket = connect(world.port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const text = await read(socket);
  assert.match(text, /begun/);
  assert.doesNotMatch(text, /\r\n0\r\n\r\n$/);
  assert.match(world.logged.join(), /cut off.*a bug/);
});

test('a port that is taken is an error, not a crash', async () => {
  await using server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  await using world = await startGateway();
  const again = world.gateway;
  await assert.rejects(
    again.listen({ host: '127.0.0.1', port: address.port }),
    /EADDRINUSE|ERR_SERVER_ALREADY_LISTEN/,
  );
});
