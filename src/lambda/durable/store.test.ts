import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openDatabase } from '#adapters/sqlite/index.ts';
import type { Event } from '#aws/models/lambda.types.gen.ts';

import { durableExecution } from '../../../test/support/durable-execution.ts';
import { LAMBDA_SCHEMA } from '../store-schema.ts';
import { listExecutions, saveExecution } from './store.ts';
import { addEvent, eventsOf, saveOperation, standingsOf } from './store-operations.ts';

test('a list of executions does not bring their results into memory', async () => {
  await using database = await openDatabase({ path: ':memory:' });
  await database.migrate(LAMBDA_SCHEMA);
  const ended = durableExecution({ endedAtMs: 2, outcome: { result: 'large' } });
  await database.transact((tx) => saveExecution(tx, ended, undefined));
  const listing = { functionName: 'f', after: [], isOldestFirst: false, limit: 1000 };
  const [listed] = await database.read((queries) => listExecutions(queries, ended, listing));
  assert.deepEqual([listed?.id, listed?.endedAtMs, listed?.outcome], ['i', 2, undefined]);
});

test('of a history no more comes into memory than a page has room for', async () => {
  await using database = await openDatabase({ path: ':memory:' });
  await database.migrate(LAMBDA_SCHEMA);
  const Name = 'x'.repeat(1000);
  await database.transact(async (tx) => {
    for (let EventId = 1; EventId <= 100; EventId += 1) await addEvent(tx, 'i', { Name, EventId });
  });
  const whole = (event: Event): Event => event;
  const numbersOf = async (isNewestFirst: boolean, keep = whole): Promise<unknown[]> => {
    const page = { isNewestFirst, limit: 90, keep, bytesMax: 3500 };
    const events = await database.read((queries) => eventsOf(queries, 'i', page));
    return events.map(({ EventId }) => EventId);
  };
  assert.deepEqual((await numbersOf(false)).slice(0, 4), [1, 2, 3, 4]);
  assert.deepEqual((await numbersOf(true)).slice(0, 4), [100, 99, 98, 97]);
  assert.equal((await numbersOf(false)).length, 8);
  assert.equal((await numbersOf(false, ({ EventId = 0 }) => ({ EventId }))).length, 90);
});

for (const [Type, Status, isReady, isWaiting] of [
  ['EXECUTION', 'STARTED', false, false],
  ['CONTEXT', 'STARTED', false, false],
  ['STEP', 'STARTED', false, false],
  ['STEP', 'PENDING', false, true],
  ['STEP', 'READY', true, false],
  ['WAIT', 'STARTED', false, true],
  ['CALLBACK', 'STARTED', false, true],
  ['CHAINED_INVOKE', 'STARTED', false, true],
  ['CHAINED_INVOKE', 'FAILED', false, false],
] as const) {
  test(`what waits for what is known without what functions stored: ${Type} ${Status}`, async () => {
    await using database = await openDatabase({ path: ':memory:' });
    await database.migrate(LAMBDA_SCHEMA);
    const save = (status: string): Promise<void> =>
      database.transact((tx) => {
        const operation = { Id: 'o', Type, Status: status, StartTimestamp: 0 };
        const stored = { order: 1, changed: 1, isClaimed: false, operation, more: {} };
        return saveOperation(tx, 'i', stored);
      });
    await save(Status);
    const standings = () => database.read((queries) => standingsOf(queries, 'i'));
    assert.deepEqual(await standings(), { isReady, isWaiting });
    await save('SUCCEEDED');
    assert.deepEqual(await standings(), { isReady: false, isWaiting: false });
  });
}
