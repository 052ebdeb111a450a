/** A moved clock goes on while batches wait for durable executions, and stops for all else that is in hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { durableExecution } from '../../../test/support/durable-execution.ts';
import {
  createStreamedTable,
  startSources,
  type SourcesWorld,
} from '../../../test/support/event-sources.ts';
import type { Execution } from '../durable/model.ts';
import { saveExecution } from '../durable/store.ts';

const NOW = 0;
const MINUTE_MS = 60_000;

/** The execution that an invocation of this request waits for. */
function saved(world: SourcesWorld, name: string, status: Execution['status']): Promise<void> {
  const execution = durableExecution({ id: `of-${name}`, name, status });
  return world.database.transact((tx) => saveExecution(tx, execution, undefined));
}

/** Lets functions begin executions, whose names it tells, until each is ended. */
function durable(world: SourcesWorld) {
  const names: string[] = [];
  const ends: (() => void)[] = [];
  world.script = async (_, { requestId }) => {
    const end = Promise.withResolvers<void>();
    ends.push(end.resolve);
    names.push(requestId);
    await end.promise;
    return { returns: null };
  };
  return { names, end: (at: number) => ends[at]?.() };
}

test('a batch of a queue is waited for but while its execution is under way', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '60' });
  const { names, end } = durable(world);
  world.start();
  await world.map({ EventSourceArn: queue.arn });
  await queue.send('m');
  await world.quiet();
  const [name = ''] = names;
  assert.equal(await world.agenda(), NOW);
  await saved(world, name, 'RUNNING');
  assert.equal(await world.agenda(), world.clock.now() + MINUTE_MS);
  await saved(world, name, 'SUCCEEDED');
  assert.equal(await world.agenda(), NOW);
  end(0);
  await world.quiet();
  assert.equal(await world.agenda(), undefined);
  assert.equal(await queue.count(), 0);
});

test('messages for which a mapping has no room wait until it has', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '60' });
  const { names } = durable(world);
  world.start();
  const ScalingConfig = { MaximumConcurrency: 2 };
  await world.map({ EventSourceArn: queue.arn, BatchSize: 1, ScalingConfig });
  for (const body of ['1', '2', '3']) await queue.send(body);
  await world.quiet();
  for (const name of names) await saved(world, name, 'RUNNING');
  assert.equal(names.length, 2);
  assert.equal(await world.agenda(), undefined);
});

test('a mapping that grows takes the next batch at its time', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '60' });
  const { names } = durable(world);
  world.start();
  await world.map({ EventSourceArn: queue.arn, BatchSize: 1 });
  for (const body of ['1', '2', '3', '4', '5', '6']) await queue.send(body);
  await world.quiet();
  for (const name of names) await saved(world, name, 'RUNNING');
  assert.equal(names.length, 5);
  const nextMs = (await world.agenda()) ?? Infinity;
  assert.ok(nextMs > world.clock.now());
  await world.pass(nextMs - world.clock.now());
  assert.equal(names.length, 6);
});

test('a batch of a stream is waited for but while its execution is under way', async () => {
  await using world = await startSources();
  const EventSourceArn = await createStreamedTable(world, 'KEYS_ONLY');
  await world.pass(10_000);
  const { names, end } = durable(world);
  world.start();
  await world.map({ EventSourceArn, StartingPosition: 'LATEST' });
  await world.quiet();
  await world.dynamodb('PutItem', { TableName: 'things', Item: { id: { S: 'a' } } });
  await world.quiet();
  const [name = ''] = names;
  assert.equal(await world.agenda(), NOW);
  await saved(world, name, 'RUNNING');
  assert.equal(await world.agenda(), undefined);
  await saved(world, name, 'SUCCEEDED');
  assert.equal(await world.agenda(), NOW);
  end(0);
  await world.quiet();
  assert.equal(await world.agenda(), undefined);
});
