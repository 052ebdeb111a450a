/** The machine's clock is set back or ahead: no time of a cron fires twice, and no rate waits for long. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '#kernel/units.ts';
import { BASE, start } from './harness.test.ts';

const HALF_PAST = 30 * MINUTE_MS;

describe('where the clock is set back by an hour', () => {
  it('a rate goes on after a period, over a restart too', async () => {
    const { clock, call, pass, firedAt } = await start();
    await call('CreateSchedule', { ...BASE, ScheduleExpression: 'rate(10 minutes)' });
    await pass(HALF_PAST);
    const before = firedAt().length;
    clock.jump(-HOUR_MS);
    await pass(HALF_PAST);
    assert.equal(firedAt().length - before, 3);
    assert.equal(before, 4);
  });

  it('a rate goes on while the server runs, once it is told of the jump', async () => {
    const { clock, call, run, wakeups, firedAt } = await start();
    await call('CreateSchedule', { ...BASE, ScheduleExpression: 'rate(10 minutes)' });
    const end = run();
    await clock.advance(HALF_PAST);
    const before = firedAt().length;
    clock.jump(-HOUR_MS);
    wakeups.notifyAll();
    await clock.advance(HALF_PAST);
    assert.equal(firedAt().length - before, 3);
    await end();
  });

  it('a cron fires no time again, and goes on with the first that is new', async () => {
    const { clock, call, pass, firedAt } = await start();
    await call('CreateSchedule', { ...BASE, ScheduleExpression: 'cron(0/10 * * * ? *)' });
    await pass(HALF_PAST);
    clock.jump(-HOUR_MS);
    await pass(HOUR_MS + 10 * MINUTE_MS);
    assert.deepEqual(
      firedAt().map((at) => at.slice(11)),
      ['00:10', '00:20', '00:30', '00:40'],
    );
  });

  it('a single time comes when the clock shows it, and not again', async () => {
    const { clock, call, pass, firedAt } = await start();
    for (const [Name, minute] of [
      ['past', '10'],
      ['coming', '50'],
    ]) {
      const ScheduleExpression = `at(2026-01-01T00:${minute}:00)`;
      await call('CreateSchedule', { ...BASE, Name: Name ?? '', ScheduleExpression });
    }
    await pass(HALF_PAST);
    clock.jump(-HOUR_MS);
    await pass(HALF_PAST);
    assert.deepEqual(firedAt(), ['2026-01-01T00:10']);
    await pass(HOUR_MS);
    assert.deepEqual(firedAt(), ['2026-01-01T00:10', '2026-01-01T00:50']);
  });

  it('a rate with a start waits for that again', async () => {
    const { clock, call, pass, firedAt } = await start();
    const StartDate = clock.now() + 10 * MINUTE_MS;
    await call('CreateSchedule', { ...BASE, StartDate });
    await pass(5 * MINUTE_MS);
    clock.jump(-HOUR_MS);
    await pass(HOUR_MS);
    assert.deepEqual(firedAt(), []);
    await pass(5 * MINUTE_MS);
    assert.deepEqual(firedAt(), ['2026-01-01T00:10']);
  });
});

describe('where the clock is set ahead by an hour', () => {
  it('what was passed over is made up for as after an outage, and each time fires once', async () => {
    const { clock, call, run, wakeups, deliveries } = await start();
    await call('CreateSchedule', { ...BASE, ScheduleExpression: 'cron(* * * * ? *)' });
    const end = run();
    await clock.advance(2 * MINUTE_MS);
    clock.jump(HOUR_MS);
    wakeups.notifyAll();
    await clock.advance(MINUTE_MS);
    await end();
    const times = deliveries.map(({ delivery }) =>
      /"time":"\d+-\d+-\d+T(\d+:\d+)/.exec(Buffer.from(delivery.payload).toString())?.at(1),
    );
    assert.equal(times.join(' '), '00:01 00:02 00:03 00:58 00:59 01:00 01:01 01:02 01:03');
  });

  it('a rate that was passed over fires once, and goes on after a period', async () => {
    const { clock, call, run, wakeups, firedAt } = await start();
    await call('CreateSchedule', { ...BASE, ScheduleExpression: 'rate(10 minutes)' });
    const end = run();
    await clock.advance(25 * MINUTE_MS);
    clock.jump(HOUR_MS);
    wakeups.notifyAll();
    await clock.advance(10 * MINUTE_MS);
    await end();
    assert.equal(
      firedAt()
        .map((at) => at.slice(11))
        .join(' '),
      '00:00 00:10 00:20 01:25 01:30',
    );
  });

  it('a rate whose time comes while the machine is suspended fires each time that it wakes', async () => {
    const { clock, call, run, wakeups, firedAt } = await start();
    await call('CreateSchedule', { ...BASE, ScheduleExpression: 'rate(1 day)' });
    const end = run();
    await clock.advance(4 * HOUR_MS);
    for (let night = 0; night < 3; night += 1) {
      await clock.advance(16 * HOUR_MS);
      clock.jump(8 * HOUR_MS);
      wakeups.notifyAll();
      await clock.settle();
    }
    await end();
    assert.equal(firedAt().length, 4, firedAt().join(' '));
  });
});
