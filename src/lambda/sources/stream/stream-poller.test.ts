import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '#kernel/bytes.ts';
import { isObject } from '#kernel/json.ts';

import {
  createStreamedTable,
  startSources,
  type FunctionEvent,
  type SourcesWorld,
} from '../../../../test/support/event-sources.ts';

async function createTable(world: SourcesWorld) {
  const streamArn = await createStreamedTable(world, 'NEW_AND_OLD_IMAGES');
  await world.pass(10_000);
  const put = (id: string, n = '0') =>
    world.dynamodb('PutItem', { TableName: 'things', Item: { id: { S: id }, n: { N: n } } });
  return { streamArn, put };
}

/** The ids of the items of each event. */
function ids(events: readonly FunctionEvent[]): string[][] {
  return events.map(({ Records }) => Records.map(idOf));
}

function idOf(record: { readonly [name: string]: unknown }): string {
  // The shape of a record of DynamoDB Streams.
  const { Keys } = record['dynamodb'] as { Keys: { id: { S: string } } };
  return Keys.id.S;
}

function sequenceOf(record: { readonly [name: string]: unknown }): string {
  // The shape of a record of DynamoDB Streams.
  const { SequenceNumber } = record['dynamodb'] as { SequenceNumber: string };
  return SequenceNumber;
}

test('a change reaches the function without time passing', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  world.start();
  const UUID = await world.map({ EventSourceArn: streamArn, StartingPosition: 'LATEST' });
  await world.quiet();
  await put('a');
  await world.quiet();
  assert.deepEqual(ids(world.events), [['a']]);
  const [record] = world.events[0]?.Records ?? [];
  assert.equal(record?.['eventSource'], 'aws:dynamodb');
  assert.equal(record?.['eventName'], 'INSERT');
  assert.equal(record?.['eventSourceARN'], streamArn);
  const shown = await world.lambda('GetEventSourceMapping', { UUID });
  assert.equal(shown.LastProcessingResult, 'OK');
});

test('LATEST passes over what was there, TRIM_HORIZON does not', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  await world.addFunction('g');
  await put('before');
  await world.map({ EventSourceArn: streamArn, StartingPosition: 'LATEST' });
  await world.map({
    FunctionName: 'g',
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
  });
  await put('after');
  const got: Record<string, string[]> = {};
  world.script = ({ Records }, { functionName }) => {
    (got[functionName] ??= []).push(...Records.map(idOf));
    return { returns: null };
  };
  world.start();
  await world.quiet();
  assert.deepEqual(got, { f: ['after'], g: ['before', 'after'] });
});

test('batches are of BatchSize, in order', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  for (const id of ['a', 'b', 'c', 'd', 'e']) await put(id);
  world.start();
  await world.map({ EventSourceArn: streamArn, StartingPosition: 'TRIM_HORIZON', BatchSize: 2 });
  await world.quiet();
  assert.deepEqual(ids(world.events), [['a', 'b'], ['c', 'd'], ['e']]);
});

test('a window gathers records until it is over', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  world.start();
  await world.map({
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    MaximumBatchingWindowInSeconds: 5,
  });
  await world.quiet();
  await put('a');
  await world.pass(4000);
  await put('b');
  await world.pass(999);
  assert.deepEqual(world.events, []);
  await world.pass(1);
  assert.deepEqual(ids(world.events), [['a', 'b']]);
});

