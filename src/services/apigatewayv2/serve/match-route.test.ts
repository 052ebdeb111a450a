import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { matchRoute } from './match-route.ts';

function matched(keys: readonly string[], method: string, path: string) {
  const match = matchRoute(
    keys.map((RouteKey) => ({ RouteKey })),
    method,
    path,
  );
  return match && [match.route.RouteKey, match.pathParameters];
}

const KEYS = [
  '$default',
  'ANY /{proxy+}',
  'GET /pets/{proxy+}',
  'GET /pets/dog/{id}',
  'GET /pets/dog/1',
];

test('the most specific route wins, whatever their order', () => {
  for (const keys of [KEYS, KEYS.toReversed()]) {
    assert.deepEqual(matched(keys, 'GET', '/pets/dog/1'), ['GET /pets/dog/1', undefined]);
    assert.deepEqual(matched(keys, 'GET', '/pets/dog/2'), ['GET /pets/dog/{id}', { id: '2' }]);
    assert.deepEqual(matched(keys, 'GET', '/pets/cat/1'), [
      'GET /pets/{proxy+}',
      { proxy: 'cat/1' },
    ]);
    assert.deepEqual(matched(keys, 'POST', '/test/5'), ['ANY /{proxy+}', { proxy: 'test/5' }]);
    assert.deepEqual(matched(keys, 'GET', '/'), ['$default', undefined]);
  }
});

test('a method goes before ANY, a path before a method', () => {
  assert.deepEqual(matched(['ANY /a', 'GET /a'], 'GET', '/a'), ['GET /a', undefined]);
  assert.deepEqual(matched(['ANY /a', 'GET /a'], 'PUT', '/a'), ['ANY /a', undefined]);
  assert.deepEqual(matched(['ANY /a', 'GET /{b}'], 'GET', '/a'), ['ANY /a', undefined]);
  assert.deepEqual(matched(['GET /{a}/b', 'GET /x/{c}'], 'GET', '/x/b'), [
    'GET /x/{c}',
    { c: 'b' },
  ]);
});

test('a variable takes one segment that is not empty', () => {
  assert.equal(matched(['GET /a/{id}'], 'GET', '/a/'), undefined);
  assert.equal(matched(['GET /a/{id}'], 'GET', '/a'), undefined);
  assert.equal(matched(['GET /a/{id}'], 'GET', '/a/b/c'), undefined);
  assert.equal(matched(['GET /a'], 'GET', '/a/'), undefined);
  assert.equal(matched(['GET /a'], 'POST', '/a'), undefined);
  assert.deepEqual(matched(['GET /'], 'GET', '/'), ['GET /', undefined]);
});

test('a match says by its variables what was asked', () => {
  const segment = fc.stringMatching(/^[a-z]{1,3}$/);
  fc.assert(
    fc.property(fc.array(segment, { minLength: 2, maxLength: 4 }), (segments) => {
      const [first = '', ...rest] = segments;
      const match = matched(['GET /{first}/{rest+}'], 'GET', `/${segments.join('/')}`);
      assert.deepEqual(match?.[1], { first, rest: rest.join('/') });
    }),
    { numRuns: 200 },
  );
});
