import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY_MS, HOUR_MS } from '#kernel/units.ts';
import { openHarness } from './harness.test.ts';
import type { Harness } from './harness.test.ts';
import { BATCH_BYTES_MAX } from './limits.ts';

const messages = (page: { readonly events?: readonly { readonly message?: string }[] }): string[] =>
  (page.events ?? []).map(({ message }) => message ?? '');
const invalid = (message: string) => ({ code: 'InvalidParameterException', message });

const get = (harness: Harness, options: object = {}) =>
  harness.call('GetLogEvents', { logGroupName: 'g', logStreamName: 's', ...options });
const filter = (harness: Harness, options: object = {}) =>
  harness.call('FilterLogEvents', { logGroupName: 'g', ...options });

describe('PutLogEvents', () => {
  it('stores events with their time, and the time of their coming', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    const { nextSequenceToken, rejectedLogEventsInfo } = await harness.put([2, 'one'], [1, 'two']);
    assert.match(nextSequenceToken ?? '', /^\d{56}$/);
    assert.equal(rejectedLogEventsInfo, undefined);
    const nowMs = harness.clock.now();
    assert.deepEqual((await get(harness)).events, [
      { timestamp: nowMs - 2000, message: 'one', ingestionTime: nowMs },
      { timestamp: nowMs - 1000, message: 'two', ingestionTime: nowMs },
    ]);
    const { logStreams } = await harness.call('DescribeLogStreams', { logGroupName: 'g' });
    const { firstEventTimestamp, lastEventTimestamp, lastIngestionTime, uploadSequenceToken } =
      logStreams?.[0] ?? {};
    assert.deepEqual(
      [firstEventTimestamp, lastEventTimestamp, lastIngestionTime],
      [nowMs - 2000, nowMs - 1000, nowMs],
    );
    assert.equal(uploadSequenceToken, nextSequenceToken);
    const { logGroups } = await harness.call('DescribeLogGroups', {});
    assert.equal(logGroups?.[0]?.storedBytes, 2 * (3 + 26));
  });

  it('refuses a batch out of order, as TestLogsEvents::test_put_log_events_wrong_order recorded', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await assert.rejects(
      harness.put([1, 'b'], [2, 'a']),
      invalid('Log events in a single PutLogEvents request must be in chronological order.'),
    );
    await harness.put([1, 'a'], [1, 'b']);
  });

  it('takes 1 MiB of messages and overhead, and no byte more', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    const half = BATCH_BYTES_MAX / 2 - 26;
    await harness.put([1, 'x'.repeat(half)], [1, 'é'.repeat(half / 2)]);
    await assert.rejects(
      harness.put([1, 'x'.repeat(half)], [1, 'x'.repeat(half + 1)]),
      invalid(`Upload too large: ${BATCH_BYTES_MAX + 1} bytes exceeds limit of ${BATCH_BYTES_MAX}`),
    );
  });

  it('takes a batch that spans 24 hours, and none that spans more', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await harness.put([DAY_MS / 1000, 'a'], [0, 'b']);
    await assert.rejects(
      harness.put([DAY_MS / 1000 + 0.001, 'a'], [0, 'b']),
      /cannot span more than 24 hours/,
    );
  });

  it('leaves out what is too old or too new, and says from where to where', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    const days = 14 * (DAY_MS / 1000);
    const old = await harness.put([days + 1, 'old'], [days, 'kept']);
    assert.deepEqual(old.rejectedLogEventsInfo, { tooOldLogEventEndIndex: 1 });
    const ahead = HOUR_MS / 500;
    const early = await harness.put(
      [0, 'now'],
      [-ahead, 'in two hours'],
      [-ahead - 1, 'later'],
      [-ahead - 2, 'too'],
    );
    assert.deepEqual(early.rejectedLogEventsInfo, { tooNewLogEventStartIndex: 2 });
    await harness.call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
    const expired = await harness.put([DAY_MS / 1000 + 1, 'expired'], [DAY_MS / 1000 - 1, 'last']);
    assert.deepEqual(expired.rejectedLogEventsInfo, { expiredLogEventEndIndex: 1 });
    assert.deepEqual(messages(await get(harness)), ['last', 'now', 'in two hours']);
  });

  it('wants the group and the stream to be there', async () => {
    await using harness = await openHarness();
    await assert.rejects(harness.put([1, 'x']), /log group does not exist/);
    await harness.call('CreateLogGroup', { logGroupName: 'g' });
    await assert.rejects(harness.put([1, 'x']), /log stream does not exist/);
  });
});

