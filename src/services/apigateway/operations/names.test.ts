import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { storedOperations } from './index.ts';
import { STORED_OPERATION_NAMES } from './names.ts';

test('the names are those of the operations that are made', () => {
  // They are made of dependencies that none of them asks before it is called.
  const made = Object.keys(storedOperations({} as ApiGatewayDependencies));
  assert.deepEqual([...STORED_OPERATION_NAMES].sort(), made.sort());
});
