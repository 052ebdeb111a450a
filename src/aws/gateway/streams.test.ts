import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import { lambda } from '#aws/models/lambda.gen.ts';
import { s3 } from '#aws/models/s3.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { MIB } from '#kernel/units.ts';
import { ROOT, startGateway, type World } from '../../../test/support/gateway.ts';

const BYTES = 128 * MIB;
const CHUNK = Buffer.alloc(MIB / 4, 7);
/** What both ends' sockets and streams hold between them; the kernel's part is by far the most. */
const HELD_BYTES_MAX = 24 * MIB;

type Body = { readonly Body: AsyncIterable<Uint8Array> };

async function start(operations: Record<string, Operation<never, unknown>>): Promise<World> {
  const auth = { kind: 'none', root: ROOT.principal } as const;
  return await startGateway({ services: [{ model: s3, operations }], auth });
}

const target = (world: World) => ({
  port: world.port,
  host: '127.0.0.1',
  path: '/b/k',
  agent: false,
});

test('no more of a body is taken than its operation reads', async () => {
  const { promise: release, resolve } = Promise.withResolvers<void>();
  let taken = 0;
  const PutObject = (async (_, { Body }: Body) => {
    for await (const chunk of Body) {
      if (taken === 0) await release;
      taken += chunk.byteLength;
    }
    return {};
  }) as Operation<never, unknown>;
  await using world = await start({ PutObject });

  const put = httpRequest({
    ...target(world),
    method: 'PUT',
    headers: { 'content-length': BYTES },
  });
  let sent = 0;
  let hasStalled = false;
  while (sent < BYTES) {
    sent += CHUNK.byteLength;
    if (put.write(CHUNK)) continue;
    const drained = await Promise.race([once(put, 'drain').then(() => true), wait(300, false)]);
    if (drained || hasStalled) continue;
    hasStalled = true;
    assert.ok(sent < HELD_BYTES_MAX, `${sent / MIB} MiB were taken`);
    resolve();
    await once(put, 'drain');
  }
  put.end();
  const [response] = (await once(put, 'response')) as [IncomingMessage];
  assert.deepEqual([response.statusCode, taken, hasStalled], [200, BYTES, true]);
  response.resume();
});

test('no more of an answer is asked for than its client takes', async () => {
  let given = 0;
  async function* content(): AsyncGenerator<Uint8Array> {
    for (; given < BYTES; given += CHUNK.byteLength) yield CHUNK;
  }
  const GetObject: Operation<never, unknown> = async () => ({
    Body: content(),
    ContentLength: BYTES,
  });
  await using world = await start({ GetObject });

  const [answer] = (await once(httpRequest(target(world)).end(), 'response')) as [IncomingMessage];
  await wait(300);
  assert.ok(given < HELD_BYTES_MAX, `${given / MIB} MiB were given`);
  let received = 0;
  for await (const chunk of answer) received += (chunk as Uint8Array).byteLength;
  assert.equal(received, BYTES);
});

test('an answer that its client leaves is closed at its source', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  async function* content(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield CHUNK;
    } finally {
      resolve();
    }
  }
  const GetObject: Operation<never, unknown> = async () => ({ Body: content() });
  await using world = await start({ GetObject });
  const message = httpRequest(target(world)).end();
  const [answer] = (await once(message, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  answer.destroy();
  await closed;
  assert.deepEqual(world.logged, []);
});

test('what was refused for its size is read past, and its connection serves the next request', async () => {
  const Invoke = (async () => ({ StatusCode: 200 })) as Operation<never, unknown>;
  const service = { model: lambda, operations: { Invoke }, bodyBytesMax: 1000 };
  const auth = { kind: 'none', root: ROOT.principal } as const;
  await using world = await startGateway({ services: [service], auth });
  const bytes = 16 * MIB;
  const connection = connect(world.port, '127.0.0.1');
  let text = '';
  connection.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  const path = '/2015-03-31/functions/f/invocations';
  connection.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n`);
  for (let sent = 0; sent < bytes; sent += CHUNK.byteLength) {
    if (!connection.write(CHUNK)) await once(connection, 'drain');
  }
  connection.end('GET /_hearth/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await once(connection, 'close');
  assert.deepEqual(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 413', 'HTTP/1.1 200']);
});