describe('GetLogEvents', () => {
  it('pages forward from the head, and gives the same token at the end', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await harness.put([5, 'a'], [4, 'b'], [3, 'c']);
    const first = await get(harness, { startFromHead: true, limit: 2 });
    assert.deepEqual(messages(first), ['a', 'b']);
    assert.match(first.nextForwardToken ?? '', /^f\/\d{56}\/s$/);
    assert.match(first.nextBackwardToken ?? '', /^b\/\d{56}\/s$/);
    const second = await get(harness, { nextToken: first.nextForwardToken, limit: 2 });
    assert.deepEqual(messages(second), ['c']);
    const third = await get(harness, { nextToken: second.nextForwardToken });
    assert.deepEqual([messages(third), third.nextForwardToken], [[], second.nextForwardToken]);
    await harness.put([1, 'd']);
    assert.deepEqual(messages(await get(harness, { nextToken: third.nextForwardToken })), ['d']);
  });

  it('begins at the tail by itself, and pages backward', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await harness.put([5, 'a'], [4, 'b'], [3, 'c'], [2, 'd'], [1, 'e']);
    const last = await get(harness, { limit: 2 });
    assert.deepEqual(messages(last), ['d', 'e']);
    const before = await get(harness, { limit: 2, nextToken: last.nextBackwardToken });
    assert.deepEqual(messages(before), ['b', 'c']);
    assert.deepEqual(messages(await get(harness, { nextToken: before.nextBackwardToken })), ['a']);
    assert.deepEqual(messages(await get(harness, { nextToken: before.nextForwardToken })), [
      'd',
      'e',
    ]);
  });

  it('keeps a tail on an empty stream: the token finds what comes later', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    const { nextForwardToken } = await get(harness);
    await harness.put([1, 'first']);
    assert.deepEqual(messages(await get(harness, { nextToken: nextForwardToken })), ['first']);
  });

  it('includes the start time and excludes the end time', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await harness.put([3, 'a'], [2, 'b'], [1, 'c']);
    const nowMs = harness.clock.now();
    assert.deepEqual(
      messages(await get(harness, { startTime: nowMs - 2000, endTime: nowMs - 1000 })),
      ['b'],
    );
    assert.deepEqual(messages(await get(harness, { startTime: nowMs - 1999 })), ['c']);
  });

  it('sorts events of several requests by time, those of one time as they came', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await harness.put([9, 'c'], [5, 'f'], [1, 'i']);
    await harness.put([8, 'd'], [5, 'g']);
    await harness.put([90, 'a'], [30, 'b'], [7, 'e'], [2, 'h']);
    const all = 'abcdefghi'.split('');
    assert.deepEqual(messages(await get(harness, { startFromHead: true })), all);
    for (let limit = 1; limit < 10; limit += 1) {
      const found: string[] = [];
      let token: object = {};
      for (let n = 0; n < 10; n += 1) {
        const page = await get(harness, { limit, ...token });
        found.unshift(...messages(page));
        token = { nextToken: page.nextBackwardToken };
      }
      assert.deepEqual(found, all, `${limit} at a time`);
    }
  });

  it('refuses a token that is none, as test_get_log_events_invalid_token recorded', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    for (const nextToken of ['invalid', 'f/1/s', `x/${'0'.repeat(56)}/s`]) {
      await assert.rejects(
        get(harness, { nextToken }),
        invalid('The specified nextToken is invalid.'),
      );
    }
  });

  it('answers at most 1 MiB', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    for (let n = 0; n < 3; n += 1) await harness.put([5 - n, `${n}`.repeat(500_000)]);
    const page = await get(harness, { startFromHead: true });
    assert.equal(page.events?.length, 2);
    assert.equal((await get(harness, { nextToken: page.nextForwardToken })).events?.length, 1);
  });
});

