import assert from 'node:assert/strict';
import { test } from 'node:test';

import { lambda } from '#aws/models/lambda.gen.ts';
import { UNSUPPORTED_OPERATIONS } from '#lambda/control/index.ts';

import { startWorld } from './lambda-control-harness.ts';

test('every operation of the model is built, listed as unsupported, or of event source mappings', async () => {
  await using world = await startWorld();
  const built = new Set(Object.keys(world.control.service.operations));
  const missing = lambda
    .operationNames()
    .filter((name) => !built.has(name) && !(name in UNSUPPORTED_OPERATIONS))
    .filter((name) => !name.includes('EventSourceMapping'));
  assert.deepEqual(missing, []);
  assert.deepEqual(
    Object.keys(UNSUPPORTED_OPERATIONS).filter((name) => built.has(name)),
    [],
  );
  const known = new Set(lambda.operationNames());
  assert.deepEqual(
    [...built].filter((name) => !known.has(name)),
    [],
  );
});
