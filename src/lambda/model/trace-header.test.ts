import assert from 'node:assert/strict';
import { test } from 'node:test';

import { newTraceHeader, rootOf, withSampling } from './trace-header.ts';

const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';

test('an event’s trace is the same at each attempt', () => {
  const header = newTraceHeader(ID, 1_480_615_200_123);
  assert.equal(header, 'Root=1-58406520-0f8fad5bd9cb469fa1657086');
  assert.equal(newTraceHeader(ID, 1_480_615_200_999), header);
});

test('a trace without sampling begins with a parent and one', () => {
  assert.equal(withSampling('Root=1-a-b', 'p', false), 'Root=1-a-b;Parent=p;Sampled=0');
  assert.equal(
    withSampling('Root=1-a-b;Lineage=1:00000000:2', 'p', true),
    'Root=1-a-b;Parent=p;Sampled=1;Lineage=1:00000000:2',
  );
  assert.equal(withSampling('Root=1-a-b;Parent=c', 'p', true), 'Root=1-a-b;Sampled=1;Parent=c');
});

test('what the caller decided stays, and so does what is no header', () => {
  const given = 'Root=1-a-b;Parent=c;Sampled=0';
  assert.equal(withSampling(given, 'p', true), given);
  assert.equal(withSampling('hello', 'p', true), 'hello');
});

test('the root goes on alone', () => {
  assert.equal(rootOf('Self=1;Root=1-a-b;Parent=c'), 'Root=1-a-b');
  assert.equal(rootOf('Parent=c'), undefined);
});
