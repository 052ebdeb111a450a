import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startSources, type FunctionEvent } from '../../../../test/support/event-sources.ts';

function bodies(events: readonly FunctionEvent[]): unknown[][] {
  return events.map(({ Records }) => Records.map((record) => record['body']));
}

test('a message reaches its function without time passing, and is deleted then', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q');
  world.start();
  await world.map({ EventSourceArn: queue.arn });
  await world.quiet();
  const sentAtMs = world.clock.now();
  await queue.send('hello');
  await world.quiet();
  assert.equal(world.clock.now(), sentAtMs);
  assert.deepEqual(bodies(world.events), [['hello']]);
  const [record] = world.events[0]?.Records ?? [];
  assert.equal(record?.['eventSource'], 'aws:sqs');
  assert.equal(record?.['eventSourceARN'], queue.arn);
  assert.equal(await queue.count(), 0);
});

test('a failed message is given again after the visibility timeout, and not before', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '30' });
  let tries = 0;
  world.script = () => ((tries += 1) === 1 ? { fails: 'oops' } : { returns: null });
  world.start();
  await world.map({ EventSourceArn: queue.arn });
  await queue.send('m');
  await world.pass(29_000);
  assert.equal(tries, 1);
  await world.pass(2000);
  assert.equal(tries, 2);
  assert.equal(await queue.count(), 0);
});

test('a throttled message is visible again and tried with growing waits', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '3600' });
  const triedAtMs: number[] = [];
  world.script = () => {
    triedAtMs.push(world.clock.now());
    return triedAtMs.length < 5 ? { throttles: true } : { returns: null };
  };
  world.start();
  await world.map({ EventSourceArn: queue.arn });
  await queue.send('m');
  await world.pass(10_000);
  const waits = triedAtMs.slice(1).map((atMs, index) => atMs - (triedAtMs[index] ?? 0));
  assert.deepEqual(waits, [100, 200, 400, 800]);
  assert.equal(await queue.count(), 0);
});

test('only the reported items of a batch are given again', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '10' });
  for (const body of ['a', 'b', 'c']) await queue.send(body);
  world.script = ({ Records }) => ({
    returns: {
      batchItemFailures: Records.filter(
        ({ body }) => body === 'b' && world.events.length === 1,
      ).map(({ messageId }) => ({ itemIdentifier: messageId })),
    },
  });
  world.start();
  await world.map({
    EventSourceArn: queue.arn,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  await world.pass(11_000);
  assert.deepEqual(bodies(world.events), [['a', 'b', 'c'], ['b']]);
  assert.equal(await queue.count(), 0);
});

test('an answer that makes no sense fails the whole batch, to the dead-letter queue in the end', async () => {
  await using world = await startSources();
  const dead = await world.createQueue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 });
  const queue = await world.createQueue('q', { VisibilityTimeout: '3', RedrivePolicy });
  await queue.send('a');
  await queue.send('b');
  world.script = () => ({ returns: { batchItemFailures: [{ itemIdentifier: '' }] } });
  world.start();
  await world.map({
    EventSourceArn: queue.arn,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  await world.pass(20_000);
  assert.equal(world.events.length, 2);
  assert.equal(await queue.count(), 0);
  assert.equal(await dead.count(), 2);
});

test('a window gathers a batch, which goes at once when it is full', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q');
  world.start();
  await world.map({
    EventSourceArn: queue.arn,
    BatchSize: 3,
    MaximumBatchingWindowInSeconds: 20,
  });
  await world.quiet();
  await queue.send('1');
  await world.pass(19_000);
  assert.equal(world.events.length, 0);
  await world.pass(1000);
  assert.deepEqual(bodies(world.events), [['1']]);
  for (const body of ['2', '3', '4']) await queue.send(body);
  await world.quiet();
  assert.deepEqual(bodies(world.events), [['1'], ['2', '3', '4']]);
});

