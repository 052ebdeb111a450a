import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { transition } from './environment-state.ts';
import type { EnvironmentEffect, EnvironmentEvent, EnvironmentState } from './environment-state.ts';

const exit = { description: 'exit status 1', exitCode: 1, signal: undefined, outOfMemory: false };
const START: EnvironmentState = { kind: 'starting', startedAtMs: 0, deadlineMs: 10_000 };

/** Lets events happen, one a millisecond, as far as the state allows them. */
function live(events: readonly EnvironmentEvent[]): {
  readonly states: EnvironmentState[];
  readonly effects: EnvironmentEffect[];
} {
  let state = START;
  const states = [state];
  const effects: EnvironmentEffect[] = [];
  events.forEach((event, index) => {
    if (!isPossible(state, event)) return;
    const next = transition(state, event, index + 1);
    state = next.state;
    states.push(state);
    effects.push(...next.effects);
  });
  return { states, effects };
}

/** What the shell and the Runtime API never let happen. */
function isPossible(state: EnvironmentState, event: EnvironmentEvent): boolean {
  if (event.kind === 'invoke') return state.kind === 'idle';
  if (event.kind === 'deadline' && 'heldSinceMs' in state) return false;
  if (event.kind === 'retire') return state.kind !== 'busy';
  if (state.kind !== 'busy') return event.kind !== 'answered';
  if (event.kind === 'answered') return state.answer === 'none';
  return event.kind !== 'ready' || state.answer !== 'none';
}

const EVENT = fc.constantFrom<EnvironmentEvent>(
  { kind: 'ready' },
  { kind: 'ready' },
  { kind: 'init-error', error: { errorType: 'Error', payload: new Uint8Array(0) } },
  { kind: 'invoke', requestId: 'id', timeoutMs: 5 },
  { kind: 'invoke', requestId: 'id', timeoutMs: 5 },
  { kind: 'answered', answer: 'returned' },
  { kind: 'answered', answer: 'failed' },
  { kind: 'deadline' },
  { kind: 'hold' },
  { kind: 'resume' },
  { kind: 'quiet' },
  { kind: 'exit', exit },
  { kind: 'runtime-exit', exit },
  { kind: 'retire' },
);

describe('the life of an environment', () => {
  it('is init, event, idle, frozen, thawed, event', () => {
    const { states, effects } = live([
      { kind: 'ready' },
      { kind: 'invoke', requestId: 'a', timeoutMs: 3000 },
      { kind: 'answered', answer: 'returned' },
      { kind: 'ready' },
      { kind: 'quiet' },
      { kind: 'invoke', requestId: 'b', timeoutMs: 3000 },
    ]);
    assert.deepEqual(
      states.map(({ kind }) => kind),
      ['starting', 'idle', 'busy', 'busy', 'idle', 'idle', 'busy'],
    );
    assert.deepEqual(
      effects.map(({ kind }) => kind),
      [
        'clear-deadline',
        'end-init',
        'set-deadline',
        'deliver',
        'clear-deadline',
        'end-invocation',
        'freeze',
        'thaw',
        'set-deadline',
        'deliver',
      ],
    );
  });

  it('ends by a deadline with the time that the function had', () => {
    const { states, effects } = live([
      { kind: 'ready' },
      { kind: 'invoke', requestId: 'a', timeoutMs: 3000 },
      { kind: 'deadline' },
      { kind: 'exit', exit },
    ]);
    assert.deepEqual(states.at(-1), { kind: 'stopped', why: 'timeout' });
    assert.deepEqual(effects.slice(4), [
      { kind: 'clear-deadline' },
      { kind: 'answer-cut', end: { kind: 'timeout', durationMs: 3000 } },
      { kind: 'shut-down', reason: 'timeout' },
      { kind: 'end-invocation', end: { kind: 'timeout', durationMs: 3000 } },
    ]);
  });

  it('has its deadline moved by as long as a debugger held it', () => {
    const { states, effects } = live([
      { kind: 'hold' },
      { kind: 'hold' },
      { kind: 'quiet' },
      { kind: 'resume' },
      { kind: 'resume' },
      { kind: 'ready' },
      { kind: 'invoke', requestId: 'a', timeoutMs: 3000 },
      { kind: 'hold' },
      { kind: 'answered', answer: 'returned' },
      { kind: 'resume' },
      { kind: 'ready' },
    ]);
    assert.deepEqual(effects.slice(0, 2), [
      { kind: 'clear-deadline' },
      { kind: 'set-deadline', atMs: 10_003 },
    ]);
    assert.deepEqual(effects.filter(({ kind }) => kind === 'set-deadline').slice(1), [
      { kind: 'set-deadline', atMs: 3007 },
      { kind: 'set-deadline', atMs: 3009 },
    ]);
    assert.equal(states.at(-1)?.kind, 'idle');
  });

  it('keeps its promises whatever happens', () => {
    fc.assert(
      fc.property(fc.array(EVENT, { maxLength: 40 }), (events) => {
        const { states, effects } = live(events);
        const count = (kind: EnvironmentEffect['kind']): number =>
          effects.filter((effect) => effect.kind === kind).length;
        const last = states.at(-1);
        // I4: each event that was delivered ends once, but for one that is still in hand.
        const isInHand =
          last?.kind === 'busy' || (last?.kind === 'stopping' && last.invocation !== undefined);
        assert.equal(count('end-invocation'), count('deliver') - (isInHand ? 1 : 0));
        assert.equal(count('end-init'), last?.kind === 'starting' ? 0 : 1);
        assert.ok(count('thaw') <= count('freeze'));
        // I3: what stops never lives again.
        const stop = states.findIndex(({ kind }) => kind === 'stopping' || kind === 'stopped');
        const after = stop === -1 ? [] : states.slice(stop);
        assert.ok(after.every(({ kind }) => kind === 'stopping' || kind === 'stopped'));
        // I2, I5: a deadline is set while somebody waits for it and no debugger holds it.
        const isWaiting = last?.kind === 'starting' || last?.kind === 'busy';
        const isHeld = isWaiting && last.heldSinceMs !== undefined;
        const deadlines = effects.filter(({ kind }) => kind.endsWith('-deadline'));
        const isSet = deadlines.at(-1)?.kind !== 'clear-deadline';
        assert.equal(isSet, isWaiting && !isHeld);
      }),
      { numRuns: 2000 },
    );
  });
});
