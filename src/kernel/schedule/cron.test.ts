import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { DAY_MS, MINUTE_MS } from '#kernel/units.ts';
import { nextCronTime, parseCron } from './cron.ts';

/** The next firings of an expression after an ISO time, as `YYYY-MM-DDTHH:MM`. */
function firings(expression: string, after: string, count = 1): (string | undefined)[] {
  const cron = parseCron(expression);
  assert.ok(cron, `${expression} is valid`);
  let atMs: number | undefined = Date.parse(`${after}Z`);
  return Array.from({ length: count }, () => {
    if (atMs !== undefined) atMs = nextCronTime(cron, atMs);
    return atMs === undefined ? undefined : new Date(atMs).toISOString().slice(0, 16);
  });
}

describe('a cron expression', () => {
  it('is refused unless it has six well-formed fields of which exactly one of the days is ?', () => {
    const refused = [
      '',
      'INVALID',
      '0 dummy ? * MON-FRI *',
      '7 20 * * NOT *',
      '0 12 * * *',
      '0 12 * * ? * *',
      '0 12 * * * *',
      '0 12 ? * ? *',
      '0 12 1 * MON *',
      '60 12 * * ? *',
      '0 24 * * ? *',
      '0 12 32 * ? *',
      '0 12 0 * ? *',
      '0 12 * 13 ? *',
      '0 12 * 0 ? *',
      '0 12 ? * 8 *',
      '0 12 ? * 0 *',
      '0 12 * * ? 1969',
      '0 12 * * ? 2200',
      '*/0 12 * * ? *',
      '5-1 12 * * ? *',
      '1,,2 12 * * ? *',
      '0 12 ? * 3#6 *',
      '0 12 ? * 3#0 *',
      '0 12 ? * 3#1,6#3 *',
      '0 12 W * ? *',
      '0 12 32W * ? *',
      '0 12 ? * 2W *',
      '1-2-3 12 * * ? *',
      '1/2/3 12 * * ? *',
      '-1 12 * * ? *',
      '1.5 12 * * ? *',
    ];
    for (const expression of refused) assert.equal(parseCron(expression), undefined, expression);
  });

  it('takes all that AWS was recorded to take', () => {
    const taken = [
      '0 18 ? * MON-FRI *',
      '0 8 1 * ? *',
      '0/15 * * * ? *',
      '0/10 * ? * MON-FRI *',
      '0/30 20-23 ? * MON-FRI *',
      '0 2 ? * SAT *',
      '5,35 14 * * ? *',
      '15 10 ? * 6L 2002-2005',
      '30-30 13-13 ? * 2,4,6 *',
      '*/15 * * * ? *',
    ];
    for (const expression of taken) assert.ok(parseCron(expression), expression);
  });

  it('fires at the beginning of the next minute that it allows, never at the instant itself', () => {
    assert.deepEqual(firings('30 9 * * ? *', '2026-01-01T09:29:59.999'), ['2026-01-01T09:30']);
    assert.deepEqual(firings('30 9 * * ? *', '2026-01-01T09:30:00'), ['2026-01-02T09:30']);
    assert.deepEqual(firings('0/15 * * * ? *', '2026-12-31T23:45:00'), ['2027-01-01T00:00']);
    assert.deepEqual(firings('5/20 8-10/2 * * ? *', '2026-01-01T08:26:00', 3), [
      '2026-01-01T08:45',
      '2026-01-01T10:05',
      '2026-01-01T10:25',
    ]);
  });

  it('knows the last day of the month, of leap years too', () => {
    assert.deepEqual(firings('0 0 L * ? *', '2028-01-31T00:00:00', 3), [
      '2028-02-29T00:00',
      '2028-03-31T00:00',
      '2028-04-30T00:00',
    ]);
    assert.deepEqual(firings('0 0 29 2 ? *', '2096-03-01T00:00:00'), ['2104-02-29T00:00']);
  });

  it('moves W to the nearest weekday and never out of the month', () => {
    // In August 2026 the 1st is a Saturday, the 15th too, the 30th a Sunday, the 31st a Monday.
    assert.deepEqual(firings('0 0 1W 8 ? 2026', '2026-01-01T00:00:00'), ['2026-08-03T00:00']);
    assert.deepEqual(firings('0 0 15W 8 ? 2026', '2026-01-01T00:00:00'), ['2026-08-14T00:00']);
    assert.deepEqual(firings('0 0 30W 8 ? 2026', '2026-01-01T00:00:00'), ['2026-08-31T00:00']);
    // May 31, 2026 is a Sunday: LW is Friday the 29th, and so is 31W.
    assert.deepEqual(firings('0 0 LW 5 ? 2026', '2026-01-01T00:00:00'), ['2026-05-29T00:00']);
    assert.deepEqual(firings('0 0 31W 5 ? 2026', '2026-01-01T00:00:00'), ['2026-05-29T00:00']);
    assert.deepEqual(firings('0 0 31W 6 ? 2026', '2026-01-01T00:00:00'), [undefined]);
  });

  it('counts weekdays from Sunday and knows the last and the nth of a month', () => {
    assert.deepEqual(firings('0 0 ? * 1 *', '2026-01-01T00:00:00'), ['2026-01-04T00:00']);
    assert.deepEqual(firings('0 0 ? * L *', '2026-01-01T00:00:00'), ['2026-01-03T00:00']);
    assert.deepEqual(firings('0 0 ? * 6L *', '2026-01-01T00:00:00'), ['2026-01-30T00:00']);
    assert.deepEqual(firings('0 0 ? * FRIL *', '2026-01-01T00:00:00'), ['2026-01-30T00:00']);
    assert.deepEqual(firings('0 0 ? * 3#2 *', '2026-01-01T00:00:00'), ['2026-01-13T00:00']);
    assert.deepEqual(firings('0 0 ? * thu#1 *', '2025-12-31T00:00:00'), ['2026-01-01T00:00']);
    assert.deepEqual(firings('0 0 ? * MON#5 *', '2026-01-01T00:00:00'), ['2026-03-30T00:00']);
  });

  it('has an end where its years have one', () => {
    assert.deepEqual(firings('15 10 ? * 6L 2002-2005', '2026-01-01T00:00:00'), [undefined]);
    assert.deepEqual(firings('0 0 1 1 ? 2199', '2026-01-01T00:00:00', 2), [
      '2199-01-01T00:00',
      undefined,
    ]);
  });
});

