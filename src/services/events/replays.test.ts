import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY_MS, SECOND_MS } from '#kernel/units.ts';
import { ACCOUNT, openHarness, QUEUE, type Harness } from './harness.test.ts';

const BUS = `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/default`;
const ARCHIVE = `arn:aws:events:us-east-1:${ACCOUNT}:archive/archive`;

async function start(archive: object = {}): Promise<Harness> {
  const harness = await openHarness();
  await harness.makeRule({ source: ['shop'] });
  await harness.call('CreateArchive', {
    ArchiveName: 'archive',
    EventSourceArn: BUS,
    ...archive,
  });
  return harness;
}

async function pass({ events, clock }: Harness, durationMs: number): Promise<void> {
  const stop = new AbortController();
  const running = events.run(stop.signal);
  await clock.advance(durationMs);
  for (let turn = 0; turn < 10; turn += 1) await clock.settle();
  stop.abort();
  await running;
}

function replay({ call, clock }: Harness, more: object = {}) {
  return call('StartReplay', {
    ReplayName: 'replay',
    EventSourceArn: ARCHIVE,
    EventStartTime: clock.now() - DAY_MS,
    EventEndTime: clock.now() + 1,
    Destination: { Arn: BUS },
    ...more,
  });
}

describe('an archive', () => {
  it('keeps what its pattern matches, and tells how much that is', async () => {
    const harness = await start({ EventPattern: '{"detail":{"a":[1]}}', RetentionDays: 1 });
    const { call, put, clock } = harness;
    await put({ a: 1 });
    await put({ a: 2 });
    const { Archives } = await call('ListArchives', { EventSourceArn: BUS });
    const [archive] = Archives ?? [];
    assert.ok((archive?.SizeBytes ?? 0) > 100);
    assert.deepEqual(
      { ...archive, SizeBytes: 0 },
      {
        ArchiveName: 'archive',
        EventSourceArn: BUS,
        State: 'ENABLED',
        RetentionDays: 1,
        SizeBytes: 0,
        EventCount: 1,
        CreationTime: clock.now(),
      },
    );
  });

  it('forgets events after its retention, and not before', async () => {
    const harness = await start({ RetentionDays: 1 });
    await harness.put({});
    const count = async () =>
      (await harness.call('DescribeArchive', { ArchiveName: 'archive' })).EventCount;
    await pass(harness, DAY_MS);
    assert.equal(await count(), 1);
    await harness.clock.advance(1);
    await pass(harness, 0);
    assert.equal(await count(), 0);
  });

  // Recorded: archive_and_replay.
  it('is refused twice, and unknown once it is deleted', async () => {
    const { call } = await start();
    const make = () => call('CreateArchive', { ArchiveName: 'archive', EventSourceArn: BUS });
    await assert.rejects(make(), { message: 'Archive archive already exists.' });
    await call('DeleteArchive', { ArchiveName: 'archive' });
    await assert.rejects(call('DescribeArchive', { ArchiveName: 'archive' }), {
      message: 'Archive archive does not exist.',
    });
  });
});

describe('a replay', () => {
  it('sends archived events to the bus again, in order, with its name, and not into the archive', async () => {
    const harness = await start();
    const { call, put, received, deliveries, clock } = harness;
    for (let index = 0; index < 120; index += 1) {
      await put({ index });
      await clock.advance(1000);
    }
    const before = received() as { detail: { index: number } }[];
    deliveries.length = 0;
    const startedAtMs = clock.now();
    const { State } = await replay(harness);
    assert.equal(State, 'STARTING');
    await pass(harness, SECOND_MS);
    const after = received() as { detail: { index: number }; 'replay-name': string }[];
    assert.deepEqual(
      after,
      before.map((event) => ({ ...event, 'replay-name': 'replay' })),
    );
    const described = await call('DescribeReplay', { ReplayName: 'replay' });
    assert.equal(described.State, 'COMPLETED');
    assert.equal(described.EventLastReplayedTime, startedAtMs - SECOND_MS);
    const { EventCount } = await call('DescribeArchive', { ArchiveName: 'archive' });
    assert.equal(EventCount, 120);
  });

  it('reaches only the rules that it names', async () => {
    const harness = await start();
    const { call, put, deliveries } = harness;
    const other = await call('PutRule', { Name: 'other', EventPattern: '{"source":["shop"]}' });
    await call('PutTargets', { Rule: 'other', Targets: [{ Id: 'a', Arn: QUEUE }] });
    await put({});
    deliveries.length = 0;
    await replay(harness, { Destination: { Arn: BUS, FilterArns: [other.RuleArn] } });
    await pass(harness, SECOND_MS);
    assert.deepEqual(
      deliveries.map(({ sourceArn }) => sourceArn),
      [other.RuleArn],
    );
  });

  it('stops when it is cancelled', async () => {
    const harness = await start();
    await harness.put({});
    harness.deliveries.length = 0;
    await replay(harness);
    const { State } = await harness.call('CancelReplay', { ReplayName: 'replay' });
    assert.equal(State, 'CANCELLING');
    await pass(harness, SECOND_MS - 1);
    // Recorded: test_start_list_describe_canceled_replay.
    const cancelling = await harness.call('DescribeReplay', { ReplayName: 'replay' });
    assert.equal(cancelling.State, 'CANCELLING');
    assert.equal(cancelling.ReplayEndTime, undefined);
    await pass(harness, 1);
    const described = await harness.call('DescribeReplay', { ReplayName: 'replay' });
    assert.equal(described.State, 'CANCELLED');
    assert.equal(harness.deliveries.length, 0);
  });

  // Recorded: test_start_replay_error_invalid_end_time, test_start_replay_error_duplicate_name_same_archive.
  it('is refused in AWS’s words', async () => {
    const harness = await start();
    await replay(harness);
    await assert.rejects(replay(harness), { message: 'Replay replay already exists.' });
    await assert.rejects(replay(harness, { EventEndTime: harness.clock.now() - DAY_MS }), {
      message:
        'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
    });
    await assert.rejects(replay(harness, { ReplayName: 'r', EventSourceArn: `${ARCHIVE}-2` }), {
      message: 'Parameter EventSourceArn is not valid. Reason: Archive archive-2 does not exist.',
    });
    await assert.rejects(replay(harness, { ReplayName: 'r', Destination: { Arn: QUEUE } }), {
      message: 'Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.',
    });
    for (let index = 1; index < 10; index += 1) {
      await replay(harness, { ReplayName: `replay-${index}` });
    }
    await assert.rejects(replay(harness, { ReplayName: 'eleventh' }), {
      message: 'The requested resource exceeds the maximum number allowed.',
    });
  });
});
