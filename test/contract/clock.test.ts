/** The contract of the port Clock, over the machine's (loosely) and the simulator's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { systemClock } from '#adapters/system-clock/index.ts';
import type { Clock } from '#ports/world/clock.ts';

interface Target {
  readonly name: string;
  readonly clock: Clock;
  /** Lets at least so much time pass. */
  readonly pass: (durationMs: number) => Promise<void>;
}

const simulated = new SimulatedClock();
const TARGETS: readonly Target[] = [
  { name: 'simulated', clock: simulated, pass: (durationMs) => simulated.advance(durationMs) },
  {
    name: 'system',
    clock: systemClock,
    pass: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs + 5)),
  },
];

for (const { name, clock, pass } of TARGETS) {
  describe(`Clock: ${name}`, () => {
    it('moves both its times forward', async () => {
      const [now, monotonic] = [clock.now(), clock.monotonicMs()];
      await pass(20);
      assert.ok(clock.now() >= now + 19);
      assert.ok(clock.monotonicMs() >= monotonic + 19);
    });

    it('shows a steady time that moves forward with the others', async () => {
      const before = clock.steadyMs();
      assert.ok(before >= clock.now() - 1000);
      await pass(20);
      assert.ok(clock.steadyMs() >= before + 19);
    });

    it('calls a timer once, after its delay', async () => {
      const start = clock.monotonicMs();
      const calls: number[] = [];
      clock.setTimer(60, () => calls.push(clock.monotonicMs() - start));
      await pass(5);
      assert.deepEqual(calls, []);
      await pass(60);
      assert.equal(calls.length, 1);
      assert.ok((calls[0] ?? 0) >= 59);
    });

    it('calls no timer that was disposed', async () => {
      let calls = 0;
      const timer = clock.setTimer(5, () => (calls += 1));
      timer[Symbol.dispose]();
      timer[Symbol.dispose]();
      await pass(15);
      assert.equal(calls, 0);
    });

    it('calls timers in the order of their times', async () => {
      const calls: number[] = [];
      for (const delayMs of [25, 1, 14]) clock.setTimer(delayMs, () => calls.push(delayMs));
      await pass(40);
      assert.deepEqual(calls, [1, 14, 25]);
    });

    it('takes a delay beyond 2^31 ms without calling early', async () => {
      let calls = 0;
      using _timer = clock.setTimer(2 ** 33, () => (calls += 1));
      await pass(10);
      assert.equal(calls, 0);
    });

    it('sleeps, and wakes with the reason of the signal', async () => {
      const slept = clock.sleep(10).then(() => 'slept');
      await pass(15);
      assert.equal(await slept, 'slept');
      const controller = new AbortController();
      const sleeping = assert.rejects(clock.sleep(60_000, controller.signal), /the reason/);
      controller.abort(new Error('the reason'));
      await sleeping;
      await assert.rejects(clock.sleep(60_000, controller.signal), /the reason/);
    });
  });
}

describe('SimulatedClock', () => {
  it('shows a timer its own time, and runs what it makes ready before the next', async () => {
    const clock = new SimulatedClock(1000);
    const events: string[] = [];
    clock.setTimer(10, () => {
      events.push(`first at ${clock.now()}`);
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => events.push('its microtask'));
      clock.setTimer(5, () => events.push(`third at ${clock.now()}`));
    });
    clock.setTimer(12, () => events.push(`second at ${clock.now()}`));
    await clock.advance(14);
    assert.deepEqual(events, ['first at 1010', 'its microtask', 'second at 1012']);
    assert.equal(clock.now(), 1014);
    assert.equal(clock.nextTimerAt(), 1015);
    await clock.advance(1);
    assert.equal(events.at(-1), 'third at 1015');
    assert.equal(clock.monotonicMs(), 15);
  });

  it('jumps without a change of what lasts: timers, the monotonic and the steady time', async () => {
    const clock = new SimulatedClock(1_000_000);
    const calls: number[] = [];
    clock.setTimer(10, () => calls.push(clock.now()));
    clock.jump(-500_000);
    assert.deepEqual([clock.now(), clock.monotonicMs(), clock.steadyMs()], [500_000, 0, 1_000_000]);
    assert.equal(clock.nextTimerAt(), 500_010);
    await clock.advance(10);
    assert.deepEqual(calls, [500_010]);
    clock.jump(700_000);
    assert.deepEqual([clock.now(), clock.steadyMs()], [1_200_010, 1_000_010]);
  });

  it('runs timers of one time in the order of their making', async () => {
    const clock = new SimulatedClock();
    const calls: number[] = [];
    for (let n = 0; n < 500; n += 1) clock.setTimer(n % 7, () => calls.push((n % 7) * 1000 + n));
    await clock.advance(7);
    assert.deepEqual(
      calls,
      calls.toSorted((a, b) => a - b),
    );
    assert.equal(calls.length, 500);
  });
});
