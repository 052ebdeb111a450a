/** What clients may have the server keep of bodies that they begin and do not end. */
import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { duplexPair, PassThrough, type Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { lambda } from '#aws/models/lambda.gen.ts';
import { s3 } from '#aws/models/s3.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { textOf } from '#kernel/bytes.ts';
import { KIB, MIB } from '#kernel/units.ts';
import { ROOT, startGateway, type World } from '../../../test/support/gateway.ts';
import { BodyBudget } from './body-budget.ts';

const INVOKE = '/2015-03-31/functions/f/invocations';
/** All have so much together beyond 8 MiB of each sandbox: one alone has 10 MiB. */
const KEPT_BYTES_MAX = 4 * MIB;
const PATIENCE = { timeout: 120_000 };

const Invoke: Operation<never, unknown> = async () => ({ StatusCode: 200 });
const PutBucketPolicy: Operation<never, unknown> = async () => ({});
/** Reads what it is given as it comes. */
const PutObject: Operation<{ readonly Body: AsyncIterable<Uint8Array> }, unknown> = async (
  _,
  { Body },
) => {
  let bytes = 0;
  for await (const chunk of Body) bytes += chunk.byteLength;
  return { ETag: `"${bytes}"` };
};

function start(keptBodyBytesMax = KEPT_BYTES_MAX): Promise<World> {
  return startGateway({
    auth: { kind: 'none', root: ROOT.principal },
    services: [
      { model: lambda, operations: { Invoke } },
      { model: s3, operations: { PutBucketPolicy, PutObject } },
    ],
    bounds: { keptBodyBytesMax },
  });
}

/** A connection of a sandbox's. */
function connectFrom({ gateway }: World, sandbox: object): Duplex {
  const [ours, theirs] = duplexPair();
  gateway.accept(theirs, sandbox);
  // Of a pair, unlike of a socket, no end hears that the other is gone.
  ours.once('close', () => theirs.destroy());
  ours.on('error', () => undefined);
  return ours;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
}

/** Sends a body whole and reads the answer. */
async function ask(
  connection: Duplex,
  bytes: number,
  method = 'POST',
  path = INVOKE,
): Promise<Answer> {
  const headers = { 'content-length': bytes };
  const message = httpRequest({ createConnection: () => connection, method, path, headers });
  message.on('error', () => undefined);
  message.end(Buffer.alloc(bytes, ' '));
  const [response] = (await once(message, 'response')) as [IncomingMessage];
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk as Uint8Array);
  connection.destroy();
  const { statusCode: status = 0 } = response;
  return { status, headers: response.headers, text: textOf(Buffer.concat(chunks)) };
}

/** Sends a body in one piece with its head, and reads the answer's head. */
async function askAtOnce(connection: Duplex): Promise<string> {
  connection.write(`POST ${INVOKE} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`);
  const [data] = (await once(connection, 'data')) as [Buffer];
  connection.destroy();
  return data.toString('latin1');
}

/** Begins a body of one byte more than it sends. */
function begin(connection: Duplex, bytes: number, request = `POST ${INVOKE}`): void {
  connection.write(`${request} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes + 1}\r\n\r\n`);
  connection.write(Buffer.alloc(bytes, ' '));
}

/** Resolves with the connections that are still unanswered, once `count` have been told that there is no room. */
async function refused(connections: readonly Duplex[], count: number): Promise<readonly Duplex[]> {
  const waiting = new Set(connections);
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const connection of connections) {
    connection.once('data', (data: Buffer) => {
      assert.match(data.toString('latin1'), /^HTTP\/1.1 503 /);
      waiting.delete(connection);
      if (connections.length - waiting.size >= count) resolve();
    });
  }
  await promise;
  return [...waiting];
}

