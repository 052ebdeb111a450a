import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SeededRandom } from '#adapters/simulated/index.ts';
import { streamOfBytes, textOf, utf8 } from '#kernel/bytes.ts';
import type { RequestHead } from '../operation.ts';
import type { WireResponse } from '../wire.ts';
import { apiAddressOf } from './address.ts';
import { DomainNames, executeApiSurface, shortId, type ApiHost } from './index.ts';

function head(host: string, path: string): RequestHead {
  const query = new URLSearchParams();
  return { method: 'GET', path, query, headers: { host }, sourceIp: '127.0.0.1' };
}

describe('the API that a request names', () => {
  test('is in its host, with a Region or without, whatever follows', () => {
    for (const rest of [
      'localhost',
      'localhost:4566',
      'eu-west-1.localhost:4566',
      'r.hearth.dev',
    ]) {
      assert.deepEqual(apiAddressOf(head(`AB12cd.execute-api.${rest}`, '/prod/x')), {
        apiId: 'ab12cd',
        form: 'host',
        path: '/prod/x',
      });
    }
  });

  test('is in its path of any other host', () => {
    const pathOf = (path: string) => apiAddressOf(head('localhost:4566', path));
    assert.deepEqual(pathOf('/_aws/execute-api/a1/prod/x%2Fy'), {
      apiId: 'a1',
      form: 'path',
      path: '/prod/x%2Fy',
    });
    assert.equal(pathOf('/_aws/execute-api/a1')?.path, '/');
    assert.equal(pathOf('/_aws/execute-api/a1/')?.path, '/');
  });

  test('is none of other hosts and paths', () => {
    for (const host of ['localhost', 'execute-api.localhost', 'a.b.execute-api.localhost']) {
      assert.equal(apiAddressOf(head(host, '/_aws/execute-api')), undefined);
    }
  });
});

describe('the surface of APIs', () => {
  const answering = (apiId: string, text: string): ApiHost => ({
    findApi: async (id) =>
      id === apiId
        ? async (_, { path }) => ({ status: 200, headers: {}, body: utf8(`${text} ${path}`) })
        : undefined,
    listDomains: async () => [{ name: `${text}.example.com`, accountId: '111111111111' }],
    findMappings: async ({ name }) =>
      name === 'one.example.com' ? [{ basePath: 'base', apiId, stage: 'dev' }] : [],
  });
  const surface = executeApiSurface(
    [answering('a1', 'one'), answering('b2', 'two')],
    new DomainNames(() => 'http://localhost:4566'),
  );
  const ask = async (host: string, path = '/x'): Promise<[number, string]> => {
    const response: WireResponse = await surface.handle({
      request: { ...head(host, path), body: streamOfBytes(utf8('')) },
      requestId: 'r',
      signal: new AbortController().signal,
      authenticate: async () => undefined,
    });
    assert.ok(response.body instanceof Uint8Array);
    return [response.status, textOf(response.body)];
  };

  test('asks the service that has the API', async () => {
    assert.deepEqual(await ask('a1.execute-api.localhost'), [200, 'one /x']);
    assert.deepEqual(await ask('b2.execute-api.localhost'), [200, 'two /x']);
  });

  test('asks where a name of a user’s own leads, once it has read which there are', async () => {
    assert.equal(surface.match(head('one.example.com', '/base/x')), false);
    await surface.open?.();
    assert.equal(surface.match(head('one.example.com', '/base/x')), true);
    assert.deepEqual(await ask('one.example.com', '/base/x'), [200, 'one /x']);
    for (const host of ['one.example.com', 'two.example.com']) {
      assert.deepEqual(await ask(host), [403, '{"message":"Forbidden"}']);
    }
  });

  test('forbids what no service has', async () => {
    assert.deepEqual(await ask('c3.execute-api.localhost'), [403, '{"message":"Forbidden"}']);
  });
});

test('ids are of lower-case letters and digits, and begin with a letter', () => {
  const random = new SeededRandom(1);
  for (let turn = 0; turn < 200; turn += 1) assert.match(shortId(random, 10), /^[a-z][a-z0-9]{9}$/);
});
