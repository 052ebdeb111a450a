/** Clients that speak HTTP/2 at once, on the port of those that speak HTTP/1.1. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { describe, test } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { textOf } from '#kernel/bytes.ts';
import { ROOT, startGateway } from '../../../test/support/gateway.ts';

const OPEN = { auth: { kind: 'none', root: ROOT.principal } } as const;

async function ask(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string,
): Promise<{ readonly status: unknown; readonly text: string }> {
  const stream = session.request(headers);
  stream.end(body);
  const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return { status: answer[':status'], text: textOf(Buffer.concat(chunks)) };
}

describe('HTTP/2', () => {
  test('carries requests side by side on one connection', async () => {
    await using world = await startGateway(OPEN);
    const session = connect(world.endpoint);
    const body = 'x'.repeat(300_000);
    const put = (key: string) => ask(session, { ':method': 'PUT', ':path': `/b/${key}` }, body);
    const puts = await Promise.all(['1', '2', '3'].map(put));
    assert.deepEqual(
      puts.map(({ status }) => status),
      [200, 200, 200],
    );
    assert.deepEqual(await ask(session, { ':path': '/b/2' }), { status: 200, text: body });
    const plain = await fetch(`${world.endpoint}/b/3`);
    assert.equal(await plain.text(), body);
    session.close();
  });

  test('tells an operation that its client has cut the stream', async () => {
    await using world = await startGateway(OPEN);
    const session = connect(world.endpoint);
    const stream = session.request({
      ':method': 'PUT',
      ':path': '/b/k',
      'content-length': '10',
    });
    stream.on('error', () => undefined);
    stream.write('x');
    while (world.contexts.length === 0) await new Promise(setImmediate);
    assert.equal(world.contexts[0]?.signal.aborted, false);
    stream.close(8);
    await once(world.contexts[0]?.signal ?? stream, 'abort');
    assert.equal((await ask(session, { ':path': '/_hearth/health' })).status, 200);
    session.close();
  });

  test('ends its connections when the gateway closes', async () => {
    const world = await startGateway(OPEN);
    const session = connect(world.endpoint);
    await ask(session, { ':path': '/_hearth/health' });
    const closed = once(session, 'close');
    await world[Symbol.asyncDispose]();
    await closed;
  });

  test('is told by its preface, however it is cut; a connection that says too little is ended', async () => {
    const clock = new SimulatedClock();
    await using world = await startGateway({ ...OPEN, clock });
    const half = connectTcp(world.port, '127.0.0.1');
    half.write('PRI * HT');
    const put = connectTcp(world.port, '127.0.0.1');
    put.write('P');
    await once(put, 'connect');
    put.write('UT /b/k HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx');
    let answer = '';
    for await (const chunk of put) answer += String(chunk);
    assert.match(answer, /^HTTP\/1.1 200 /);
    half.on('error', () => undefined);
    await clock.advance(61_000);
    await once(half, 'close');
  });
});
