import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { mapRequest, mapResponse } from './map-parameters.ts';
import { valueOf, type Scope } from './variables.ts';

const SCOPE: Scope = {
  visit: {
    owned: {
      accountId: '1',
      region: 'r',
      apiId: 'a',
      api: { Name: 'a', ProtocolType: 'HTTP', RouteSelectionExpression: '' },
    },
    stage: { StageName: '$default', StageVariables: { color: 'red' } },
    snapshot: { routes: [], integrations: [], authorizers: [] },
    match: { route: { RouteKey: 'GET /{id}' }, pathParameters: { id: '7' } },
    head: {
      method: 'GET',
      path: '/7',
      query: new URLSearchParams('q=1&q=2'),
      headers: { 'x-a': 'b' },
      sourceIp: '127.0.0.1',
    },
    path: '/7',
    requestId: 'request',
    invocationId: 'invocation',
    traceHeader: '',
    nowMs: 0,
    signal: new AbortController().signal,
  },
  body: utf8('{"list":[{"x":1}],"text":"t"}'),
};

test('an expression is one value, and others stand in texts', () => {
  const values: readonly (readonly [string, string | undefined])[] = [
    ['$request.header.X-A', 'b'],
    ['$request.header.none', undefined],
    ['$request.querystring.q', '1,2'],
    ['$request.path', '/7'],
    ['$request.path.id', '7'],
    ['$request.body.text', 't'],
    ['$request.body.list[0].x', '1'],
    ['$request.body.list[1].x', undefined],
    ['$stageVariables.color', 'red'],
    ['$context.routeKey', 'GET /{id}'],
    ['a ${request.path.id} ${request.header.none}!', 'a 7 !'],
    ['plain', 'plain'],
  ];
  for (const [text, value] of values) assert.equal(valueOf(text, SCOPE), value, text);
});

test('requests are rewritten: added to, overwritten and taken from', () => {
  const { head, path } = mapRequest(
    {
      'append:header.X-A': 'c',
      'overwrite:header.x-b': '$request.path.id',
      'remove:querystring.q': '',
      'append:querystring.p': 'a b',
      'overwrite:path': '/new/${request.path.id}',
    },
    SCOPE,
  );
  assert.deepEqual(head.headers, { 'x-a': 'b,c', 'x-b': '7' });
  assert.deepEqual([head.rawQuery, path], ['p=a+b', '/new/7']);
});

test('answers are rewritten by their status', () => {
  const response = { status: 200, headers: { 'x-a': 'b' }, body: EMPTY_BYTES };
  const mappings = { 200: { 'overwrite:statuscode': '404', 'remove:header.x-a': '' } };
  assert.deepEqual(mapResponse(mappings, response, SCOPE), {
    ...response,
    status: 404,
    headers: {},
  });
  const other = { ...response, status: 201 };
  assert.deepEqual(mapResponse(mappings, other, SCOPE), other);
  const wrong = { 200: { 'overwrite:statuscode': 'many' } };
  assert.equal(mapResponse(wrong, response, SCOPE).status, 200);
});
