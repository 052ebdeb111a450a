import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import * as fc from 'fast-check';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { collectBytes, textOf, utf8 } from '#kernel/bytes.ts';
import type { SurfaceExchange } from '../operation.ts';
import type { WireResponse } from '../wire.ts';
import { ROOT, startGateway, type World } from '../../../test/support/gateway.ts';

/** A header that node:http takes as it takes none, and that is not plain. */
const UNUSUAL = 'TE: trailers\r\n';

/** A gateway that answers what it was asked. */
function startEcho(
  handle: (exchange: SurfaceExchange) => Promise<WireResponse> = echo,
  clock?: SimulatedClock,
): Promise<World> {
  return startGateway({
    auth: { kind: 'none', root: ROOT.principal },
    surfaces: [{ match: () => true, handle }],
    ...(clock !== undefined && { clock }),
  });
}

async function echo({ request }: SurfaceExchange): Promise<WireResponse> {
  const { method, path, rawQuery, headers } = request;
  const body = textOf(await collectBytes(request.body, 1_000_000));
  const { te: _, ...others } = headers;
  return {
    status: 200,
    headers: { 'x-echo': '1' },
    body: utf8(JSON.stringify({ method, path, rawQuery, headers: others, body })),
  };
}

/** Everything that came over a connection until `isEnough` says so, or it ended. */
async function collect(socket: Socket, isEnough: (text: string) => boolean): Promise<string> {
  let text = '';
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('data', (data: Buffer) => {
    text += data.toString('latin1');
    if (isEnough(text)) resolve();
  });
  socket.on('error', () => resolve());
  socket.on('close', () => resolve());
  await promise;
  return text;
}

const answersIn = (text: string): number => text.split('HTTP/1.1 ').length - 1;

/** The bodies of `count` answers to what is sent in these pieces. */
async function ask(port: number, pieces: readonly Buffer[], count: number): Promise<string[]> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const whole = collect(socket, (text) => answersIn(text) >= count && text.endsWith('}'));
  for (const piece of pieces) {
    socket.write(piece);
    await turn();
  }
  const text = await whole;
  socket.destroy();
  return text
    .split(/HTTP\/1\.1 /)
    .slice(1)
    .map(bodyOf);
}

function bodyOf(answer: string): string {
  assert.match(answer, /^200 OK\r\n/);
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}

const name = fc.constantFrom('X-a', 'x-A', 'x-amz-date', 'Cookie', 'Content-Type', 'accept');
const value = fc.stringMatching(/^[\t -~\u0080-\u00ff]{0,20}$/);
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  target: fc.stringMatching(/^\/[!-"$-~]{0,20}$/),
  headers: fc.array(fc.tuple(name, value), { maxLength: 5 }),
  body: fc.stringMatching(/^[ -~]{0,40}$/),
});

function bytesOf(
  { method, target, headers, body }: typeof request extends fc.Arbitrary<infer T> ? T : never,
  more: string,
): Buffer {
  const lines = headers.map((header) => `${header.join(':')}\r\n`).join('');
  const length = body === '' ? '' : `content-length: ${body.length}\r\n`;
  const text = `${method} ${target} HTTP/1.1\r\nHost: x\r\n${more}${length}${lines}\r\n${body}`;
  return Buffer.from(text, 'latin1');
}

