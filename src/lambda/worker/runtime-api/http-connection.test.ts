import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { HEAD_BYTES_MAX } from './http-head.ts';
import { HttpConnection } from './http-connection.ts';
import type { HttpExchange } from './http-connection.ts';

interface Seen {
  readonly method: string;
  readonly path: string;
  body: string;
  trailers: Record<string, string>;
  end: 'whole' | 'too-large' | 'cut' | 'open';
}

/** A connection whose requests are remembered, and answered with their own body. */
class Served {
  readonly seen: Seen[] = [];
  readonly faults: unknown[] = [];
  readonly client: Duplex;
  readonly connection: HttpConnection;
  answered = '';
  isClosed = false;

  constructor(bytesMax = 1000, answer = true) {
    const [client, server] = duplexPair();
    this.client = client;
    client.on('data', (data: Buffer) => (this.answered += data.toString('latin1')));
    client.on('error', () => {});
    this.connection = new HttpConnection({
      duplex: server,
      onRequest: (exchange) => this.#take(exchange, bytesMax, answer),
      onClosed: () => (this.isClosed = true),
      onFault: (error) => this.faults.push(error),
    });
  }

  async send(...pieces: readonly (string | Uint8Array)[]): Promise<void> {
    for (const piece of pieces) {
      if (this.client.destroyed) return;
      this.client.write(piece);
      await turn();
    }
    await turn();
  }

  get statuses(): number[] {
    return [...this.answered.matchAll(/HTTP\/1\.1 (\d+)/g)].map((it) => Number(it[1]));
  }

  #take(exchange: HttpExchange, bytesMax: number, answer: boolean) {
    const { method, path } = exchange.head;
    const seen: Seen = { method, path, body: '', trailers: {}, end: 'open' };
    this.seen.push(seen);
    const reply = (status: number): void => {
      if (answer) exchange.reply({ status, headerLines: '', body: Buffer.from(seen.body) });
    };
    return {
      bytesMax,
      onData: (data: Buffer) => {
        seen.body += data.toString('latin1');
        return true;
      },
      onEnd: (trailers: ReadonlyMap<string, string>) => {
        seen.end = 'whole';
        seen.trailers = Object.fromEntries(trailers);
        reply(200);
      },
      onTooLarge: () => {
        seen.end = 'too-large';
        reply(413);
      },
      onCut: () => (seen.end = 'cut'),
    };
  }
}

/** More than anything here takes until it stays. */
const TURNS_MAX = 1_000_000;

