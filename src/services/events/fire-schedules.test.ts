import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MINUTE_MS } from '#kernel/units.ts';
import { openHarness, QUEUE } from './harness.test.ts';

describe('a rule that fires each minute', () => {
  it('loses no minute over a restart that takes three', async () => {
    const { call, clock, received, events, restart } = await openHarness();
    await call('PutRule', { Name: 'tick', ScheduleExpression: 'rate(1 minute)' });
    await call('PutTargets', { Rule: 'tick', Targets: [{ Id: 'a', Arn: QUEUE }] });
    for (const server of [events, restart()]) {
      const stop = new AbortController();
      const running = server.run(stop.signal);
      await clock.settle();
      await clock.advance(2 * MINUTE_MS);
      stop.abort();
      await running;
      await clock.advance(3 * MINUTE_MS);
    }
    assert.deepEqual(
      received().map((event) => (event as { readonly time: string }).time.slice(11, 16)),
      ['00:01', '00:02', '00:03', '00:04', '00:05', '00:06', '00:07'],
    );
  });
});
