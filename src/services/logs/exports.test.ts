import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openHarness } from './harness.test.ts';
import type { Harness } from './harness.test.ts';

async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
  }
}

async function ended(world: Harness, taskId: string) {
  const { exportTasks } = await world.call('DescribeExportTasks', { taskId });
  const [task] = exportTasks ?? [];
  return task?.status?.code === 'PENDING' ? undefined : task;
}

test('an export writes each stream to the bucket, and is then complete', async () => {
  await using world = await openHarness();
  const { call, clock, logs } = world;
  await world.makeStream();
  await world.put([20, 'first'], [10, 'second']);
  using running = new DisposableStack();
  const abort = new AbortController();
  running.defer(() => abort.abort());
  const run = logs.run(abort.signal);
  const now = Math.floor(clock.now());
  const input = { logGroupName: 'g', from: now - 15_000, to: now, destination: 'bucket' };
  const { taskId = '' } = await call('CreateExportTask', input);
  const task = await until(() => ended(world, taskId));
  assert.deepEqual(task.status, { code: 'COMPLETED', message: 'Completed successfully' });
  const [, written] = world.deliveries;
  assert.equal(written?.targetArn, 'arn:aws:s3:::bucket');
  assert.equal(written.options?.subject, `exportedlogs/${taskId}/s/000000.gz`);
  const line = `${new Date(now - 10_000).toISOString()} second\n`;
  assert.equal(gunzipSync(written.payload).toString(), line);
  await assert.rejects(call('CancelExportTask', { taskId }), { code: 'InvalidOperationException' });
  abort.abort();
  await run;
});

test('an export waits for the one before, may be cancelled, and needs a group and a bucket', async () => {
  await using world = await openHarness();
  const { call } = world;
  await world.makeStream();
  const input = { logGroupName: 'g', from: 0, to: 1, destination: 'bucket' };
  // Recorded: test_create_export_task_log_group_not_found, test_create_export_task_bucket_not_found.
  await assert.rejects(call('CreateExportTask', { ...input, logGroupName: 'no' }), {
    message: 'The specified log group does not exist.',
  });
  world.target.check = 'missing';
  await assert.rejects(call('CreateExportTask', input), {
    code: 'InvalidParameterException',
    message: 'The given bucket does not exist. Please make sure the bucket is valid.',
  });
  world.target.check = 'deliverable';
  const { taskId = '' } = await call('CreateExportTask', input);
  await assert.rejects(call('CreateExportTask', input), { code: 'LimitExceededException' });
  await call('CancelExportTask', { taskId });
  assert.equal((await ended(world, taskId))?.status?.code, 'CANCELLED');
  await assert.rejects(call('CancelExportTask', { taskId: 'no' }), {
    code: 'ResourceNotFoundException',
  });
});
