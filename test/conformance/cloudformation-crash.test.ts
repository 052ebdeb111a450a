/** A server that is killed amid a deployment goes on with it once it is started again. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startServer } from '../../examples/server.ts';
import { atRest, cloudformationOf, createStack, eventsOf } from './cloudformation-harness.ts';

const QUEUES = 60;
const LOOK_MS = 5;
const DEADLINE_MS = 120_000;

/** One queue after the other, so that there is a middle in which to be killed. */
const TEMPLATE = {
  Resources: Object.fromEntries(
    Array.from({ length: QUEUES }, (_, index) => [
      `Queue${index}`,
      { Type: 'AWS::SQS::Queue', ...(index === 0 ? {} : { DependsOn: `Queue${index - 1}` }) },
    ]),
  ),
};

test('a deployment goes on after kill -9, and makes everything once', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-stacks-'));
  const flags = ['--isolation', 'process'];
  try {
    const first = await startServer({ dataDir, flags });
    const before = cloudformationOf(first);
    await createStack(before, 'long', TEMPLATE);
    for (const deadlineMs = Date.now() + DEADLINE_MS; ; await sleep(LOOK_MS)) {
      if ((await eventsOf(before, 'long')).length >= 5) break;
      assert.ok(Date.now() < deadlineMs, 'the deployment does not begin');
    }
    await first.kill();
    const second = await startServer({ dataDir, flags });
    try {
      const stack = await atRest(cloudformationOf(second), 'long');
      assert.equal(stack.StackStatus, 'CREATE_COMPLETE', stack.StackStatusReason);
      const { QueueUrls = [] } = await new SQSClient(second).send(new ListQueuesCommand({}));
      // One whose creation was done and not yet stored was made anew: the README tells of it.
      assert.ok([QUEUES, QUEUES + 1].includes(QueueUrls.length), String(QueueUrls.length));
    } finally {
      await second.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