test('messages that no filter lets through are deleted, and the function does not see them', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q');
  const Pattern = JSON.stringify({ body: { kind: [{ prefix: 'a' }] } });
  world.start();
  await world.map({
    EventSourceArn: queue.arn,
    FilterCriteria: { Filters: [{ Pattern }] },
    MetricsConfig: { Metrics: ['EventCount'] },
  });
  for (const body of ['{"kind":"b"}', 'plain', '{"kind":"abc"}']) await queue.send(body);
  await world.pass(1000);
  assert.deepEqual(bodies(world.events).flat(), ['{"kind":"abc"}']);
  assert.equal(await queue.count(), 0);
  const filtered = world.metrics.filter(({ name }) => name === 'FilteredOutEventCount');
  assert.equal(
    filtered.reduce((sum, { value }) => sum + value, 0),
    2,
  );
});

test('five batches run at first, and 300 more each minute while the queue is full', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '3600' });
  for (let message = 0; message < 30; message += 1) await queue.send(`${message}`);
  world.script = () => new Promise(() => undefined);
  world.start();
  await world.map({ EventSourceArn: queue.arn, BatchSize: 1 });
  await world.quiet();
  assert.equal(world.events.length, 5);
  await world.pass(199);
  assert.equal(world.events.length, 5);
  await world.pass(1);
  assert.equal(world.events.length, 6);
  await world.pass(800);
  assert.equal(world.events.length, 10);
});

test('MaximumConcurrency holds, and a slow batch does not stall the others', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '3600' });
  for (let message = 0; message < 20; message += 1) await queue.send(`${message}`);
  let running = 0;
  let most = 0;
  world.script = async ({ Records }) => {
    running += 1;
    most = Math.max(most, running);
    await world.clock.sleep(Records[0]?.['body'] === '0' ? 600_000 : 10);
    running -= 1;
    return { returns: null };
  };
  world.start();
  await world.map({
    EventSourceArn: queue.arn,
    BatchSize: 1,
    ScalingConfig: { MaximumConcurrency: 2 },
  });
  await world.pass(1000);
  assert.equal(most, 2);
  assert.equal(await queue.count(), 1);
});

test('a payload stays below 6 MB', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { MaximumMessageSize: '1048576' });
  for (let message = 0; message < 7; message += 1) await queue.send('x'.repeat(1_000_000));
  world.start();
  await world.map({ EventSourceArn: queue.arn });
  await world.quiet();
  assert.deepEqual(
    world.events.map(({ Records }) => Records.length),
    [6, 1],
  );
});

test('a FIFO queue keeps the order of its groups, also behind a failure', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q.fifo', {
    FifoQueue: 'true',
    ContentBasedDeduplication: 'true',
    VisibilityTimeout: '10',
  });
  let isBroken = true;
  const handled: unknown[] = [];
  world.script = ({ Records }) => {
    if (isBroken && Records.some(({ body }) => body === 'a1')) {
      isBroken = false;
      return { fails: 'once' };
    }
    handled.push(...Records.map(({ body }) => body));
    return { returns: null };
  };
  for (const body of ['a1', 'a2', 'b1', 'a3', 'b2']) {
    await queue.send(body, { MessageGroupId: body.slice(0, 1) });
  }
  world.start();
  await world.map({ EventSourceArn: queue.arn, BatchSize: 1 });
  await world.pass(11_000);
  const inGroup = (group: string) => handled.filter((body) => String(body).startsWith(group));
  assert.deepEqual(inGroup('a'), ['a1', 'a2', 'a3']);
  assert.deepEqual(inGroup('b'), ['b1', 'b2']);
  assert.deepEqual(handled.slice(0, 2), ['b1', 'b2']);
});