/** What a count is once it stays; fails where it never does. */
async function settled(count: () => number): Promise<number> {
  let same = 0;
  for (let turns = 0; turns < TURNS_MAX; turns += 1) {
    const last = count();
    await turn();
    same = count() === last ? same + 1 : 0;
    if (same === 100) return last;
  }
  throw new Error(`it never stays: ${count()}`);
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function post(body: string, headers = ''): string {
  return `POST /a HTTP/1.1\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;
}

describe('a connection to the Runtime API', () => {
  it('answers pipelined requests in order', async () => {
    const served = new Served();
    await served.send(`${post('one')}GET /b HTTP/1.1\r\n\r\n${post('three')}`);
    assert.deepEqual(
      served.seen.map(({ method, body }) => [method, body]),
      [
        ['POST', 'one'],
        ['GET', ''],
        ['POST', 'three'],
      ],
    );
    assert.deepEqual(served.statuses, [200, 200, 200]);
  });

  it('looks at no more requests of a client that reads no replies, until it does', async () => {
    const served = new Served();
    served.client.pause();
    const count = 20_000;
    // More than a hundred bytes of a reply for each.
    const piece = post('x'.repeat(100)).repeat(100);
    for (let sent = 0; sent < count; sent += 100) served.client.write(piece);
    const looked = await settled(() => served.seen.length);
    assert.ok(looked > 1000 && looked < 5000, `${looked}`);
    served.client.resume();
    while (served.statuses.length < count) await turn();
    assert.deepEqual(served.faults, []);
  });

  it('hands over the next request once the last is answered', async () => {
    const served = new Served(1000, false);
    await served.send('GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n');
    assert.deepEqual(
      served.seen.map(({ path }) => path),
      ['/a'],
    );
  });

  it('takes a body of exactly its bound, and refuses one byte more', async () => {
    const served = new Served(5);
    await served.send(post('12345'), post('123456'), post('1'));
    assert.deepEqual(
      served.seen.map(({ end }) => end),
      ['whole', 'too-large', 'whole'],
    );
    assert.deepEqual(served.statuses, [200, 413, 200]);
  });

  it('undoes chunks and gives the trailers', async () => {
    const served = new Served();
    await served.send(
      'POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n',
      '3;x=y\r\nabc\r\n1',
      '0\r\n0123456789abcdef\r\n0\r\nError-Type: T\r\n\r\n',
      'GET /after HTTP/1.1\r\n\r\n',
    );
    assert.equal(served.seen[0]?.body, 'abc0123456789abcdef');
    assert.deepEqual(served.seen[0]?.trailers, { 'error-type': 'T' });
    assert.equal(served.seen[1]?.path, '/after');
  });

  it('tells a client to go on that waits for it', async () => {
    const served = new Served();
    await served.send('POST /a HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
    assert.equal(served.answered, 'HTTP/1.1 100 Continue\r\n\r\n');
    await served.send('ok');
    assert.deepEqual(served.statuses, [100, 200]);
  });

  it('closes after an answer where the client wants it', async () => {
    const served = new Served();
    await served.send('GET /a HTTP/1.1\r\nConnection: close\r\n\r\n');
    assert.match(served.answered, /Connection: close/);
    assert.ok(served.isClosed);
    const old = new Served();
    await old.send('GET /a HTTP/1.0\r\n\r\n');
    assert.ok(old.isClosed);
  });

  it('tells the reader of a body that was cut', async () => {
    const served = new Served();
    await served.send('POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf');
    served.client.destroy();
    await turn();
    assert.equal(served.seen[0]?.end, 'cut');
    assert.ok(served.isClosed);
  });

  it('refuses what could be read in two ways, and closes', async () => {
    const smuggled = [
      'POST /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      'POST /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      'POST /a HTTP/1.1\r\nContent-Length: +1\r\n\r\n',
      'POST /a HTTP/1.1\r\nContent-Length: 0x1\r\n\r\n',
      'POST /a HTTP/1.1\r\nContent-Length : 1\r\n\r\n',
      'POST /a HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n',
      'POST /a HTTP/1.1\r\nA: b\r\n folded\r\n\r\n',
      'POST /a HTTP/1.1\nA: b\r\n\r\n',
      'POST /a HTTP/1.1\r\nA: b\nGET /b HTTP/1.1\r\n\r\n',
      'POST /a HTTP/1.1\r\nA: \0\r\n\r\n',
      'GET  /a HTTP/1.1\r\n\r\n',
      'get /a HTTP/1.1\r\n\r\n',
      'GET http://x/a HTTP/1.1\r\n\r\n',
      'GET /a HTTP/2.0\r\n\r\n',
      '\r\nGET /a HTTP/1.1\r\n\r\n',
    ];
    for (const request of smuggled) {
      const served = new Served();
      await served.send(request);
      assert.deepEqual(served.seen, [], request);
      assert.ok([400, 501].includes(served.statuses[0] ?? 0), request);
      assert.ok(served.isClosed, request);
    }
    for (const chunk of ['z\r\n', '1\r\nab\r\n', '-1\r\n', '1\nab', '123456789\r\n']) {
      const served = new Served();
      await served.send(`POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`);
      assert.ok(served.isClosed, chunk);
      assert.equal(served.seen[0]?.end, 'cut', chunk);
    }
  });

  it('takes a head of its bound, and refuses an endless one', async () => {
    const start = 'GET /a HTTP/1.1\r\nX: ';
    const fits = new Served();
    await fits.send(start, 'x'.repeat(HEAD_BYTES_MAX - start.length), '\r\n\r\n');
    assert.deepEqual(fits.statuses, [200]);
    const endless = new Served();
    await endless.send(start, 'x'.repeat(HEAD_BYTES_MAX - start.length + 1));
    assert.deepEqual(endless.statuses, [431]);
    assert.ok(endless.isClosed);
    const many = new Served();
    await many.send(`GET /a HTTP/1.1\r\n${'a: b\r\n'.repeat(129)}\r\n`);
    assert.deepEqual(many.statuses, [431]);
  });

  it('reads requests the same however they are cut into pieces', async () => {
    const stream = Buffer.from(
      `${post('one', 'A: b\r\n')}POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n` +
        '5\r\nhello\r\nc\r\n world \r\n1 2\r\n0\r\nT: u\r\n\r\nGET /d HTTP/1.1\r\n\r\n',
    );
    const cuts = fc.array(fc.nat({ max: stream.length }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(cuts, async (unsorted) => {
        const served = new Served();
        const ends = [...unsorted.toSorted((a, b) => a - b), stream.length];
        let from = 0;
        for (const end of ends) {
          await served.send(stream.subarray(from, end));
          from = end;
        }
        assert.deepEqual(
          served.seen.map(({ path, body, trailers, end }) => [path, body, trailers, end]),
          [
            ['/a', 'one', {}, 'whole'],
            ['/c', 'hello world \r\n1 2', { t: 'u' }, 'whole'],
            ['/d', '', {}, 'whole'],
          ],
        );
      }),
      { numRuns: 100 },
    );
  });

  it('neither throws nor hangs on anything', async () => {
    const token = fc.constantFrom(
      'GET /a HTTP/1.1\r\n',
      'POST /a HTTP/1.1\r\n',
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Expect: 100-continue\r\n',
      '\r\n',
      '3\r\nabc\r\n',
      '0\r\n\r\n',
      'abc',
      '\n',
      '\0',
      ': ',
    );
    const piece = fc.oneof(token, fc.string({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }));
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const served = new Served();
        await served.send(...pieces);
        served.client.destroy();
        await turn();
        assert.deepEqual(served.faults, []);
        assert.ok(served.seen.every(({ end }) => end !== 'open'));
      }),
      { numRuns: 500 },
    );
  });
});
