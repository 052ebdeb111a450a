import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { MINUTE_MS } from '#kernel/units.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import { AggregatingMetricSink } from './metric-sink.ts';
import { schema } from './store-schema.ts';
import { silentLog } from '../../../test/support/silent-log.ts';

const DATUM: MetricDatum = {
  accountId: '111111111111',
  region: 'us-east-1',
  namespace: 'AWS/Lambda',
  name: 'Invocations',
  value: 1,
  dimensions: {},
  unit: 'Count',
  timestampMs: 10 * MINUTE_MS,
};

/** A sink over a store of its own, in which each point is told as it was summed. */
async function openSink() {
  const database = await openDatabase({ path: ':memory:' });
  await database.migrate(schema);
  const faults: { before?: () => void } = {};
  const store: typeof database = Object.assign(Object.create(database), {
    transact: (async (body) => {
      const { before } = faults;
      delete faults.before;
      before?.();
      return database.transact(body);
    }) satisfies typeof database.transact,
  });
  const points = () =>
    database.read((queries) =>
      queries.all<{ readonly what: string; readonly total: number }>(
        `SELECT account_id || ' ' || region || ' ' || namespace || ' ' || name || ' ' || dimensions
           || ' ' || unit || ' ' || at_ms AS what, total
         FROM metric JOIN metric_point USING (metric_id) ORDER BY what`,
      ),
    );
  return {
    sink: new AggregatingMetricSink(store, silentLog),
    faults,
    points,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

describe('The metric sink, told to make measurements later', () => {
  it('makes each once, before what is stored is asked for', async () => {
    await using store = await openSink();
    let made = 0;
    const make = (): readonly MetricDatum[] => {
      made += 1;
      return [DATUM];
    };
    for (let index = 0; index < 1000; index += 1) store.sink.putLater(make);
    await store.sink.flush();
    await store.sink.flush();
    const [point, ...others] = await store.points();
    assert.deepEqual([made, point?.total, others.length], [1000, 1000, 0]);
  });
});

describe('The metric sink, asked for metrics that a reader may not see all of', () => {
  it('names those that wait, and those of its last write', async () => {
    await using store = await openSink();
    const names = (): string[] =>
      Array.from(store.sink.unseen(), (id) => (JSON.parse(id) as string[])[3] ?? '').sort();
    store.sink.putLater(() => [{ ...DATUM, name: 'later' }]);
    store.sink.put([DATUM, { ...DATUM, timestampMs: DATUM.timestampMs + MINUTE_MS }]);
    assert.deepEqual(names(), ['Invocations', 'later']);
    await store.sink.flush();
    store.sink.put([{ ...DATUM, name: 'new' }]);
    assert.deepEqual(names(), ['Invocations', 'later', 'new']);
    await store.sink.flush();
    assert.deepEqual(names(), ['new']);
    await store.sink.flush();
    assert.deepEqual(names(), []);
  });
});

describe('The metric sink, told how often a value came', () => {
  it('counts it so often, once where nothing is said', async () => {
    await using store = await openSink();
    store.sink.put([{ ...DATUM, count: 3 }, DATUM]);
    await store.sink.flush();
    const [point, ...others] = await store.points();
    assert.deepEqual([point?.total, others.length], [4, 0]);
  });
});

describe('The metric sink, told the same object of dimensions again', () => {
  it('keeps apart what differs in anything else', async () => {
    await using opened = await openSink();
    const others: readonly Partial<MetricDatum>[] = [
      {},
      { accountId: '222222222222' },
      { region: 'eu-west-1' },
      { namespace: 'N' },
      { name: 'Errors' },
      { unit: 'None' },
      { dimensions: { FunctionName: 'f' } },
      { timestampMs: DATUM.timestampMs - 1 },
      { timestampMs: DATUM.timestampMs + MINUTE_MS },
    ];
    for (const other of [...others, ...others]) opened.sink.put([{ ...DATUM, ...other }]);
    await opened.sink.flush();
    const points = await opened.points();
    assert.equal(points.length, others.length);
    assert.deepEqual(new Set(points.map(({ total }) => total)), new Set([2]));
  });

  it('counts to the end of its minute', async () => {
    await using opened = await openSink();
    const last = { ...DATUM, timestampMs: DATUM.timestampMs + MINUTE_MS - 1 };
    opened.sink.put([DATUM, last]);
    await opened.sink.flush();
    assert.deepEqual(
      (await opened.points()).map(({ total }) => total),
      [2],
    );
  });

  it('counts once what came before, during and after a write that failed', async () => {
    await using opened = await openSink();
    opened.sink.put([DATUM]);
    opened.faults.before = () => {
      opened.sink.put([DATUM]);
      throw new Error('the store fails');
    };
    await assert.rejects(opened.sink.flush(), /the store fails/);
    opened.sink.put([DATUM]);
    await opened.sink.flush();
    assert.deepEqual(
      (await opened.points()).map(({ total }) => total),
      [3],
    );
  });
});