describe('FilterLogEvents', () => {
  const makeStreams = async (harness: Harness): Promise<void> => {
    await harness.call('CreateLogGroup', { logGroupName: 'g' });
    for (const logStreamName of ['a1', 'a2', 'b']) {
      await harness.call('CreateLogStream', { logGroupName: 'g', logStreamName });
      const logEvents = [3, 2, 1].map((n) => ({
        timestamp: harness.clock.now() - n * 1000,
        message: `${logStreamName} ${n}`,
      }));
      await harness.call('PutLogEvents', { logGroupName: 'g', logStreamName, logEvents });
    }
  };

  it('mixes streams by time, with ids that sort', async () => {
    await using harness = await openHarness();
    await makeStreams(harness);
    const page = await filter(harness);
    assert.deepEqual(messages(page), [
      'a1 3',
      'a2 3',
      'b 3',
      'a1 2',
      'a2 2',
      'b 2',
      'a1 1',
      'a2 1',
      'b 1',
    ]);
    assert.deepEqual(page.searchedLogStreams, []);
    assert.equal(page.nextToken, undefined);
    const ids = (page.events ?? []).map(({ eventId }) => eventId ?? '');
    assert.deepEqual(ids, ids.toSorted());
    assert.equal(new Set(ids).size, 9);
    assert.match(ids[0] ?? '', /^\d{56}$/);
    assert.equal(page.events?.[2]?.logStreamName, 'b');
  });

  it('searches the streams that are named, by pattern and by time, both ends included', async () => {
    await using harness = await openHarness();
    await makeStreams(harness);
    const nowMs = harness.clock.now();
    assert.deepEqual(messages(await filter(harness, { logStreamNames: ['b'] })), [
      'b 3',
      'b 2',
      'b 1',
    ]);
    assert.equal((await filter(harness, { logStreamNamePrefix: 'a' })).events?.length, 6);
    assert.deepEqual((await filter(harness, { logStreamNamePrefix: 'zzz' })).events, []);
    assert.deepEqual(messages(await filter(harness, { filterPattern: '"2" -a1 -a2' })), ['b 2']);
    const between = { logStreamNames: ['b'], startTime: nowMs - 2000, endTime: nowMs - 1000 };
    assert.deepEqual(messages(await filter(harness, between)), ['b 2', 'b 1']);
    await assert.rejects(filter(harness, { logStreamNames: ['zzz'] }), /log stream does not exist/);
    await assert.rejects(
      filter(harness, { filterPattern: '{ $.x }' }),
      invalid('Invalid filter pattern'),
    );
    await assert.rejects(
      filter(harness, { nextToken: 'x' }),
      invalid('The specified nextToken is invalid.'),
    );
  });

  it('pages without losing or repeating', async () => {
    await using harness = await openHarness();
    await makeStreams(harness);
    const found: string[] = [];
    let token: object = {};
    for (;;) {
      const page = await filter(harness, { limit: 2, filterPattern: '-"b 1"', ...token });
      found.push(...messages(page));
      if (page.nextToken === undefined) break;
      token = { nextToken: page.nextToken };
    }
    assert.deepEqual(found, ['a1 3', 'a2 3', 'b 3', 'a1 2', 'a2 2', 'b 2', 'a1 1', 'a2 1']);
  });

  it('searches many events and finds the few', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    for (let batch = 0; batch < 3; batch += 1) {
      await harness.put(...Array.from({ length: 9000 }, (_, n) => [60, `${batch}-${n}`] as const));
    }
    const page = await filter(harness, { filterPattern: '"-8999"' });
    assert.deepEqual(messages(page), ['0-8999', '1-8999', '2-8999']);
    assert.equal((await filter(harness)).events?.length, 10_000);
  });
});

describe('Retention', () => {
  it('hides what is expired at once, and the sweep clears it and what was deleted', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    await harness.put([60, 'old']);
    await harness.call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
    await harness.clock.advance(DAY_MS - 30_000);
    await harness.put([0, 'new']);
    assert.deepEqual(messages(await get(harness)), ['new']);
    const stored = async () =>
      (await harness.call('DescribeLogGroups', {})).logGroups?.[0]?.storedBytes;
    assert.equal(await stored(), 58);
    const controller = new AbortController();
    const running = harness.logs.run(controller.signal);
    await harness.clock.settle();
    assert.equal(await stored(), 29);
    await harness.call('DeleteLogGroup', { logGroupName: 'g' });
    await harness.makeStream();
    assert.deepEqual(messages(await get(harness)), []);
    await harness.clock.advance(HOUR_MS);
    controller.abort();
    await harness.clock.settle();
    await running;
  });
});
