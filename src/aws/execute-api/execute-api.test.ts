import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SeededRandom } from '#adapters/simulated/index.ts';
import { streamOfBytes, textOf, utf8 } from '#kernel/bytes.ts';
import type { HttpSurface, RequestHead } from '../operation.ts';
import type { WireResponse } from '../wire.ts';
import { apiAddressOf } from './address.ts';
import {
  domainNameSurface,
  DomainNames,
  executeApiSurface,
  shortId,
  type ApiHost,
} from './index.ts';

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

const ACCOUNT = '111111111111';
const FORBIDDEN = [403, '{"message":"Forbidden"}'];

/** A service that has one API, and a name that leads to it below `/base` and to another's below `/other`. */
function answering(apiId: string, text: string, accountId = ACCOUNT): ApiHost {
  return {
    findApi: async (id, owner = accountId) =>
      id === apiId && owner === accountId
        ? async (_, { path }) => ({ status: 200, headers: {}, body: utf8(`${text} ${path}`) })
        : undefined,
    listDomains: async () => [{ name: `${text}.example.com`, accountId }],
    findMappings: async ({ name }) =>
      name === 'one.example.com' && text === 'one'
        ? [
            { basePath: 'base', apiId, stage: 'dev' },
            { basePath: 'other', apiId: 'c3' },
          ]
        : [],
  };
}

async function answerOf(
  surface: HttpSurface,
  host: string,
  path: string,
): Promise<[number, string]> {
  const response: WireResponse = await surface.handle({
    request: { ...head(host, path), body: streamOfBytes(utf8('')) },
    requestId: 'r',
    signal: new AbortController().signal,
    authenticate: async () => undefined,
  });
  assert.ok(response.body instanceof Uint8Array);
  return [response.status, textOf(response.body)];
}

describe('the surface of APIs', () => {
  const surface = executeApiSurface([answering('a1', 'one'), answering('b2', 'two')]);

  test('asks the service that has the API', async () => {
    assert.deepEqual(await answerOf(surface, 'a1.execute-api.localhost', '/x'), [200, 'one /x']);
    assert.deepEqual(await answerOf(surface, 'b2.execute-api.localhost', '/x'), [200, 'two /x']);
  });

  test('forbids what no service has', async () => {
    assert.deepEqual(await answerOf(surface, 'c3.execute-api.localhost', '/x'), FORBIDDEN);
  });
});

describe('the surface of names of users’ own', () => {
  const hosts = [
    answering('a1', 'one'),
    answering('b2', 'two'),
    answering('c3', 'three', '222222222222'),
    answering('d4', 'one', '222222222222'),
  ];
  const warned: unknown[] = [];
  const surface = domainNameSurface(hosts, new DomainNames(() => 'http://localhost:4566'), {
    warn: (_, fields) => void warned.push(fields),
  });

  test('asks where a name leads, once it has read which there are', async () => {
    assert.equal(surface.match(head('one.example.com', '/base/x')), false);
    await surface.open?.();
    assert.equal(surface.match(head('one.example.com', '/base/x')), true);
    assert.deepEqual(await answerOf(surface, 'one.example.com', '/base/x'), [200, 'one /x']);
    for (const host of ['one.example.com', 'two.example.com']) {
      assert.deepEqual(await answerOf(surface, host, '/x'), FORBIDDEN);
    }
  });

  test('forbids another account’s API, wherever a mapping leads', async () => {
    assert.deepEqual(await answerOf(surface, 'one.example.com', '/other/x'), FORBIDDEN);
  });

  test('warns of names that two accounts have', () => {
    assert.deepEqual(warned, [{ name: 'one.example.com', accountId: '222222222222' }]);
  });
});

test('ids are of lower-case letters and digits, and begin with a letter', () => {
  const random = new SeededRandom(1);
  for (let turn = 0; turn < 200; turn += 1) assert.match(shortId(random, 10), /^[a-z][a-z0-9]{9}$/);
});
