/** What becomes of what waits when its queue, its stream or its function is gone, or fails for long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '#kernel/units.ts';
import {
  createStreamedTable,
  startSources,
  type SourcesWorld,
} from '../../../test/support/event-sources.ts';

async function deleteFunction(world: SourcesWorld): Promise<void> {
  await world.database.transact(async (tx) => {
    await tx.run("DELETE FROM lambda_functions WHERE function_name = 'f'");
    await tx.run("DELETE FROM lambda_versions WHERE function_name = 'f'");
  });
}

const bodiesOf = ({ events }: SourcesWorld): string[] =>
  events.flatMap(({ Records }) => Records.map(({ body }) => String(body)));
const sorted = (texts: readonly string[]): string[] => texts.toSorted((a, b) => (a < b ? -1 : 1));

test('messages wait for a function that was deleted, and the next of its name gets each once', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '30' });
  await deleteFunction(world);
  world.start();
  await world.addFunction('f');
  await world.map({ EventSourceArn: queue.arn });
  await deleteFunction(world);
  const sent = Array.from({ length: 25 }, (_, n) => `m${n}`);
  for (const body of sent) await queue.send(body);
  await world.pass(60 * MINUTE_MS);
  assert.deepEqual([world.events.length, await queue.count()], [0, 25]);
  await world.addFunction('f');
  await world.pass(MINUTE_MS);
  assert.deepEqual(sorted(bodiesOf(world)), sorted(sent));
  assert.equal(await queue.count(), 0);
});

test('a mapping outlives its queue, and polls the next of its name', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q');
  world.start();
  const uuid = await world.map({ EventSourceArn: queue.arn });
  await queue.send('lost with its queue');
  world.script = async () => {
    await world.sqs('DeleteQueue', { QueueUrl: 'http://localhost/000000000000/q' });
    return { returns: null };
  };
  await world.pass(10 * MINUTE_MS);
  world.script = () => ({ returns: null });
  const next = await world.createQueue('q');
  await next.send('m');
  await world.pass(2 * MINUTE_MS);
  assert.deepEqual(bodiesOf(world), ['lost with its queue', 'm']);
  const { State } = await world.lambda('GetEventSourceMapping', { UUID: uuid });
  assert.equal(State, 'Enabled');
});

test('a mapping whose table is deleted tells so, and stops nobody else', async () => {
  await using world = await startSources();
  const EventSourceArn = await createStreamedTable(world, 'KEYS_ONLY');
  const queue = await world.createQueue('q');
  await world.pass(1000);
  world.start();
  const uuid = await world.map({ EventSourceArn, StartingPosition: 'TRIM_HORIZON' });
  await world.map({ EventSourceArn: queue.arn });
  world.script = ({ Records }) =>
    Records.some(({ dynamodb }) => dynamodb !== undefined) ? { fails: 'no' } : { returns: null };
  await world.dynamodb('PutItem', { TableName: 'things', Item: { id: { S: 'a' } } });
  await world.pass(1000);
  await world.dynamodb('DeleteTable', { TableName: 'things' });
  await world.pass(2 * 60 * MINUTE_MS);
  await queue.send('m');
  await world.pass(1000);
  assert.ok(bodiesOf(world).includes('m'));
  const { LastProcessingResult } = await world.lambda('GetEventSourceMapping', { UUID: uuid });
  assert.match(LastProcessingResult ?? '', /^PROBLEM: /);
});

test('a function that fails for an hour and recovers gets each message, and none is lost', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '30' });
  world.script = () => ({ fails: 'the database is down' });
  world.start();
  await world.map({ EventSourceArn: queue.arn, BatchSize: 1 });
  for (const body of ['a', 'b', 'c']) await queue.send(body);
  await world.pass(60 * MINUTE_MS);
  const tries = world.events.length;
  assert.ok(tries >= 300 && tries <= 363, `${tries} tries`);
  world.script = () => ({ returns: null });
  await world.pass(MINUTE_MS);
  assert.deepEqual(sorted(bodiesOf(world).slice(tries)), ['a', 'b', 'c']);
  assert.equal(await queue.count(), 0);
});

test('a dead-letter queue that is deleted keeps poison where it is, until there is one again', async () => {
  await using world = await startSources();
  const dead = await world.createQueue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 });
  const queue = await world.createQueue('q', { VisibilityTimeout: '30', RedrivePolicy });
  await world.sqs('DeleteQueue', { QueueUrl: 'http://localhost/000000000000/dead' });
  world.script = () => ({ fails: 'poison' });
  world.start();
  await world.map({ EventSourceArn: queue.arn });
  await queue.send('poison');
  await world.pass(10 * MINUTE_MS);
  assert.equal(await queue.count(), 1);
  const next = await world.createQueue('dead');
  await world.pass(2 * MINUTE_MS);
  assert.deepEqual([await queue.count(), await next.count()], [0, 1]);
});