describe('a plain connection', () => {
  test('reads requests as node:http reads them, in order, however they are cut', async () => {
    await using world = await startEcho();
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat({ max: 400 }), { maxLength: 4 }),
        async (requests, cuts) => {
          const bytes = Buffer.concat(requests.map((one) => bytesOf(one, '')));
          const ends = [...cuts.filter((at) => at < bytes.length), bytes.length];
          const sorted = ends.toSorted((a, b) => a - b);
          const pieces = sorted.map((end, at) => bytes.subarray(sorted[at - 1] ?? 0, end));
          const plain = await ask(world.port, pieces, requests.length);
          const unusual = Buffer.concat(requests.map((one) => bytesOf(one, UNUSUAL)));
          const judged = await ask(world.port, [unusual], requests.length);
          assert.deepEqual(plain, judged);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('is handed over with its first unusual request, and nothing is lost', async () => {
    await using world = await startEcho();
    const plain = 'GET /1 HTTP/1.1\r\nHost: x\r\n\r\n';
    const unusual =
      'POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
    const last = 'POST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi';
    const bodies = await ask(world.port, [Buffer.from(plain + unusual + last)], 3);
    const seen = bodies.map((body) => JSON.parse(body) as { path: string; body: string });
    assert.deepEqual(
      seen.map(({ path, body }) => [path, body]),
      [
        ['/1', ''],
        ['/2', 'abc'],
        ['/3', 'hi'],
      ],
    );
  });

  test('leaves to node:http what is malformed or could be read in two ways', async () => {
    await using world = await startEcho();
    for (const lines of [
      'Content-Length: 1\r\nContent-Length: 2\r\n',
      'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n',
      'Content-Length: +1\r\n',
      'X : y\r\n',
      'X: y\r\n folded\r\n',
      'X: \0\r\n',
    ]) {
      const socket = connect(world.port, '127.0.0.1');
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${lines}\r\nabc`);
      assert.match(await collect(socket, (text) => text.endsWith('\r\n\r\n')), /^HTTP\/1.1 400/);
      socket.destroy();
    }
  });

  test('sends streams with their length or in chunks, and no body where there is none', async () => {
    async function* hello(): AsyncGenerator<Uint8Array> {
      yield utf8('hel');
      yield utf8('');
      yield utf8('lo');
    }
    await using world = await startEcho(async ({ request: { path } }) => {
      if (path === '/none') return { status: 204, headers: {}, body: utf8('') };
      const headers: Record<string, string> = path === '/length' ? { 'content-length': '5' } : {};
      return { status: 200, headers, body: hello() };
    });
    const socket = connect(world.port, '127.0.0.1');
    const head = ' HTTP/1.1\r\nHost: x\r\n\r\n';
    socket.write(`GET /length${head}HEAD /length${head}GET /chunks${head}GET /none${head}`);
    const text = await collect(socket, (all) => / 204 [^]*\r\n\r\n$/.test(all));
    const plain = text.replaceAll(/(?:date|connection|keep-alive): .*\r\n/g, '');
    assert.equal(
      plain,
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello' +
        'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n' +
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n' +
        'HTTP/1.1 204 No Content\r\n\r\n',
    );
    assert.match(text, /date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r\n/);
    socket.destroy();
  });

  test('sends no header that would say more than itself', async () => {
    for (const header of [{ a: 'b\r\nc: d' }, { 'a\r\nb': 'c' }, { a: '\u0100' }]) {
      await using world = await startEcho(async () => ({
        status: 200,
        headers: { ...header },
        body: utf8(''),
      }));
      const socket = connect(world.port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      assert.equal(await collect(socket, () => false), '');
      assert.match(world.logged.join(), /cannot be sent/);
    }
  });

  test('ends where an answer says so, after that answer', async () => {
    await using world = await startEcho(async () => ({
      status: 200,
      headers: { Connection: 'close' },
      body: utf8('bye'),
    }));
    const socket = connect(world.port, '127.0.0.1');
    socket.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n');
    const text = await collect(socket, () => false);
    assert.equal(answersIn(text), 1);
    assert.match(text, /connection: close\r\n[^]*bye$/);
  });

  test('is closed when it says nothing, at first and between two requests', async () => {
    const clock = new SimulatedClock();
    await using world = await startEcho(echo, clock);
    const silent = connect(world.port, '127.0.0.1');
    const kept = connect(world.port, '127.0.0.1');
    const ended = [silent, kept].map((socket) => collect(socket, () => false));
    kept.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await wait(50);
    await clock.advance(20_000);
    assert.equal(await ended[0], '');
    await wait(20);
    await clock.advance(54_999);
    await wait(20);
    assert.equal(kept.closed, false);
    await clock.advance(1);
    assert.equal(answersIn((await ended[1]) ?? ''), 1);
  });

  test('lets others have their turn between requests that came together', async () => {
    const order: string[] = [];
    await using world = await startEcho(async (exchange) => {
      if (order.length === 0) setImmediate(() => order.push('another'));
      order.push(exchange.request.path);
      return await echo(exchange);
    });
    const one = 'GET /pipelined HTTP/1.1\r\nHost: x\r\n\r\n';
    const count = 500;
    await ask(world.port, [Buffer.from(one.repeat(count))], count);
    assert.equal(order.length, count + 1);
    assert.ok(order.indexOf('another') < 10, `after ${order.indexOf('another')} requests`);
  });

  test('answers no more than its client takes', async () => {
    const counted = { answers: 0 };
    const large = { status: 200, headers: {}, body: utf8('x'.repeat(64_000)) };
    await using world = await startEcho(async () => {
      counted.answers += 1;
      return large;
    });
    const count = 500;
    const socket = connect(world.port, '127.0.0.1').pause();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(count));
    for (let before = -1; counted.answers !== before || before === 0;) {
      before = counted.answers;
      await wait(200);
    }
    assert.ok(counted.answers < count, 'all were answered to nobody');
    let bytes = 0;
    for await (const chunk of socket) {
      bytes += (chunk as Buffer).length;
      if (bytes > count * large.body.length) break;
    }
    assert.equal(counted.answers, count);
  });

  test('keeps no more than a bound of what waits behind a request', async () => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    await using world = await startEcho(async (exchange) => {
      await release;
      return await echo(exchange);
    });
    const socket = connect(world.port, '127.0.0.1');
    const one = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n${'x'.repeat(60_000)}`;
    const count = 400;
    for (let sent = 0; sent < count; sent += 1) socket.write(one);
    await wait(100);
    assert.ok(socket.writableLength > 0, 'all was taken');
    // Heads make more than one body's length of all but the last answer: their number tells, not the bytes.
    const isWhole = (text: string): boolean =>
      text.length > count * 60_000 && text.endsWith('}') && answersIn(text) >= count;
    const whole = collect(socket, isWhole);
    resolve();
    assert.equal(answersIn(await whole), count);
    socket.destroy();
  });
});