const digit = (min: number, max: number) => fc.integer({ min, max }).map(String);
const range = (min: number, max: number) =>
  fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
const plain = (min: number, max: number) =>
  fc.oneof(
    fc.constant('*'),
    digit(min, max),
    range(min, max),
    fc
      .tuple(fc.oneof(fc.constant('*'), digit(min, max), range(min, max)), digit(1, 9))
      .map(([span, step]) => `${span}/${step}`),
    fc.tuple(digit(min, max), range(min, max)).map((parts) => parts.join(',')),
  );
const days = fc.oneof(
  fc.tuple(
    fc.oneof(
      plain(1, 31),
      fc.constant('L'),
      fc.constant('LW'),
      digit(1, 31).map((d) => `${d}W`),
    ),
    fc.constant('?'),
  ),
  fc.tuple(
    fc.constant('?'),
    fc.oneof(
      plain(1, 7),
      fc.constant('L'),
      digit(1, 7).map((d) => `${d}L`),
      fc.tuple(digit(1, 7), digit(1, 5)).map(([d, n]) => `${d}#${n}`),
    ),
  ),
);

/** The definition, told minute by minute and by other means than the code's. */
function isAllowed(expression: string, atMs: number): boolean {
  const at = new Date(atMs);
  const [minute = '', hour = '', ofMonth = '', month = '', ofWeek = ''] = expression.split(' ');
  const allows = (field: string, value: number, max: number): boolean =>
    field.split(',').some((part) => {
      const [span = '', step] = part.split('/');
      const [low = '', high] = span === '*' ? ['0', String(max)] : span.split('-');
      const base = span === '*' && max !== 59 && max !== 23 ? 1 : Number(low);
      const end = Number(high ?? (step === undefined ? low : max));
      return value >= base && value <= end && (value - base) % Number(step ?? 1) === 0;
    });
  const monthOf = (ms: number): number => new Date(ms).getUTCMonth();
  const isWeekday = (ms: number): boolean => ![0, 6].includes(new Date(ms).getUTCDay());
  const isDayAllowed = (): boolean => {
    const isLast = monthOf(atMs + DAY_MS) !== monthOf(atMs);
    const date = at.getUTCDate();
    const weekday = at.getUTCDay() + 1;
    if (ofMonth === 'L') return isLast;
    if (ofMonth === 'LW') {
      const isLater = [1, 2, 3].some(
        (n) => monthOf(atMs + n * DAY_MS) === monthOf(atMs) && isWeekday(atMs + n * DAY_MS),
      );
      return isWeekday(atMs) && !isLater;
    }
    if (ofMonth.endsWith('W')) {
      const wanted = Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), Number.parseInt(ofMonth, 10));
      if (monthOf(wanted) !== monthOf(atMs)) return false;
      const near = [0, -1, 1, -2, 2].map((n) => wanted + n * DAY_MS);
      const found = near.find((ms) => monthOf(ms) === monthOf(wanted) && isWeekday(ms));
      return found !== undefined && new Date(found).getUTCDate() === date;
    }
    if (ofMonth !== '?') return allows(ofMonth, date, 31);
    if (ofWeek === 'L') return weekday === 7;
    if (ofWeek.endsWith('L')) {
      return weekday === Number(ofWeek[0]) && monthOf(atMs + 7 * DAY_MS) !== monthOf(atMs);
    }
    if (ofWeek.includes('#')) {
      return weekday === Number(ofWeek[0]) && Math.floor((date - 1) / 7) + 1 === Number(ofWeek[2]);
    }
    return allows(ofWeek, weekday, 7);
  };
  return (
    allows(minute, at.getUTCMinutes(), 59) &&
    allows(hour, at.getUTCHours(), 23) &&
    allows(month, at.getUTCMonth() + 1, 12) &&
    isDayAllowed()
  );
}

