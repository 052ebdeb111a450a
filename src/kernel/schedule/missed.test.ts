import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '#kernel/units.ts';
import { resumeAfter } from './missed.ts';

describe('what is made up for of missed firings', () => {
  const nowMs = Date.parse('2026-01-01T12:00:00Z');

  it('is everything after the last firing, as long as that is five minutes ago', () => {
    for (const ageMs of [0, MINUTE_MS, 5 * MINUTE_MS]) {
      assert.equal(resumeAfter(nowMs - ageMs, nowMs), nowMs - ageMs);
    }
  });

  it('is the last five minutes’ once that is longer ago, or the flexible window’s', () => {
    assert.equal(resumeAfter(nowMs - 5 * MINUTE_MS - 1, nowMs), nowMs - 5 * MINUTE_MS);
    assert.equal(resumeAfter(nowMs - HOUR_MS, nowMs), nowMs - 5 * MINUTE_MS);
    assert.equal(resumeAfter(nowMs - HOUR_MS, nowMs, 15 * MINUTE_MS), nowMs - 15 * MINUTE_MS);
    assert.equal(resumeAfter(nowMs - HOUR_MS, nowMs, MINUTE_MS), nowMs - 5 * MINUTE_MS);
  });

  it('is nothing again of what fired ahead of its time', () => {
    assert.equal(resumeAfter(nowMs + 1, nowMs), nowMs + 1);
  });
});