describe('bodies that are begun and not ended', PATIENCE, () => {
  const cases = [
    ['large', 20, MIB, undefined],
    ['small', 160, 120 * KIB, undefined],
    ["of the storage's that are no objects", 20, MIB, 'PUT /bucket?policy'],
  ] as const;
  for (const [name, count, bytes, request] of cases) {
    test(`${name}: a sandbox has the server keep its share, and others have theirs`, async () => {
      await using world = await start();
      const greedy = {};
      const connections = Array.from({ length: count }, () => connectFrom(world, greedy));
      const fitting = Math.floor((10 * MIB + 128 * KIB) / bytes);
      const known = refused(connections, count - fitting);
      for (const connection of connections) begin(connection, bytes, request);
      const kept = await known;
      assert.ok(kept.length >= Math.floor((9 * MIB) / bytes), `${kept.length} are kept`);
      // Another sandbox and clients from outside find room; so does whoever takes none.
      assert.equal((await ask(connectFrom(world, {}), 6 * MIB)).status, 200);
      assert.equal((await ask(connect(world.port, '127.0.0.1'), 3 * MIB)).status, 200);
      assert.equal((await ask(connectFrom(world, greedy), 9 * MIB)).status, 503);
      assert.match(await askAtOnce(connectFrom(world, greedy)), /^HTTP\/1.1 200 /);
      assert.deepEqual(world.logged, []);
    });
  }

  for (const [name, count, bytes] of [
    ['large', 20, MIB],
    ['small', 100, 120 * KIB],
  ] as const) {
    test(`${name}: from outside, they keep out nobody who comes later`, async () => {
      await using world = await start();
      const slow = Array.from({ length: count }, () => {
        const connection = connect(world.port, '127.0.0.1');
        connection.on('error', () => undefined);
        connection.resume();
        begin(connection, bytes);
        return connection;
      });
      // Some of them had to give way to the others.
      await Promise.race(slow.map((connection) => once(connection, bytes < MIB ? 'end' : 'data')));
      for (let turn = 0; turn < 3; turn += 1) {
        assert.equal((await ask(connect(world.port, '127.0.0.1'), 3 * MIB)).status, 200);
      }
      for (const connection of slow) connection.destroy();
      assert.deepEqual(world.logged, []);
    });
  }

  test('over HTTP/2 are counted as those of their sandbox', async () => {
    await using world = await start();
    const greedy = {};
    await using inside = createServer((socket) => world.gateway.accept(socket, greedy));
    await once(inside.listen(0, '127.0.0.1'), 'listening');
    const { port } = inside.address() as AddressInfo;
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const { promise, resolve } = Promise.withResolvers<void>();
    let answers = 0;
    for (let count = 0; count < 20; count += 1) {
      const stream = session.request({ ':method': 'POST', ':path': INVOKE });
      stream.on('error', () => undefined);
      stream.once('response', ({ ':status': status }) => {
        assert.equal(status, 503);
        answers += 1;
        if (answers === 5) resolve();
      });
      stream.write(Buffer.alloc(MIB));
    }
    await promise;
    assert.equal((await ask(connectFrom(world, greedy), 9 * MIB)).status, 503);
    assert.equal((await ask(connectFrom(world, {}), 9 * MIB)).status, 200);
    session.destroy();
  });

  test('make room when their clients leave', async () => {
    await using world = await start();
    const sandbox = {};
    const connections = [MIB, 120 * KIB].flatMap((bytes) =>
      Array.from({ length: 60 }, () => {
        const connection = connectFrom(world, sandbox);
        begin(connection, bytes);
        return connection;
      }),
    );
    await refused(connections, 1);
    for (const connection of connections) connection.destroy();
    let answer = await ask(connectFrom(world, sandbox), 9 * MIB);
    // The server hears of them one after another.
    while (answer.status === 503) answer = await ask(connectFrom(world, sandbox), 9 * MIB);
    assert.equal(answer.status, 200);
  });
});

describe('a body that is kept', PATIENCE, () => {
  test('makes room when it is answered, and when it is refused', async () => {
    await using world = await start();
    const sandbox = {};
    const statuses: number[] = [];
    for (const mib of [9, 11, 9, 17, 9]) {
      statuses.push((await ask(connectFrom(world, sandbox), mib * MIB)).status);
    }
    assert.deepEqual(statuses, [200, 503, 200, 413, 200]);
  });

  test('costs what its pieces cost, however small they are', async () => {
    await using world = await start();
    const connection = connectFrom(world, {});
    connection.write(`POST ${INVOKE} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const told = refused([connection], 1);
    // Pieces of one byte each: of 10 MiB twenty thousand are kept, not ten million.
    connection.write('1\r\n \r\n'.repeat(30_000));
    await told;
    connection.destroy();
  });

  test('is refused as AWS refuses for a while, in the words of its protocol', async () => {
    await using world = await start(0);
    const outside = (): Duplex => connect(world.port, '127.0.0.1');
    const answer = await ask(outside(), MIB);
    assert.equal(answer.status, 503);
    assert.equal(answer.headers['x-amzn-errortype'], 'ServiceUnavailable');
    assert.match(answer.text, /^\{"message":"The request has failed due to a temporary failure/);
    const storage = await ask(outside(), MIB, 'PUT', '/bucket?policy');
    assert.match(storage.text, /<Code>ServiceUnavailable<\/Code>/);
  });

  test('takes no room where it comes with its head, nor where it streams on', async () => {
    await using world = await start(0);
    const connection = connect(world.port, '127.0.0.1');
    assert.match(await askAtOnce(connection), /^HTTP\/1.1 200 /);
    const chunked = connect(world.port, '127.0.0.1');
    const told = once(chunked, 'data');
    chunked.write(
      `POST ${INVOKE} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    );
    assert.match(String(await told), /^HTTP\/1.1 200 /);
    chunked.destroy();
    const object = await ask(connect(world.port, '127.0.0.1'), 20 * MIB, 'PUT', '/bucket/key');
    assert.equal(object.headers['etag'], `"${20 * MIB}"`);
  });
});

test('what one has closed takes nothing more', () => {
  const budget = new BodyBudget(100);
  const connection = new PassThrough();
  const kept = budget.keep(connection);
  assert.equal(kept.take(100), true);
  assert.equal(budget.keep(connection).take(1), false);
  kept.close();
  assert.equal(kept.take(1), false);
  assert.equal(budget.keep(connection).take(100), true);
});

test('from outside what began first gives way, and what has come whole stays', () => {
  const budget = new BodyBudget(100);
  const begun = (name: string) => {
    const kept = budget.keep(new PassThrough());
    kept.begin(() => seen.push(name));
    return kept;
  };
  const seen: string[] = [];
  const whole = begun('whole');
  assert.equal(whole.take(40), true);
  whole.end();
  const [first, second, third] = [begun('first'), begun('second'), begun('third')];
  assert.deepEqual([first.take(20), second.take(40), third.take(1)], [true, true, true]);
  assert.deepEqual([seen, first.take(1)], [['first'], false]);
  assert.equal(second.take(20), false, 'nobody makes room for itself');
  assert.equal(third.take(59), true);
  assert.equal(third.take(1), false);
  assert.deepEqual(seen, ['first', 'second']);
});
