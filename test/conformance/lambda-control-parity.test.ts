import assert from 'node:assert/strict';
import { test } from 'node:test';

import { lambda } from '#aws/models/lambda.gen.ts';
import { UNSUPPORTED_OPERATIONS } from '#lambda/control/index.ts';

import { startSources } from '../support/event-sources.ts';

test('every operation of the model is built or listed as unsupported', async () => {
  await using world = await startSources();
  const service = world.services.find(({ model }) => model === lambda);
  const built = new Set(Object.keys(service?.operations ?? {}));
  const missing = lambda
    .operationNames()
    .filter((name) => !built.has(name) && !(name in UNSUPPORTED_OPERATIONS));
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
