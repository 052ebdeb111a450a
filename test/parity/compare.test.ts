/** The comparison must fail where an answer is not AWS's, and nowhere else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, type Json } from './compare.ts';

type Values = Readonly<Record<string, Json>>;

function paths(recorded: Values, values: Values, more: object = {}): readonly string[] {
  return compare(recorded, { values, ...more }).map(({ path }) => path);
}

const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const OTHER_UUID = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

test('equal answers do not differ', () => {
  const answer = { get: { Name: 'a', Count: 1, Tags: ['x', null], Empty: {} } };
  assert.deepEqual(paths(answer, structuredClone(answer)), []);
});

test('another message, code, status, type or order differs', () => {
  const recorded = { error: { Code: 'A', Message: 'No.', Status: 404, Order: ['a', 'b'] } };
  const seen = { error: { Code: 'B', Message: 'No', Status: '404', Order: ['b', 'a'] } };
  assert.deepEqual(paths(recorded, seen), [
    'error.Code',
    'error.Message',
    'error.Status',
    'error.Order[0]',
    'error.Order[1]',
  ]);
});

test('a missing key, a key too many and an item too many differ', () => {
  const recorded = { get: { A: 1, List: [1] } };
  assert.deepEqual(paths(recorded, { get: { List: [1, 2], B: null }, more: 1 }), [
    'get.A',
    'get.List[1]',
    'get.B',
    'more',
  ]);
});

test('an answer that was not observed differs', () => {
  assert.deepEqual(paths({ get: { A: 1 } }, {}), ['get']);
});

test('a numbered placeholder stands for one value', () => {
  const recorded = { a: { Id: '<id:1>' }, b: { Id: '<id:1>' } };
  assert.deepEqual(paths(recorded, { a: { Id: 'x' }, b: { Id: 'x' } }), []);
  assert.deepEqual(paths(recorded, { a: { Id: 'x' }, b: { Id: 'y' } }), ['b.Id']);
});

test('two placeholders of a name stand for two values', () => {
  const recorded = { a: '<id:1>', b: '<id:2>' };
  assert.deepEqual(paths(recorded, { a: 'x', b: 'y' }), []);
  assert.deepEqual(paths(recorded, { a: 'x', b: 'x' }), ['b']);
});

test('placeholders stand inside texts, and are learnt where they stand alone', () => {
  const recorded = { Arn: 'role<path><name:1>', Again: '<name:1>/<name:1>', Name: '<name:1>' };
  const seen = { Arn: 'role/a/b/c', Again: 'c/c', Name: 'c' };
  assert.deepEqual(paths(recorded, seen), []);
  assert.deepEqual(paths(recorded, { ...seen, Again: 'c/d' }), ['Again']);
  assert.deepEqual(paths(recorded, { ...seen, Arn: 'roles/a/b/d' }), ['Arn']);
});

test('a placeholder matches its kind alone', () => {
  const recorded = { Id: '<uuid:1>', Text: 'Request <uuid:2>.', Size: '<code-size>' };
  assert.deepEqual(paths(recorded, { Id: UUID, Text: `Request ${OTHER_UUID}.`, Size: 7 }), []);
  assert.deepEqual(paths(recorded, { Id: 'x', Text: 'Request x.', Size: null }), [
    'Id',
    'Text',
    'Size',
  ]);
});

test('the Region and the partition are the server’s', () => {
  const recorded = { Arn: 'arn:<partition>:sqs:<region>:1:q' };
  assert.deepEqual(paths(recorded, { Arn: 'arn:aws:sqs:us-east-1:1:q' }), []);
  assert.deepEqual(paths(recorded, { Arn: 'arn:aws:sqs:eu-west-1:1:q' }), ['Arn']);
});

test('what a scenario hides is held to it', () => {
  const recorded = { Message: 'Function not found: <function-name>' };
  const hidden = { 'function-name': 'f' };
  assert.deepEqual(paths(recorded, { Message: 'Function not found: f' }, { hidden }), []);
  assert.deepEqual(paths(recorded, { Message: 'Function not found: g' }, { hidden }), ['Message']);
});

test('times match times', () => {
  const recorded = { A: 'datetime', B: 'at date.', C: '<timestamp:2022-07-13T13:48:01Z>' };
  const seen = { A: { $datetime: 'x' }, B: 'at 2026-01-02T03:04:05.678+0000.' };
  assert.deepEqual(paths(recorded, { ...seen, C: '2026-01-02T03:04:05Z' }), []);
  assert.deepEqual(paths(recorded, { A: 'x', B: 'at noon.', C: '2026-01-02T03:04:05.6Z' }), [
    'A',
    'B',
    'C',
  ]);
});

test('a repeated text matches as often as it is recorded', () => {
  const recorded = { Name: 'my-<a:len(3)>a' };
  assert.deepEqual(paths(recorded, { Name: 'my-aaaa' }), []);
  assert.deepEqual(paths(recorded, { Name: 'my-aaa' }), ['Name']);
});

test('a JSON text is compared with a recorded structure', () => {
  const recorded = { Policy: { Version: '1', Statement: [] } };
  assert.deepEqual(paths(recorded, { Policy: '{"Version":"1","Statement":[]}' }), []);
  assert.deepEqual(paths(recorded, { Policy: '{"Version":"2","Statement":[]}' }), [
    'Policy.Version',
  ]);
  assert.deepEqual(paths(recorded, { Policy: '{' }), ['Policy']);
});

test('of botocore’s metadata the status alone is compared', () => {
  const recorded = { get: { ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: 200 } } };
  const metadata = { RequestId: 'x', HTTPHeaders: { date: 'x' }, HTTPStatusCode: 200 };
  assert.deepEqual(paths(recorded, { get: { ResponseMetadata: metadata } }), []);
  const refused = { get: { ResponseMetadata: { ...metadata, HTTPStatusCode: 400 } } };
  assert.deepEqual(paths(recorded, refused), ['get.ResponseMetadata.HTTPStatusCode']);
});

test('lists without an order match in some order, and only where the scenario says so', () => {
  const recorded = { Items: [{ Id: '<id:1>', Of: '<id:2>' }, { Id: '<id:2>' }], Last: '<id:1>' };
  const seen = { Items: [{ Id: 'b' }, { Id: 'a', Of: 'b' }], Last: 'a' };
  const unordered = ['Items'];
  assert.deepEqual(paths(recorded, seen, { unordered }), []);
  assert.notDeepEqual(paths(recorded, seen), []);
  assert.notDeepEqual(paths(recorded, { ...seen, Last: 'b' }, { unordered }), []);
  assert.deepEqual(
    paths(recorded, { ...seen, Items: [{ Id: 'b' }] }, { unordered }).length > 0,
    true,
  );
});