describe('cron, against its definition', () => {
  const expressions = fc
    .tuple(plain(0, 59), plain(0, 23), days, plain(1, 12))
    .map(([minute, hour, [ofMonth, ofWeek], month]) =>
      [minute, hour, ofMonth, month, ofWeek, '*'].join(' '),
    );
  const START_MS = Date.UTC(2026, 0, 1);

  it('fires only when allowed, and skips no minute that is', () => {
    fc.assert(
      fc.property(expressions, fc.integer({ min: 0, max: 800 * 1440 }), (expression, minutes) => {
        const cron = parseCron(expression);
        assert.ok(cron, expression);
        const afterMs = START_MS + minutes * MINUTE_MS;
        const nextMs = nextCronTime(cron, afterMs);
        const endMs = Math.min(nextMs ?? Infinity, afterMs + 3 * DAY_MS);
        for (let ms = afterMs + MINUTE_MS; ms < endMs; ms += MINUTE_MS) {
          assert.ok(!isAllowed(expression, ms), `${expression} at ${new Date(ms).toISOString()}`);
        }
        if (nextMs !== undefined) assert.ok(isAllowed(expression, nextMs), expression);
      }),
      { numRuns: 150 },
    );
  });

  it('refuses or takes any text without failing', () => {
    const piece = fc.constantFrom('*', '?', 'L', 'W', '#', '-', '/', ',', '1', '31', 'MON', ' ');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const cron = parseCron(pieces.join(''));
        if (cron !== undefined) nextCronTime(cron, START_MS);
      }),
      { numRuns: 2000 },
    );
  });
});
