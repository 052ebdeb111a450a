import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  ListMessageMoveTasksResult,
  ListMessageMoveTasksResultEntry,
} from '#aws/models/sqs.types.gen.ts';
import { ACCOUNT, fails, start } from './harness.test.ts';

type Harness = Awaited<ReturnType<typeof start>>;

function arnOf(name: string): string {
  return `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
}

/** A queue whose poison, `count` messages, lies in its dead-letter queue. */
async function poisoned(harness: Harness, count: number, suffix = '') {
  const attributes = suffix === '' ? {} : { FifoQueue: 'true' };
  const dead = await harness.create(`dead${suffix}`, attributes);
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: arnOf(`dead${suffix}`),
    maxReceiveCount: 1,
  });
  const source = await harness.create(`source${suffix}`, { ...attributes, RedrivePolicy });
  for (let index = 0; index < count; index++) {
    const ids = { MessageGroupId: 'g', MessageDeduplicationId: String(index) };
    await source.send(`poison ${index}`, suffix === '' ? {} : ids);
  }
  let received = 0;
  while (received < count) received += (await source.receive({ VisibilityTimeout: 0 })).length;
  assert.deepEqual(await source.bodies(), []);
  return { dead, source };
}

/** Runs the background work until the test has ended what it does. */
async function running(harness: Harness, during: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const ended = harness.sqs.run(stop.signal);
  await during();
  stop.abort();
  await ended;
}

async function begin(harness: Harness, more: object = {}): Promise<string> {
  const input = { SourceArn: arnOf('dead'), ...more };
  return (await harness.call<{ TaskHandle: string }>('StartMessageMoveTask', input)).TaskHandle;
}

async function latest(harness: Harness, SourceArn = arnOf('dead')) {
  const listed = await harness.call<ListMessageMoveTasksResult>('ListMessageMoveTasks', {
    SourceArn,
  });
  const { StartedTimestamp: _time, ...task } = (
    listed.Results ?? []
  )[0] as ListMessageMoveTasksResultEntry;
  return task;
}

describe('a message move task', () => {
  it('moves poison back to where it came from, as new messages', async () => {
    const harness = await start();
    const { dead, source } = await poisoned(harness, 2);
    await running(harness, async () => {
      await begin(harness);
      await harness.clock.advance(100);
    });
    const moved = await source.receive({ AttributeNames: ['All'] });
    assert.deepEqual(
      moved.map(({ Body }) => Body),
      ['poison 0', 'poison 1'],
    );
    assert.equal(moved[0]?.Attributes?.['ApproximateReceiveCount'], '1');
    assert.equal(moved[0]?.Attributes?.['DeadLetterQueueSourceArn'], undefined);
    assert.deepEqual(await dead.bodies(), []);
    // Recorded in test_basic_move_task_workflow: no handle once it is completed.
    assert.deepEqual(await latest(harness), {
      Status: 'COMPLETED',
      SourceArn: arnOf('dead'),
      ApproximateNumberOfMessagesMoved: 2,
      ApproximateNumberOfMessagesToMove: 2,
    });
  });

  it('moves to another queue where one is named', async () => {
    const harness = await start();
    await poisoned(harness, 150);
    const other = await harness.create('other');
    await running(harness, async () => {
      await begin(harness, { DestinationArn: arnOf('other') });
      await harness.clock.advance(100);
    });
    assert.equal((await other.bodies()).length, 10);
    const task = await latest(harness);
    assert.equal(task.Status, 'COMPLETED');
    assert.equal(task.DestinationArn, arnOf('other'));
    assert.equal(task.ApproximateNumberOfMessagesMoved, 150);
  });

  it('never moves faster than it may, nor after a restart', async () => {
    const harness = await start();
    await poisoned(harness, 5);
    await begin(harness, { MaxNumberOfMessagesPerSecond: 1 });
    const movedAfter = async (ms: number): Promise<unknown> => {
      await running(harness, () => harness.clock.advance(ms));
      return (await latest(harness)).ApproximateNumberOfMessagesMoved;
    };
    assert.equal(await movedAfter(0), 1);
    assert.equal(await movedAfter(999), 1);
    assert.equal(await movedAfter(1), 2);
    assert.equal(await movedAfter(0), 2);
    assert.equal(await movedAfter(2000), 4);
    assert.equal((await latest(harness)).Status, 'RUNNING');
    assert.equal((await latest(harness)).MaxNumberOfMessagesPerSecond, 1);
    assert.equal(await movedAfter(2000), 5);
    assert.equal((await latest(harness)).Status, 'COMPLETED');
  });

  it('keeps the order of a FIFO queue, and drops nothing as a repetition', async () => {
    const harness = await start();
    const { source } = await poisoned(harness, 3, '.fifo');
    await running(harness, async () => {
      await begin(harness, { SourceArn: arnOf('dead.fifo') });
      await harness.clock.advance(100);
    });
    assert.deepEqual(await source.bodies(), ['poison 0', 'poison 1', 'poison 2']);
  });

  it('fails where a message came from no queue, or from one that is gone', async () => {
    const harness = await start();
    const { dead, source } = await poisoned(harness, 1);
    await dead.send('sent here itself');
    await running(harness, async () => {
      await begin(harness);
      await harness.clock.advance(100);
    });
    const task = await latest(harness);
    assert.equal(task.Status, 'FAILED');
    assert.equal(task.FailureReason, 'CouldNotDetermineMessageSource');
    assert.equal(task.ApproximateNumberOfMessagesMoved, 1);
    assert.deepEqual(await source.bodies(), ['poison 0']);
    assert.deepEqual(await dead.bodies({ VisibilityTimeout: 0 }), ['sent here itself']);

    await harness.create('other');
    await begin(harness, { DestinationArn: arnOf('other') });
    await harness.call('DeleteQueue', { QueueUrl: 'http://localhost/other' });
    await running(harness, () => harness.clock.advance(100));
    assert.equal((await latest(harness)).FailureReason, 'AWS.SimpleQueueService.NonExistentQueue');
  });

  it('ends when it is cancelled, and tells how many it moved', async () => {
    const harness = await start();
    await poisoned(harness, 3);
    const TaskHandle = await begin(harness, { MaxNumberOfMessagesPerSecond: 1 });
    assert.equal((await latest(harness)).TaskHandle, TaskHandle);
    await running(harness, () => harness.clock.advance(1000));
    const cancelled = await harness.call('CancelMessageMoveTask', { TaskHandle });
    assert.deepEqual(cancelled, { ApproximateNumberOfMessagesMoved: 2 });
    await running(harness, () => harness.clock.advance(60_000));
    assert.equal((await latest(harness)).Status, 'CANCELLED');
    assert.equal((await latest(harness)).ApproximateNumberOfMessagesMoved, 2);
    await assert.rejects(
      harness.call('CancelMessageMoveTask', { TaskHandle }),
      fails('InvalidParameterValue'),
    );
  });

  it('is refused where another runs, and where the queue takes no dead letters', async () => {
    const harness = await start();
    await poisoned(harness, 1);
    await begin(harness);
    // Recorded in test_start_multiple_move_tasks.
    await assert.rejects(
      begin(harness),
      fails(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      ),
    );
    await assert.rejects(
      begin(harness, { SourceArn: arnOf('source') }),
      fails('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.'),
    );
    await assert.rejects(
      begin(harness, { DestinationArn: arnOf('nowhere') }),
      fails(
        'ResourceNotFoundException',
        "The resource that you specified for the DestinationArn parameter doesn't exist.",
      ),
    );
    for (const MaxNumberOfMessagesPerSecond of [0, 501]) {
      await assert.rejects(
        begin(harness, { MaxNumberOfMessagesPerSecond }),
        fails('InvalidParameterValue'),
      );
    }
  });

  it('is found by a handle that tells a queue and a task, in the recorded words', async () => {
    const harness = await start();
    await poisoned(harness, 1);
    const cancel = (TaskHandle: string): Promise<unknown> =>
      harness.call('CancelMessageMoveTask', { TaskHandle });
    const handleOf = (sourceArn: string): string =>
      Buffer.from(JSON.stringify({ taskId: 'none', sourceArn })).toString('base64');
    // Recorded in test_cancel_with_invalid_task_handle, …_source_arn_…, …_task_id_….
    await assert.rejects(
      cancel('foobared'),
      fails('InvalidParameterValue', 'Value for parameter TaskHandle is invalid.'),
    );
    await assert.rejects(
      cancel(handleOf(arnOf('nowhere'))),
      fails(
        'ResourceNotFoundException',
        "The resource that you specified for the SourceArn parameter doesn't exist.",
      ),
    );
    await assert.rejects(
      cancel(handleOf(arnOf('dead'))),
      fails('ResourceNotFoundException', 'Task does not exist.'),
    );
  });

  it('lists the latest ten, the latest first', async () => {
    const harness = await start();
    await poisoned(harness, 0);
    for (let index = 1; index <= 12; index++) {
      await begin(harness, { MaxNumberOfMessagesPerSecond: index });
      await running(harness, () => harness.clock.advance(10));
    }
    const listed = await harness.call<ListMessageMoveTasksResult>('ListMessageMoveTasks', {
      SourceArn: arnOf('dead'),
      MaxResults: 10,
    });
    assert.deepEqual(
      listed.Results?.map((task) => task.MaxNumberOfMessagesPerSecond),
      [12, 11, 10, 9, 8, 7, 6, 5, 4, 3],
    );
    await assert.rejects(
      harness.call('ListMessageMoveTasks', { SourceArn: arnOf('dead'), MaxResults: 11 }),
      fails('InvalidParameterValue'),
    );
  });
});
