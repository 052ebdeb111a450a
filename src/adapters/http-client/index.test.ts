import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { describe, it } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { createHttpClient } from './index.ts';

async function listen(status: number) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push(
        `${request.method} ${String(request.headers['x-name'])} ${Buffer.concat(chunks).toString()}`,
      );
      if (status > 0) response.writeHead(status, { location: '/other' }).end('body');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${address.port}/`, seen, close };
}

function disposableServer(listener: RequestListener) {
  const server = createServer(listener);
  return {
    url: async (): Promise<string> => {
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      return `http://127.0.0.1:${address.port}/`;
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('the client for servers outside', () => {
  const post = (url: string, timeoutMs = 5000, signal = new AbortController().signal) =>
    createHttpClient().post(
      { url, headers: { 'x-name': 'n' }, body: utf8('b'), timeoutMs },
      signal,
    );

  it('answers the status, of redirects too', async () => {
    for (const status of [200, 302, 404, 500]) {
      const { url, seen, close } = await listen(status);
      const answer = await post(url);
      assert.equal(answer.kind === 'answered' && answer.status, status);
      assert.ok(!('body' in answer), 'the body is not read');
      assert.deepEqual(seen, ['POST n b']);
      close();
    }
  });

  it('reads as much of the answer as it is asked for, by any method', async () => {
    for (const [answerBytesMax, text] of [
      [3, 'bod'],
      [4, 'body'],
      [5, 'body'],
    ] as const) {
      const { url, seen, close } = await listen(200);
      const answer = await createHttpClient().post(
        { url, method: 'GET', headers: {}, body: utf8('b'), timeoutMs: 5000, answerBytesMax },
        new AbortController().signal,
      );
      assert.ok(answer.kind === 'answered');
      assert.equal(Buffer.from(answer.body ?? []).toString(), text);
      assert.equal(answer.headers?.['location'], '/other');
      assert.deepEqual(seen, ['GET undefined ']);
      close();
    }
  });

  it('tells that there was no answer, or none in time', async () => {
    const { url, close } = await listen(0);
    assert.deepEqual(await post(url, 50), { kind: 'failed', reason: 'timeout' });
    close();
    assert.equal((await post(url)).kind, 'failed');
    assert.equal((await post('no url')).kind, 'failed');
  });

  it('sends no headers but those that it is given, and what every request needs', async () => {
    let names: string[] = [];
    await using server = disposableServer((request, response) => {
      names = Object.keys(request.headers).sort();
      response.end();
    });
    await post(await server.url());
    assert.deepEqual(names, ['connection', 'content-length', 'host', 'x-name']);
  });

  it('asks again where the server had ended the connection that was kept', async () => {
    let requests = 0;
    await using server = disposableServer((request, response) => {
      requests += 1;
      // As a server does whose time for idle connections ends while the next request is on its way.
      if (requests === 2) request.socket.destroy();
      else request.resume().on('end', () => response.end());
    });
    const client = createHttpClient();
    const url = await server.url();
    for (let index = 0; index < 2; index++) {
      const again = { url, headers: {}, body: utf8('b'), timeoutMs: 5000, answerBytesMax: 1 };
      const answer = await client.post(again, new AbortController().signal);
      assert.equal(answer.kind, 'answered');
    }
    assert.equal(requests, 3);
  });

  it('ends with the signal', async () => {
    const { url, close } = await listen(0);
    await assert.rejects(post(url, 5000, AbortSignal.abort(new Error('closed'))), /closed/);
    close();
  });
});