test('a failing batch holds up its shard until its tries are used up, and is told of', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  const dead = await world.createQueue('dead');
  for (const id of ['bad', 'good']) await put(id);
  world.script = ({ Records }) =>
    Records.some((record) => idOf(record) === 'bad') ? { fails: 'x' } : { returns: null };
  world.start();
  const UUID = await world.map({
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 1,
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: dead.arn } },
  });
  await world.quiet();
  const failing = await world.lambda('GetEventSourceMapping', { UUID });
  assert.equal(failing.LastProcessingResult, 'PROBLEM: Function call failed');
  await world.pass(10_000);
  assert.deepEqual(ids(world.events), [['bad'], ['bad'], ['bad'], ['good']]);
  const [delivery] = world.deliveries;
  const message: unknown = JSON.parse(textOf(delivery?.payload ?? new Uint8Array()));
  assert.ok(isObject(message));
  // As recorded in test_dynamodb_event_source_mapping_with_sns_on_failure_destination_config.
  const { requestContext, responseContext, DDBStreamBatchInfo } = message;
  assert.ok(isObject(requestContext) && isObject(DDBStreamBatchInfo));
  assert.equal(requestContext['condition'], 'RetryAttemptsExhausted');
  assert.equal(requestContext['approximateInvokeCount'], 3);
  assert.deepEqual(responseContext, {
    statusCode: 200,
    executedVersion: '$LATEST',
    functionError: 'Unhandled',
  });
  assert.equal(DDBStreamBatchInfo['batchSize'], 1);
  assert.equal(DDBStreamBatchInfo['streamArn'], streamArn);
  assert.match(String(DDBStreamBatchInfo['approximateArrivalOfFirstRecord']), /^[^.]*Z$/);
  assert.equal('payload' in message, false);
  assert.equal(await dead.count(), 1);
});

test('reported failures are tried again from the first on, with all their tries', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  for (const id of ['a', 'b', 'bad']) await put(id);
  world.script = ({ Records }) => ({
    returns: {
      batchItemFailures: Records.filter((record) => idOf(record) === 'bad').map((record) => ({
        itemIdentifier: sequenceOf(record),
      })),
    },
  });
  world.start();
  await world.map({
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    MaximumRetryAttempts: 3,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::bucket' } },
  });
  await world.pass(60_000);
  // As recorded in test_dynamodb_report_batch_item_failures.
  assert.deepEqual(ids(world.events), [['a', 'b', 'bad'], ['bad'], ['bad'], ['bad'], ['bad']]);
  const [delivery] = world.deliveries;
  const message: unknown = JSON.parse(textOf(delivery?.payload ?? new Uint8Array()));
  assert.ok(isObject(message) && isObject(message['requestContext']));
  assert.equal(message['requestContext']['approximateInvokeCount'], 4);
  assert.ok(isObject(message['responseContext']));
  assert.equal(message['responseContext']['functionError'], null);
  assert.deepEqual(ids([JSON.parse(String(message['payload'])) as FunctionEvent]), [['bad']]);
  assert.match(delivery?.options?.subject ?? '', /^aws\/lambda\/[0-9a-f-]{36}\/shardId-/);
});

test('bisecting finds the record that fails, and the others are handled', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  for (const id of ['a', 'b', 'bad', 'd']) await put(id);
  const handled: string[] = [];
  world.script = ({ Records }) => {
    const batch = Records.map(idOf);
    if (batch.includes('bad')) return { fails: 'x' };
    handled.push(...batch);
    return { returns: null };
  };
  world.start();
  await world.map({
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    MaximumRetryAttempts: 1,
    BisectBatchOnFunctionError: true,
  });
  await world.pass(10_000);
  assert.deepEqual(handled, ['a', 'b', 'd']);
  assert.deepEqual(ids(world.events).at(1), ['a', 'b']);
});

test('records that grew too old are given up, and those after them go on', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  const dead = await world.createQueue('dead');
  await put('old');
  await world.pass(61_000);
  await put('new');
  world.start();
  await world.map({
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    MaximumRecordAgeInSeconds: 60,
    DestinationConfig: { OnFailure: { Destination: dead.arn } },
  });
  await world.quiet();
  assert.deepEqual(ids(world.events), [['new']]);
  // As recorded in test_kinesis_maximum_record_age_exceeded.
  const message: unknown = JSON.parse(textOf(world.deliveries[0]?.payload ?? new Uint8Array()));
  assert.ok(isObject(message) && isObject(message['requestContext']));
  assert.equal(message['requestContext']['condition'], 'RecordAgeExceeded');
  assert.equal(message['requestContext']['approximateInvokeCount'], 1);
  assert.equal('responseContext' in message, false);
});

