import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import type { EventRecord } from '#ports/peers/event-source.ts';
import type { Log } from '#ports/world/log.ts';
import { createElsewhere } from './index.ts';
import { createRemoteReader, type Place, type RemoteShards } from './remote-reader.ts';

const ARN = 'arn:aws:kinesis:us-east-1:123456789012:stream/numbers';
const SHARD = 'shardId-000000000000';

const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };

function record(id: string, arrivedAtMs = 0): EventRecord {
  return { id, event: {}, bytes: 1, arrivedAtMs };
}

/** One open shard; an iterator is the index of its next record. */
function setUp(knowsTimes = true) {
  const clock = new SimulatedClock();
  const wakeups = new MemoryWakeups();
  const records: EventRecord[] = [];
  const places: Place[] = [];
  const warnings: string[] = [];
  const log: Log = { ...silent, warn: (message) => void warnings.push(message) };
  const failing: Error[] = [];
  const shards: RemoteShards = {
    knowsTimes,
    list: async () => [{ shardId: SHARD, isClosed: false }],
    async iterator(_arn, _shardId, place) {
      places.push(place);
      if (place.kind === 'beginning') return '0';
      const { kind } = place;
      if (kind === 'after') return String(records.findIndex(({ id }) => id === place.sequence) + 1);
      const first = records.findIndex(({ arrivedAtMs }) => arrivedAtMs >= place.atMs);
      return String(first === -1 ? records.length : first);
    },
    async page(_arn, iterator, recordsMax) {
      const failure = failing.shift();
      if (failure !== undefined) throw failure;
      const begin = Number(iterator);
      const found = records.slice(begin, begin + recordsMax);
      return { records: found, next: String(begin + found.length), isBehind: false };
    },
  };
  const reader = createRemoteReader({ clock, wakeups, log }, shards);
  const read = async (after?: string): Promise<string[] | undefined> => {
    const answer = await reader.read(ARN, SHARD, after, 2);
    return answer?.records.map(({ id }) => id);
  };
  return { clock, wakeups, records, places, warnings, failing, reader, read };
}

function errorNamed(name: string): Error {
  return Object.assign(new Error(name), { name });
}

test('goes on from page to page with one iterator', async () => {
  const { records, places, read } = setUp();
  records.push(record('1'), record('2'), record('3'));
  assert.deepEqual(await read(), ['1', '2']);
  assert.deepEqual(await read('2'), ['3']);
  assert.deepEqual(await read('3'), []);
  assert.deepEqual(places, [{ kind: 'beginning' }]);
  assert.deepEqual(await read('1'), ['2', '3']);
  assert.deepEqual(places.at(-1), { kind: 'after', sequence: '1' });
});

test('asks for a new iterator where the old one has expired', async () => {
  const { records, failing, read } = setUp();
  records.push(record('1'));
  assert.deepEqual(await read(), ['1']);
  failing.push(errorNamed('ExpiredIteratorException'));
  records.push(record('2'));
  assert.deepEqual(await read('1'), ['2']);
});

test('begins anew where the place was trimmed', async () => {
  const { records, places, failing, read } = setUp();
  records.push(record('8'));
  failing.push(errorNamed('TrimmedDataAccessException'));
  assert.deepEqual(await read('1'), ['8']);
  assert.deepEqual(places.at(-1), { kind: 'beginning' });
});

for (const knowsTimes of [true, false]) {
  test(`LATEST leaves out what was there before, ${knowsTimes ? 'by' : 'without'} times`, async () => {
    const { clock, records, reader, read } = setUp(knowsTimes);
    records.push(record('1', clock.now() - 2000), record('2', clock.now() - 1500));
    const [shard] = (await reader.getShards(ARN)) ?? [];
    const latest = shard?.latestSequenceNumber;
    assert.deepEqual(await read(latest), []);
    records.push(record('3', clock.now()));
    assert.deepEqual(await read(latest), ['3']);
    assert.deepEqual(await read('3'), []);
  });
}

test('wakes a stream that had nothing once a second, and none that nobody reads', async () => {
  const { clock, wakeups, reader, read } = setUp();
  let wakes = 0;
  wakeups.subscribe(reader.wakeupTopic(ARN), () => (wakes += 1));
  await read();
  await read();
  await clock.advance(999);
  assert.equal(wakes, 0);
  await clock.advance(1);
  assert.equal(wakes, 1);
  await clock.advance(60_000);
  assert.equal(wakes, 1);
});

test('reads nothing from what cannot be reached, says so, and is woken later', async () => {
  const { clock, failing, warnings, read } = setUp();
  failing.push(new Error('ECONNREFUSED'));
  assert.deepEqual(await read(), []);
  assert.deepEqual(warnings, ['a stream elsewhere is not read']);
  assert.notEqual(clock.nextTimerAt(), undefined);
  failing.push(errorNamed('ResourceNotFoundException'));
  assert.equal(await read(), undefined);
});

test('owns what is of its accounts, and a queue that cannot be reached is as one that is not there', async () => {
  const warnings: string[] = [];
  const elsewhere = createElsewhere({
    clock: new SimulatedClock(),
    wakeups: new MemoryWakeups(),
    log: { ...silent, warn: (message) => void warnings.push(message) },
    accountIds: ['123456789012'],
    // Nobody listens on the port of TCP's discard service.
    endpoint: 'http://127.0.0.1:9',
  });
  assert.equal(elsewhere.owns('arn:aws:sqs:us-east-1:123456789012:q'), true);
  assert.equal(elsewhere.owns('arn:aws:sqs:us-east-1:000000000000:q'), false);
  const queue = elsewhere.queue('arn:aws:sqs:us-east-1:123456789012:q');
  assert.equal(await queue.describe(), undefined);
  assert.deepEqual(warnings, ['a queue elsewhere is not seen']);
});
