import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCOUNT, openHarness } from './harness.test.ts';
import type { Harness } from './harness.test.ts';
import { SINK_BUSY_DELAY_MS, SINK_BUSY_LINES, SINK_SIZE_MAX, SINK_DELAY_MS } from './limits.ts';

const NAME = {
  accountId: ACCOUNT,
  region: 'us-east-1',
  logGroup: '/aws/lambda/f',
  logStream: '2026/01/01/[$LATEST]x',
};

const append = (harness: Harness, ...messages: readonly string[]): void => {
  harness.logs.logSink.append(
    NAME,
    messages.map((message) => ({ timestampMs: harness.clock.now(), message })),
  );
};

const stored = async (harness: Harness): Promise<string[]> => {
  const { events } = await harness.call('GetLogEvents', {
    logGroupName: NAME.logGroup,
    logStreamName: NAME.logStream,
    startFromHead: true,
  });
  return (events ?? []).map(({ message }) => message ?? '');
};

describe('The log sink', () => {
  it('makes the group and the stream, and stores lines within a second, in order', async () => {
    await using harness = await openHarness();
    append(harness, 'START', 'one');
    append(harness, 'two');
    await harness.clock.advance(1000);
    assert.deepEqual(await stored(harness), ['START', 'one', 'two']);
    append(harness, 'three');
    await harness.clock.advance(1000);
    assert.deepEqual(await stored(harness), ['START', 'one', 'two', 'three']);
  });

  it('stores everything appended before a flush', async () => {
    await using harness = await openHarness();
    const lines = Array.from({ length: 3000 }, (_, n) => `${n} ${'x'.repeat(1000)}`);
    for (const line of lines) append(harness, line);
    await harness.logs.logSink.flush();
    const found: string[] = [];
    let token: object = { startFromHead: true };
    for (let page = 0; page < 5; page += 1) {
      const { events = [], nextForwardToken } = await harness.call('GetLogEvents', {
        logGroupName: NAME.logGroup,
        logStreamName: NAME.logStream,
        ...token,
      });
      found.push(...events.map(({ message }) => message ?? ''));
      token = { nextToken: nextForwardToken };
    }
    assert.deepEqual(found, lines);
    await harness.logs.logSink.flush();
  });

  it('gathers lines for longer after many came at once, and for a moment again after few', async () => {
    await using harness = await openHarness();
    const isStoredWithin = async (ms: number, message: string): Promise<boolean> => {
      append(harness, message);
      await harness.clock.advance(ms);
      return (await stored(harness)).includes(message);
    };
    for (let n = 1; n < SINK_BUSY_LINES; n += 1) append(harness, `${n}`);
    assert.equal(await isStoredWithin(SINK_DELAY_MS, 'one less than many'), true);
    for (let n = 0; n < SINK_BUSY_LINES; n += 1) append(harness, `${n}`);
    assert.equal(await isStoredWithin(SINK_DELAY_MS, 'many'), true);
    assert.equal(await isStoredWithin(SINK_BUSY_DELAY_MS - 1, 'after many'), false);
    assert.equal(await isStoredWithin(1, 'with it'), true);
    assert.equal(await isStoredWithin(SINK_DELAY_MS, 'after few'), true);
  });

  it('keeps the order of lines also where the wall clock jumps back', async () => {
    await using harness = await openHarness();
    const line = (timestampMs: number, message: string) =>
      harness.logs.logSink.append(NAME, [{ timestampMs, message }]);
    line(2000, 'first');
    line(1000, 'second');
    await harness.logs.logSink.flush();
    assert.deepEqual(await stored(harness), ['first', 'second']);
  });

  it('tries again what could not be stored, before anything later, each line once', async () => {
    await using harness = await openHarness();
    harness.faults.commits = 2;
    append(harness, 'one');
    await harness.clock.advance(100);
    append(harness, 'two');
    await harness.clock.advance(5000);
    assert.deepEqual(await stored(harness), ['one', 'two']);
    assert.equal(harness.warnings.length, 2);
  });

  it('makes the group again where it was deleted meanwhile', async () => {
    await using harness = await openHarness();
    append(harness, 'one');
    await harness.logs.logSink.flush();
    await harness.call('DeleteLogGroup', { logGroupName: NAME.logGroup });
    append(harness, 'two');
    await harness.logs.logSink.flush();
    assert.deepEqual(await stored(harness), ['two']);
  });

  it('drops what does not fit its bound, and says so in its place', async () => {
    await using harness = await openHarness();
    harness.faults.commits = 1;
    const line = 'x'.repeat(1_000_000);
    const fitting = Math.floor(SINK_SIZE_MAX / 1_000_026);
    for (let n = 0; n < fitting + 3; n += 1) append(harness, line);
    await harness.clock.advance(5000);
    append(harness, 'later');
    await harness.clock.advance(5000);
    const page = await harness.call('GetLogEvents', {
      logGroupName: NAME.logGroup,
      logStreamName: NAME.logStream,
    });
    assert.deepEqual(
      page.events?.slice(-2).map(({ message }) => message),
      ['[hearth] 3 lines were dropped here: the store could not keep up', 'later'],
    );
  });
});