test('a throttled batch is tried again, and counts as no try', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  await put('a');
  let tries = 0;
  world.script = () => ((tries += 1) < 6 ? { throttles: true } : { returns: null });
  world.start();
  await world.map({
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    MaximumRetryAttempts: 0,
  });
  await world.pass(20_000);
  assert.equal(tries, 6);
  assert.deepEqual(world.deliveries, []);
});

test('filtered records are passed over, also for good', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  const Pattern = JSON.stringify({ dynamodb: { NewImage: { id: { S: [{ prefix: 'x' }] } } } });
  world.start();
  await world.map({
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    FilterCriteria: { Filters: [{ Pattern }] },
  });
  for (const id of ['a', 'x1', 'b']) await put(id);
  await world.quiet();
  assert.deepEqual(ids(world.events), [['x1']]);
  const rows = await world.database.read((queries) =>
    queries.all<{ sequence_number: string }>('SELECT sequence_number FROM lambda_stream_positions'),
  );
  assert.match(rows[0]?.sequence_number ?? '', /3$/);
});

test('lanes run beside one another, and the records of a key stay in order', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
  for (const n of ['1', '2', '3']) for (const key of keys) await put(key, n);
  let running = 0;
  let most = 0;
  const seen = new Map<string, string[]>();
  world.script = async ({ Records }) => {
    running += 1;
    most = Math.max(most, running);
    await world.clock.sleep(100);
    running -= 1;
    for (const record of Records) {
      // The shape of a record of DynamoDB Streams.
      const { NewImage } = record['dynamodb'] as { NewImage: { n: { N: string } } };
      seen.set(idOf(record), [...(seen.get(idOf(record)) ?? []), NewImage.n.N]);
    }
    return { returns: null };
  };
  world.start();
  await world.map({
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 2,
    ParallelizationFactor: 4,
  });
  await world.pass(20_000);
  assert.equal(most, 4);
  assert.equal(seen.size, keys.length);
  for (const values of seen.values()) assert.deepEqual(values, ['1', '2', '3']);
});

test('after a crash reading goes on behind the last batch that was done', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  for (const id of ['a', 'b', 'c']) await put(id);
  world.script = ({ Records }) =>
    Records.map(idOf).includes('b') ? new Promise(() => undefined) : { returns: null };
  world.start();
  await world.map({ EventSourceArn: streamArn, StartingPosition: 'TRIM_HORIZON', BatchSize: 1 });
  await world.quiet();
  assert.deepEqual(ids(world.events), [['a'], ['b']]);
  await world.crash();
  world.script = () => ({ returns: null });
  world.start();
  await world.quiet();
  assert.deepEqual(ids(world.events), [['a'], ['b'], ['b'], ['c']]);
});

test('changed settings hold from the next batch on, and nothing is lost or done twice', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  world.start();
  const UUID = await world.map({ EventSourceArn: streamArn, StartingPosition: 'LATEST' });
  await put('a');
  await world.quiet();
  await world.lambda('UpdateEventSourceMapping', { UUID, BatchSize: 1 });
  await world.pass(1000);
  for (const id of ['b', 'c']) await put(id);
  await world.quiet();
  await world.lambda('UpdateEventSourceMapping', { UUID, Enabled: false });
  await world.quiet();
  await put('d');
  await world.pass(1000);
  await world.lambda('UpdateEventSourceMapping', { UUID, Enabled: true });
  await world.quiet();
  assert.deepEqual(ids(world.events), [['a'], ['b'], ['c'], ['d']]);
});

test('a database that fails for a while ends no reader, and no record is handled again for it', async () => {
  await using world = await startSources();
  const { streamArn, put } = await createTable(world);
  await put('a');
  world.script = () => {
    world.database.isStumbling = world.events.length === 1;
    return { returns: null };
  };
  world.start();
  await world.map({ EventSourceArn: streamArn, StartingPosition: 'TRIM_HORIZON', BatchSize: 1 });
  await world.pass(5000);
  assert.ok(world.database.refusals > 1);
  world.database.isStumbling = false;
  await world.pass(30_000);
  await put('b');
  await world.pass(1000);
  assert.deepEqual(ids(world.events), [['a'], ['b']]);
});
