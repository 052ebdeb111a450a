import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestContext } from './operation.ts';
import { operationsLater } from './operations-later.ts';

const CONTEXT = { requestId: 'r' } as RequestContext;

test('nothing is loaded before the first operation is asked for, and then once', async () => {
  let loads = 0;
  const operations = operationsLater(['Get', 'Put'], async () => {
    loads += 1;
    return {
      Get: async ({ requestId }: RequestContext) => requestId,
      Put: async () => 'put',
    };
  });
  assert.deepEqual(Object.keys(operations), ['Get', 'Put']);
  assert.equal(loads, 0);
  const { Get, Put } = operations;
  const input = {} as never;
  const answers = await Promise.all([Get?.(CONTEXT, input), Put?.(CONTEXT, input)]);
  assert.deepEqual(answers, ['r', 'put']);
  assert.equal(await Put?.(CONTEXT, input), 'put');
  assert.equal(loads, 1);
});
