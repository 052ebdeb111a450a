import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shareBetween, unfairness } from './processor-time.ts';

/** Half a core is promised; this was had in two seconds, of a hundred periods. */
function judge(usedMs: number, throttled: number, periods = 100, quotaCores = 0.5): string {
  const begin = { wallMs: 500, usedMs: 70, periods: 20, throttled: 10, quotaCores };
  const end = {
    wallMs: begin.wallMs + 2000,
    usedMs: begin.usedMs + usedMs,
    periods: begin.periods + periods,
    throttled: begin.throttled + throttled,
    quotaCores,
  };
  return unfairness(0.5, shareBetween(begin, end)) ?? 'fair';
}

describe('the processor time of a sandbox', () => {
  it('is fair as promised, and a tenth more or less', () => {
    assert.deepEqual(
      [899, 900, 1000, 1100, 1101].map((usedMs) => judge(usedMs, 100)),
      ['too little', 'fair', 'fair', 'fair', 'too much'],
    );
  });

  it('may be less where others ran, not where the quota held it back', () => {
    assert.equal(judge(450, 50), 'fair');
    assert.equal(judge(449, 50), 'too little');
    assert.equal(judge(0, 0), 'fair');
  });

  it('is never more, whoever ran', () => {
    assert.equal(judge(1101, 0), 'too much');
  });

  it('is limited by the quota that is promised, also where nobody used it up', () => {
    assert.deepEqual(
      [0.489, 0.491, 0.509, 0.511].map((quota) => judge(300, 0, 100, quota)),
      ['a quota of 0.489', 'fair', 'fair', 'a quota of 0.511'],
    );
    assert.equal(judge(1000, 0, 0), 'no period');
  });
});
