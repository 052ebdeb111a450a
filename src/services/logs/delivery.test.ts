import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { DAY_MS } from '#kernel/units.ts';
import { ACCOUNT, openHarness, type Harness } from './harness.test.ts';

const groupArn = (name: string): string => `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${name}`;

function deliver({ logs, database }: Harness, text: string, target = groupArn('g'), rule = 'r') {
  const delivery = {
    targetArn: target,
    sourceArn: `arn:aws:events:us-east-1:${ACCOUNT}:rule/${rule}`,
    sourceService: 'events.amazonaws.com',
    sourceAccountId: ACCOUNT,
    payload: utf8(text),
  };
  return database.transact((tx) => logs.deliverer.deliver(delivery, tx));
}

async function eventsOf({ call }: Harness) {
  const { events = [] } = await call('FilterLogEvents', { logGroupName: 'g' });
  return events.map(({ timestamp, message }) => [timestamp, message]);
}

describe('a log group as a target', () => {
  it('keeps each event as one of its own, in a stream for each source', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    assert.equal(await deliver(harness, '{"a":1}'), 'deliverable');
    await deliver(harness, '{"a":2}', `${groupArn('g')}:*`);
    await deliver(harness, 'text', groupArn('g'), 'other');
    const nowMs = harness.clock.now();
    assert.deepEqual(
      new Set(await eventsOf(harness)),
      new Set([
        [nowMs, 'text'],
        [nowMs, '{"a":1}'],
        [nowMs, '{"a":2}'],
      ]),
    );
    const { logStreams = [] } = await harness.call('DescribeLogStreams', { logGroupName: 'g' });
    const names = logStreams.map(({ logStreamName = '' }) => logStreamName);
    assert.equal(
      names.filter((name) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)).length,
      2,
    );
  });

  it('takes time and message from an input transformer, as a number or a text', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    const nowMs = harness.clock.now();
    await deliver(harness, JSON.stringify({ timestamp: nowMs - 1000, message: 'm' }));
    const timestamp = new Date(nowMs - 2000).toISOString();
    await deliver(harness, JSON.stringify({ timestamp, message: { id: 1 } }));
    assert.deepEqual(await eventsOf(harness), [
      [nowMs - 2000, '{"id":1}'],
      [nowMs - 1000, 'm'],
    ]);
  });

  it('is missing where it was not created, and does not take what is too old', async () => {
    await using harness = await openHarness();
    await harness.makeStream();
    assert.equal(await deliver(harness, '{}', groupArn('other')), 'missing');
    assert.equal(await deliver(harness, '{}', 'arn:aws:logs:us-east-1:1:thing'), 'missing');
    const old = { timestamp: harness.clock.now() - 15 * DAY_MS, message: 'm' };
    assert.equal(await deliver(harness, JSON.stringify(old)), 'unsupported');
    assert.deepEqual(await eventsOf(harness), []);
  });
});
