/** Seeded runs: functions fail, are throttled, report items and crash; each message ends once, groups in order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '#adapters/simulated/index.ts';

import {
  startSources,
  type Answer,
  type FunctionEvent,
} from '../../../../test/support/event-sources.ts';

const GROUPS = ['a', 'b', 'c'];
const MESSAGES_PER_GROUP = 6;

for (const seed of [1, 2, 3, 4]) {
  test(`each message is handled or dead, and groups keep their order: seed ${seed}`, async () => {
    await using world = await startSources();
    const random = new SeededRandom(seed);
    const FIFO = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    const dead = await world.createQueue('dead.fifo', FIFO);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 4 });
    const queue = await world.createQueue('q.fifo', {
      ...FIFO,
      VisibilityTimeout: '5',
      RedrivePolicy,
    });
    const handled: string[] = [];
    world.script = (event) => answerTo(event, random.fraction(), handled);
    for (let index = 0; index < MESSAGES_PER_GROUP; index += 1) {
      for (const group of GROUPS) await queue.send(`${group}${index}`, { MessageGroupId: group });
    }
    world.start();
    await world.map({
      EventSourceArn: queue.arn,
      BatchSize: 4,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    for (let round = 0; round < 3; round += 1) {
      await world.pass(7000);
      await world.crash();
      world.start();
    }
    await world.pass(600_000);
    assert.equal(await queue.count(), 0);
    const ended = new Set(handled);
    assert.ok(ended.size > 0);
    assert.equal(ended.size + (await dead.count()), GROUPS.length * MESSAGES_PER_GROUP);
    for (const group of GROUPS) {
      const own = [...ended].filter((body) => body.startsWith(group));
      assert.deepEqual(
        own,
        own.toSorted((one, other) => one.localeCompare(other)),
      );
    }
  });
}

/** Handles all, or fails in one of the ways in which a function can. */
function answerTo({ Records }: FunctionEvent, chance: number, handled: string[]): Answer {
  if (chance < 0.15) return { throttles: true };
  if (chance < 0.3) return { fails: 'by chance' };
  // A function of a FIFO queue handles up to the first that fails, and reports the rest.
  const failsAt = chance < 0.5 ? Math.floor(Records.length / 2) : Records.length;
  handled.push(...Records.slice(0, failsAt).map(({ body }) => String(body)));
  const batchItemFailures = Records.slice(failsAt).map(({ messageId }) => ({
    itemIdentifier: messageId,
  }));
  return { returns: { batchItemFailures } };
}
