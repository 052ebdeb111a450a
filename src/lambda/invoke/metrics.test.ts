import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { MINUTE_MS } from '#kernel/units.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import { functionVersion } from '../../../test/support/invoke-plane.ts';
import { Admission } from './admission.ts';
import { InvocationMetrics } from './metrics.ts';

const AT_MS = 100 * MINUTE_MS;

/** Metrics of one function, whose sink gathers when it is told to. */
function start() {
  const clock = new SimulatedClock();
  const limits = { accountConcurrency: 10, environmentsPer10Seconds: 10 };
  const later: (() => readonly MetricDatum[])[] = [];
  const sink = {
    put: () => {},
    putLater: (make: () => readonly MetricDatum[]) => void later.push(make),
  };
  const metrics = new InvocationMetrics(sink, clock, new Admission(clock, limits));
  const version = functionVersion();
  const target = { version, invokedFunctionArn: version.functionArn };
  return {
    run(durationMs: number, { startedAtMs = AT_MS, failed = false } = {}): void {
      const failure = failed ? { failure: 'error' as const } : {};
      metrics.record({ startedAtMs, durationMs, ...failure }, target, undefined);
    },
    waiting: () => later.length,
    /** What was told of all functions together: name, value, how often, and the minute. */
    gather: () =>
      later
        .splice(0)
        .flatMap((make) => make())
        .filter(({ dimensions }) => Object.keys(dimensions).length === 0)
        .map(({ name, value, count, timestampMs }) => [
          name,
          value,
          count,
          Math.floor(timestampMs / MINUTE_MS),
        ]),
  };
}

describe('metrics of invocations', () => {
  it('are told together of those that began within a minute', () => {
    const world = start();
    world.run(1);
    world.run(2, { failed: true });
    world.run(2, { startedAtMs: AT_MS + MINUTE_MS - 1 });
    assert.equal(world.waiting(), 1);
    assert.deepEqual(world.gather(), [
      ['Invocations', 1, 3, 100],
      ['Errors', 0, 2, 100],
      ['Errors', 1, 1, 100],
      ['Duration', 1, 1, 100],
      ['Duration', 2, 1, 100],
      ['Duration', 2, 1, 100],
    ]);
  });

  it('are told apart of the next minute, and of those before it that end later', () => {
    const world = start();
    world.run(1);
    world.run(1, { startedAtMs: AT_MS + MINUTE_MS });
    world.run(1);
    const invocations = world.gather().filter(([name]) => name === 'Invocations');
    assert.deepEqual(invocations, [
      ['Invocations', 1, 1, 100],
      ['Invocations', 1, 1, 101],
      ['Invocations', 1, 1, 100],
    ]);
  });

  it('are counted once: what comes after the sink has gathered is told the next time', () => {
    const world = start();
    world.run(1);
    world.gather();
    world.run(1, { failed: true });
    assert.deepEqual(world.gather(), [
      ['Invocations', 1, 1, 100],
      ['Errors', 1, 1, 100],
      ['Duration', 1, 1, 100],
    ]);
    assert.deepEqual(world.gather(), []);
  });

  it('are told in pieces of a bounded size', () => {
    const world = start();
    for (let run = 0; run < 300; run += 1) world.run(run);
    assert.equal(world.waiting(), 3);
    const told = world.gather();
    assert.equal(told.filter(([name]) => name === 'Duration').length, 300);
  });
});