test('a disabled mapping takes nothing, and goes on once it is enabled', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q');
  world.start();
  const UUID = await world.map({ EventSourceArn: queue.arn });
  await world.quiet();
  await world.lambda('UpdateEventSourceMapping', { UUID, Enabled: false });
  await world.quiet();
  await queue.send('m');
  await world.pass(60_000);
  assert.equal(world.events.length, 0);
  await world.lambda('UpdateEventSourceMapping', { UUID, Enabled: true });
  await world.quiet();
  assert.equal(world.events.length, 1);
});

test('a changed filter holds for the next message', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q');
  world.start();
  const UUID = await world.map({ EventSourceArn: queue.arn });
  await world.pass(1000);
  const Pattern = JSON.stringify({ body: ['wanted'] });
  await world.lambda('UpdateEventSourceMapping', {
    UUID,
    FilterCriteria: { Filters: [{ Pattern }] },
  });
  await world.quiet();
  await queue.send('unwanted');
  await queue.send('wanted');
  await world.pass(1000);
  assert.deepEqual(bodies(world.events), [['wanted']]);
});

test('a deleted mapping is shown as being deleted, then gone, and takes nothing more', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q');
  world.start();
  const UUID = await world.map({ EventSourceArn: queue.arn });
  await world.quiet();
  const deleted = await world.lambda('DeleteEventSourceMapping', { UUID });
  assert.equal(deleted.State, 'Deleting');
  await world.quiet();
  await queue.send('m');
  await world.pass(1000);
  assert.equal(world.events.length, 0);
  await assert.rejects(world.lambda('GetEventSourceMapping', { UUID }), {
    code: 'ResourceNotFoundException',
  });
  const rows = await world.database.read((queries) =>
    queries.all('SELECT * FROM lambda_event_source_mappings'),
  );
  assert.deepEqual(rows, []);
});

test('what a crash interrupted is handled again after the visibility timeout', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '30' });
  world.script = () => new Promise(() => undefined);
  world.start();
  await world.map({ EventSourceArn: queue.arn });
  await queue.send('m');
  await world.quiet();
  assert.equal(world.events.length, 1);
  await world.crash();
  world.script = () => ({ returns: null });
  world.start();
  await world.pass(31_000);
  assert.equal(world.events.length, 2);
  assert.equal(await queue.count(), 0);
});

test('an idle mapping does nothing but wait', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q');
  world.start();
  await world.map({ EventSourceArn: queue.arn });
  await world.pass(1000);
  let timers = 0;
  const endMs = world.clock.now() + 60_000;
  for (let at = world.clock.nextTimerAt(); at !== undefined && at <= endMs; timers += 1) {
    await world.clock.advance(Math.max(0, at - world.clock.now()));
    await world.quiet();
    at = world.clock.nextTimerAt();
  }
  assert.ok(timers <= 5, `${timers} timers in a minute`);
});

test('a database that fails for a while ends no poller: what was handled is deleted once it is back', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '300' });
  world.script = () => {
    world.database.isStumbling = world.events.length === 1;
    return { returns: null };
  };
  world.start();
  await world.map({ EventSourceArn: queue.arn });
  await queue.send('first');
  await world.pass(5000);
  assert.ok(world.database.refusals > 1);
  world.database.isStumbling = false;
  await world.pass(30_000);
  assert.equal(await queue.count(), 0);
  await queue.send('second');
  await world.pass(1000);
  assert.deepEqual(bodies(world.events), [['first'], ['second']]);
  assert.equal(await queue.count(), 0);
});

test('a bug of ours in an invocation is waited out as a refusal is', async () => {
  await using world = await startSources();
  const queue = await world.createQueue('q', { VisibilityTimeout: '300' });
  world.script = () => {
    if (world.events.length < 3) throw new TypeError('a bug');
    return { returns: null };
  };
  world.start();
  await world.map({ EventSourceArn: queue.arn });
  await queue.send('m');
  await world.pass(1000);
  assert.equal(world.events.length, 3);
  assert.equal(await queue.count(), 0);
});
