/** The machine's clock is set back or ahead by an hour under mappings: windows, back-offs and retries last as long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR_MS } from '#kernel/units.ts';
import { startSources } from '../../../test/support/event-sources.ts';

for (const [way, byMs] of [
  ['back', -HOUR_MS],
  ['ahead', HOUR_MS],
] as const) {
  test(`a batching window ends after its time where the clock is set ${way}`, async () => {
    await using world = await startSources();
    const queue = await world.createQueue('q');
    world.start();
    const window = { BatchSize: 3, MaximumBatchingWindowInSeconds: 20 };
    await world.map({ EventSourceArn: queue.arn, ...window });
    await world.quiet();
    await queue.send('1');
    await world.pass(5000);
    world.clock.jump(byMs);
    await world.pass(14_000);
    assert.equal(world.events.length, 0);
    await world.pass(1000);
    assert.equal(world.events.length, 1);
  });

  test(`a refused message is tried again after its wait where the clock is set ${way}`, async () => {
    await using world = await startSources();
    const queue = await world.createQueue('q');
    world.start();
    await world.map({ EventSourceArn: queue.arn });
    world.script = () => ({ throttles: true });
    await queue.send('1');
    await world.quiet();
    const before = world.events.length;
    world.clock.jump(byMs);
    world.script = () => ({ returns: '' });
    await world.pass(1000);
    assert.equal(world.events.length, before + 1);
    assert.equal(await queue.count(), 0);
  });

  test(`a failed message comes again after its visibility timeout where the clock is set ${way}`, async () => {
    await using world = await startSources();
    const queue = await world.createQueue('q', { VisibilityTimeout: '30' });
    world.start();
    await world.map({ EventSourceArn: queue.arn });
    world.script = () => ({ fails: 'no' });
    await queue.send('1');
    await world.quiet();
    world.clock.jump(byMs);
    await world.pass(29_000);
    assert.equal(world.events.length, 1);
    await world.pass(1000);
    assert.equal(world.events.length, 2);
  });
}
