import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventRecord } from '#ports/peers/event-source.ts';
import type { StreamReader, StreamShard } from '#ports/peers/stream-reader.ts';

import { startSources, type FunctionEvent } from '../../../../test/support/event-sources.ts';

const ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/numbers';

interface FakeShard extends StreamShard {
  readonly records: EventRecord[];
}

function record(id: string, partitionKey: string, arrivedAtMs = 0): EventRecord {
  const data = Buffer.from(id).toString('base64');
  const event = { eventSource: 'aws:kinesis', kinesis: { partitionKey, data } };
  return { id, event, bytes: 1, arrivedAtMs };
}

/** A stream of Kinesis as far as a poller sees it. */
function fakeStream(shards: readonly FakeShard[]): StreamReader {
  return {
    getShards: async () => shards,
    async read(_arn, shardId, after, recordsMax) {
      const shard = shards.find((one) => one.shardId === shardId);
      if (shard === undefined) return undefined;
      const begin = shard.records.findIndex(({ id }) => after === undefined || id > after);
      const rest = begin === -1 ? [] : shard.records.slice(begin);
      const records = rest.slice(0, recordsMax);
      return { records, isAtEnd: shard.isClosed && records.length === rest.length };
    },
    wakeupTopic: (arn) => `numbers/${arn}`,
  };
}

function keys(events: readonly FunctionEvent[]): unknown[] {
  // The shape of a record of Kinesis.
  return events.flatMap(({ Records }) =>
    Records.map((one) => (one['kinesis'] as { partitionKey: string }).partitionKey),
  );
}

test('a shard is read once those that it came from have been read to their end', async () => {
  const parent = {
    shardId: 'a',
    isClosed: true,
    records: [record('1', 'old'), record('2', 'old')],
  };
  const child = {
    shardId: 'b',
    isClosed: false,
    parentShardIds: ['a'],
    records: [record('3', 'new')],
  };
  await using world = await startSources({
    streamReaders: { kinesis: fakeStream([child, parent]) },
  });
  let failures = 0;
  world.script = () => ((failures += 1) < 3 ? { fails: 'x' } : { returns: null });
  world.start();
  await world.map({ EventSourceArn: ARN, StartingPosition: 'TRIM_HORIZON', BatchSize: 1 });
  await world.pass(10_000);
  assert.deepEqual(keys(world.events), ['old', 'old', 'old', 'old', 'new']);
});

test('a stream that is gone and made again is read again, under the same name', async () => {
  const shard = { shardId: 'a', isClosed: false, records: [record('1', 'old')] };
  const there = fakeStream([shard]);
  let isThere = true;
  const stream: StreamReader = {
    ...there,
    getShards: async (arn) => (isThere ? there.getShards(arn) : undefined),
    read: async (...from) => (isThere ? there.read(...from) : undefined),
  };
  await using world = await startSources({ streamReaders: { kinesis: stream } });
  world.start();
  await world.map({ EventSourceArn: ARN, StartingPosition: 'TRIM_HORIZON' });
  await world.pass(1000);
  isThere = false;
  await world.pass(120_000);
  isThere = true;
  shard.records.push(record('2', 'new'));
  await world.pass(120_000);
  assert.deepEqual(keys(world.events), ['old', 'new']);
});

test('shards are handled beside one another, and a failing one holds up no other', async () => {
  const shards = ['a', 'b'].map((shardId) => ({
    shardId,
    isClosed: false,
    records: [record('1', shardId), record('2', shardId)],
  }));
  await using world = await startSources({ streamReaders: { kinesis: fakeStream(shards) } });
  world.script = (event) => (keys([event])[0] === 'a' ? { fails: 'x' } : { returns: null });
  world.start();
  await world.map({ EventSourceArn: ARN, StartingPosition: 'TRIM_HORIZON', BatchSize: 1 });
  await world.pass(1000);
  assert.equal(keys(world.events).filter((key) => key === 'b').length, 2);
  assert.ok(keys(world.events).filter((key) => key === 'a').length > 2);
});

test('AT_TIMESTAMP begins with the first record of that time, and Kinesis tells the role', async () => {
  const atMs = Date.UTC(2026, 0, 1);
  const records = [
    record('1', 'before', atMs - 1),
    record('2', 'at', atMs),
    record('3', 'after', atMs + 1),
  ];
  const stream = fakeStream([{ shardId: 'a', isClosed: false, records }]);
  await using world = await startSources({ streamReaders: { kinesis: stream } });
  world.start();
  await world.map({
    EventSourceArn: ARN,
    StartingPosition: 'AT_TIMESTAMP',
    StartingPositionTimestamp: atMs,
  });
  await world.quiet();
  assert.deepEqual(keys(world.events), ['at', 'after']);
  const [first] = world.events[0]?.Records ?? [];
  assert.equal(first?.['invokeIdentityArn'], 'arn:aws:iam::000000000000:role/r');
});
