/** The machine's clock is set back or ahead under rules that have a schedule. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '#kernel/units.ts';
import { openHarness, QUEUE } from './harness.test.ts';

async function ticking(ScheduleExpression: string) {
  const harness = await openHarness();
  const { call, clock, restart, received } = harness;
  await call('PutRule', { Name: 'tick', ScheduleExpression });
  await call('PutTargets', { Rule: 'tick', Targets: [{ Id: 'a', Arn: QUEUE }] });
  /** Runs a server for a while, started anew each time. */
  const pass = async (durationMs: number): Promise<void> => {
    const stop = new AbortController();
    const running = restart().run(stop.signal);
    await clock.advance(durationMs);
    stop.abort();
    await running;
  };
  const times = (): string[] =>
    received().map((event) => (event as { readonly time: string }).time.slice(11, 16));
  return { ...harness, pass, times };
}

describe('a rule that fires each minute', () => {
  it('goes on after a minute where it is a rate and the clock is set back, also to before it was made', async () => {
    const { clock, pass, times } = await ticking('rate(1 minute)');
    await pass(3 * MINUTE_MS);
    assert.equal(times().length, 3);
    clock.jump(-HOUR_MS);
    await pass(3 * MINUTE_MS);
    assert.deepEqual(times().slice(3), ['23:04', '23:05', '23:06']);
  });

  it('fires no minute again where it is a cron and the clock is set back', async () => {
    const { clock, pass, times } = await ticking('cron(* * * * ? *)');
    await pass(3 * MINUTE_MS);
    clock.jump(-10 * MINUTE_MS);
    await pass(10 * MINUTE_MS);
    assert.deepEqual(times(), ['00:01', '00:02', '00:03']);
    await pass(2 * MINUTE_MS);
    assert.deepEqual(times(), ['00:01', '00:02', '00:03', '00:04', '00:05']);
  });

  it('makes up for the first and the last minutes where the clock is set ahead', async () => {
    const { clock, pass, times } = await ticking('cron(* * * * ? *)');
    await pass(MINUTE_MS);
    clock.jump(HOUR_MS);
    await pass(MINUTE_MS);
    assert.equal(times().join(' '), '00:01 00:02 00:57 00:58 00:59 01:00 01:01 01:02');
  });
});
