import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ApiContent, ResourceRecord } from '../model.ts';
import { findMethod } from './visit.ts';

function resource(
  id: string,
  parentId: string,
  pathPart: string,
  ...names: string[]
): ResourceRecord {
  return { id, parentId, pathPart, methods: Object.fromEntries(names.map((name) => [name, {}])) };
}

const RESOURCES = [
  { id: 'root', methods: { GET: {} } },
  resource('test', 'root', 'test', 'POST'),
  resource('any', 'test', 'any', 'ANY'),
  resource('proxy', 'root', '{proxy+}', 'OPTIONS', 'GET'),
  resource('pet', 'test', '{id}', 'GET'),
];

const CONTENT: ApiContent = {
  api: {},
  resources: Object.fromEntries(RESOURCES.map((one) => [one.id, one])),
  models: {},
  validators: {},
  authorizers: {},
  gatewayResponses: {},
};

it('finds names before variables, those before greedy ones, and passes over resources without the method', () => {
  const cases: readonly (readonly [string, string, string | undefined, object?])[] = [
    ['GET', '/', 'root'],
    ['POST', '/test', 'test'],
    ['POST', '/test/', 'test'],
    ['OPTIONS', '/test', 'proxy', { proxy: 'test' }],
    ['DELETE', '/test/any', 'any'],
    ['GET', '/test/7%20a', 'pet', { id: '7 a' }],
    ['GET', '/a//b', 'proxy', { proxy: 'a//b' }],
    ['DELETE', '/other', undefined],
  ];
  for (const [method, path, id, parameters = {}] of cases) {
    const found = findMethod(CONTENT, path, method);
    assert.equal(found?.resource.id, id, `${method} ${path}`);
    if (found !== undefined) assert.deepEqual(found.pathParameters, parameters);
  }
});
