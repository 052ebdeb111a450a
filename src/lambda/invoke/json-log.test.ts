import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runtimeProgram } from '#adapters/simulated-sandbox/index.ts';
import { MIB } from '#kernel/units.ts';
import { functionVersion, payloadOf, TestPlane } from '../../../test/support/invoke-plane.ts';

interface Line {
  readonly time: string;
  readonly type: string;
  readonly record: Record<string, unknown>;
}

/** What the platform wrote of one event of a function that needs 10.0001 ms for its init and 20 for the event. */
async function linesAt(systemLevel: string, tracingMode: 'Active' | 'PassThrough') {
  await using test = new TestPlane({
    program: runtimeProgram({
      init: async (process) => process.sleep(10.0001),
      handler: async (_event, process) => {
        await process.sleep(20);
        return '"four"';
      },
    }),
  });
  const logging = { format: 'JSON', applicationLevel: 'INFO', systemLevel, logGroup: 'g' } as const;
  test.catalog.put(functionVersion({ logging, tracingMode }));
  await payloadOf(await test.during(test.invoke(), 100));
  await test.clock.settle();
  const stream = test.lines[0]?.stream.logStream;
  return { stream, lines: test.messages.map((line) => JSON.parse(line) as Line) };
}

describe('the JSON log of the platform', () => {
  it('has everything at DEBUG, in the schema of the Telemetry API', async () => {
    const { stream, lines } = await linesAt('DEBUG', 'PassThrough');
    assert.deepEqual(
      lines.map(({ type }) => type),
      [
        'platform.initStart',
        'platform.initRuntimeDone',
        'platform.initReport',
        'platform.start',
        'platform.runtimeDone',
        'platform.report',
      ],
    );
    const [initStart, initDone, initReport, , done] = lines;
    assert.equal(initStart?.record['instanceId'], stream);
    assert.equal(initStart?.record['instanceMaxMemory'], 128 * MIB);
    const about = { phase: 'init', initializationType: 'on-demand', status: 'success' };
    assert.deepEqual(initDone?.record, about);
    assert.deepEqual(initReport?.record, { ...about, metrics: { durationMs: 10 } });
    assert.deepEqual(done?.record['metrics'], { durationMs: 20, producedBytes: 6 });
    const time = String(done.time);
    assert.deepEqual(done.record['spans'], [
      { name: 'responseLatency', start: before(time, 20), durationMs: 20 },
      { name: 'responseDuration', start: time, durationMs: 0 },
      { name: 'runtimeOverhead', start: time, durationMs: 0 },
    ]);
    assert.ok(lines.every(({ record }) => !('tracing' in record)));
  });

  it('leaves out at INFO what is DEBUG, and at WARN all that went well', async () => {
    const types = ['platform.initStart', 'platform.start', 'platform.report'];
    const info = await linesAt('INFO', 'PassThrough');
    assert.deepEqual(
      info.lines.map(({ type }) => type),
      types,
    );
    const { lines } = await linesAt('WARN', 'PassThrough');
    assert.deepEqual(lines, []);
  });

  it('names the trace of each record of an event where the function is traced', async () => {
    const { lines } = await linesAt('DEBUG', 'Active');
    const traces = lines.slice(3).map(({ record }) => record['tracing'] as { spanId: string });
    assert.equal(traces.length, 3);
    for (const trace of traces) {
      assert.match(trace.spanId, /^[0-9a-f]{16}$/);
      assert.deepEqual(trace, traces[0]);
    }
  });
});

function before(time: string, ms: number): string {
  return new Date(Date.parse(time) - ms).toISOString();
}
