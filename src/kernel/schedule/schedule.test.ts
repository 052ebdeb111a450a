import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kernel/units.ts';
import { isTimeZone, nextFiring, parseRuleExpression, parseSchedulerExpression } from './index.ts';
import { openTimeZone } from './time-zone.ts';

const at = (text: string): number => Date.parse(text);

function firings(expression: string, timeZone: string, after: string, count: number): string[] {
  const parsed = parseSchedulerExpression(expression);
  assert.ok(parsed);
  const found: string[] = [];
  let afterMs: number | undefined = at(after);
  while (found.length < count && afterMs !== undefined) {
    afterMs = nextFiring(parsed, { afterMs, anchorMs: at(after), timeZone });
    if (afterMs !== undefined) found.push(new Date(afterMs).toISOString().slice(0, 16));
  }
  return found;
}

describe('an expression of a rule', () => {
  it('has a rate whose unit is singular for one and plural for more', () => {
    for (const text of ['rate(1 minute)', 'rate(5 minutes)', 'rate(1 hour)', 'rate(7 days)']) {
      assert.ok(parseRuleExpression(text), text);
    }
    const refused = [
      'rate(1 minutes)',
      'rate(5 minute)',
      'rate(0 minutes)',
      'rate(-1 minutes)',
      'rate(1.5 hours)',
      'rate(10 years)',
      'rate(10 seconds)',
      'rate(10 minutess)',
      'rate(foo minutes)',
      'rate(5minutes)',
      'rate()',
      'at(2026-01-01T00:00:00)',
      'cron(0 12 * * ? *',
      ' rate(1 minute)',
    ];
    for (const text of refused) assert.equal(parseRuleExpression(text), undefined, text);
  });
});

describe('an expression of Scheduler', () => {
  it('may be one time, which must be a date of the calendar', () => {
    assert.ok(parseSchedulerExpression('at(2028-02-29T23:59:59)'));
    const refused = [
      'at(2021-12-31)',
      'at(2026-02-29T00:00:00)',
      'at(2026-13-01T00:00:00)',
      'at(2026-01-01T24:00:00)',
      'at(2026-01-01T00:00:00Z)',
      'at(2026-01-01 00:00:00)',
    ];
    for (const text of refused) assert.equal(parseSchedulerExpression(text), undefined, text);
  });

  it('fires once at its time in its zone', () => {
    assert.deepEqual(firings('at(2026-07-01T09:00:00)', 'Asia/Seoul', '2026-06-01T00:00:00Z', 2), [
      '2026-07-01T00:00',
    ]);
  });

  it('counts a rate from its anchor, and fires at the anchor itself when that is to come', () => {
    const rate = parseSchedulerExpression('rate(10 minutes)');
    assert.ok(rate);
    const anchorMs = at('2026-01-01T00:03:00Z');
    const next = (after: string) => nextFiring(rate, { afterMs: at(after), anchorMs });
    assert.equal(next('2026-01-01T00:02:59Z'), anchorMs);
    assert.equal(next('2026-01-01T00:03:00Z'), anchorMs + 10 * MINUTE_MS);
    assert.equal(next('2026-01-01T00:12:59Z'), anchorMs + 10 * MINUTE_MS);
    assert.equal(next('2026-01-02T00:13:00Z'), anchorMs + DAY_MS + 20 * MINUTE_MS);
  });
});

describe('a schedule in a time zone', () => {
  it('keeps its wall clock when daylight saving begins and ends', () => {
    assert.deepEqual(firings('cron(0 9 * * ? *)', 'America/New_York', '2026-03-06T15:00:00Z', 3), [
      '2026-03-07T14:00',
      '2026-03-08T13:00',
      '2026-03-09T13:00',
    ]);
    assert.deepEqual(firings('cron(0 9 * * ? *)', 'America/New_York', '2026-10-31T00:00:00Z', 3), [
      '2026-10-31T13:00',
      '2026-11-01T14:00',
      '2026-11-02T14:00',
    ]);
  });

  it('skips a time that does not exist', () => {
    assert.deepEqual(firings('cron(30 2 * * ? *)', 'America/New_York', '2026-03-07T00:00:00Z', 2), [
      '2026-03-07T07:30',
      '2026-03-09T06:30',
    ]);
    assert.deepEqual(
      firings('at(2026-03-08T02:30:00)', 'America/New_York', '2026-01-01T00:00:00Z', 1),
      [],
    );
  });

  it('fires once at a time that comes twice', () => {
    assert.deepEqual(firings('cron(30 1 * * ? *)', 'America/New_York', '2026-10-31T12:00:00Z', 2), [
      '2026-11-01T05:30',
      '2026-11-02T06:30',
    ]);
  });

  it('survives a day that a zone left out', () => {
    // Samoa went from December 29 to 31 in 2011.
    assert.deepEqual(firings('cron(0 12 30 * ? *)', 'Pacific/Apia', '2011-12-01T00:00:00Z', 1), [
      '2012-01-29T22:00',
    ]);
  });

  it('has a name of the database of zones', () => {
    for (const name of ['UTC', 'Asia/Seoul', 'Europe/Berlin']) assert.ok(isTimeZone(name), name);
    for (const name of ['', '+09:00', 'Mars/Olympus']) assert.ok(!isTimeZone(name), name);
  });
});

describe('a wall clock', () => {
  const zones = ['America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'];
  const instants = fc.integer({
    min: at('2000-01-01T00:00:00Z') / MINUTE_MS,
    max: at('2040-01-01T00:00:00Z') / MINUTE_MS,
  });

  it('is found again from what it shows, at that instant or at the earlier one of two', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (name, minutes) => {
        const zone = openTimeZone(name);
        const instantMs = minutes * MINUTE_MS;
        const foundMs = zone.firstInstantOf(zone.wallClockAt(instantMs));
        assert.ok(foundMs !== undefined && foundMs <= instantMs);
        assert.ok(instantMs - foundMs <= HOUR_MS);
        assert.equal(zone.wallClockAt(foundMs), zone.wallClockAt(instantMs));
      }),
      { numRuns: 300 },
    );
  });
});
