/**
 * The sink of our own measurements: gathers them by series and minute, writes them each minute, before every
 * read, and at the end. `kill -9` loses the last minute's.
 * I1 What was taken is written once, or again put in line where that fails. I2 At most `SINK_SERIES_MAX`
 * series wait; then they are written ahead of time.
 */
import { Turns } from '#kernel/turns.ts';
import type { LateMetricSink, MetricDatum } from '#ports/peers/metric-sink.ts';
import type { Log } from '#ports/world/log.ts';
import type { Database } from '#ports/world/database.ts';
import { Gathering } from './aggregate.ts';
import { RESOLUTION_MS, SINK_SERIES_MAX } from './limits.ts';
import { dimensionsKey, metricId } from './model.ts';
import type { MetricKey } from './model.ts';
import { addPoint } from './store-points.ts';

/** Batches that wait to be made: together they cost a fraction of what each does alone. */
const LATER_MAX = 16;

/** What was gathered of one metric in one unit and minute. */
interface Series {
  readonly key: MetricKey;
  readonly atMs: number;
  readonly unit: string;
  readonly aggregate: Gathering;
}

export class AggregatingMetricSink implements LateMetricSink {
  readonly #database: Database;
  readonly #log: Log;
  #series = new Map<string, Series>();
  #later: (() => readonly MetricDatum[])[] = [];
  /** Keys of dimensions: whoever measures often gives the same object again. */
  readonly #dimensionKeys = new WeakMap<MetricDatum['dimensions'], string>();
  /** The series that each name last had with dimensions' object: found without their id while the minute lasts. */
  #last = new WeakMap<MetricDatum['dimensions'], Map<string, Series>>();
  readonly #writing = new Turns();
  /** Of what the last write took. */
  #written: readonly MetricKey[] = [];

  constructor(database: Database, log: Log) {
    this.#database = database;
    this.#log = log;
  }

  putLater(make: () => readonly MetricDatum[]): void {
    this.#later.push(make);
    if (this.#later.length >= LATER_MAX) this.#gather();
  }

  #gather(): void {
    const later = this.#later;
    this.#later = [];
    for (const make of later) this.put(make());
  }

  put(data: readonly MetricDatum[]): void {
    for (const datum of data) this.#seriesOf(datum).aggregate.add(datum.value, datum.count);
    if (this.#series.size >= SINK_SERIES_MAX) {
      void this.flush().catch((error: unknown) => {
        this.#log.error('measurements could not be stored yet', { error });
      });
    }
  }

  /** Resolves once everything put before is stored; rejects where the store refuses, and keeps it. */
  flush(): Promise<void> {
    return this.#writing.take(() => this.#write());
  }

  /** Ids of the metrics that a reader of the store may not see all of: it may have begun before the last write. */
  unseen(): ReadonlySet<string> {
    this.#gather();
    return new Set([...keysOf(this.#series), ...this.#written].map(metricId));
  }

  async #write(): Promise<void> {
    this.#gather();
    const taken = this.#series;
    this.#written = keysOf(taken);
    if (taken.size === 0) return;
    this.#series = new Map();
    this.#last = new WeakMap();
    try {
      await this.#database.transact(async (tx) => {
        for (const { key, ...point } of taken.values()) await addPoint(tx, key, point);
      });
    } catch (error) {
      this.#last = new WeakMap();
      for (const [id, series] of taken) this.#putBack(id, series);
      throw error;
    }
  }

  #seriesOf(datum: MetricDatum): Series {
    const { dimensions, name } = datum;
    let byName = this.#last.get(dimensions);
    if (byName === undefined) this.#last.set(dimensions, (byName = new Map()));
    const last = byName.get(name);
    if (last !== undefined && isOf(last, datum)) return last;
    const series = this.#find(datum);
    byName.set(name, series);
    return series;
  }

  #find(datum: MetricDatum): Series {
    const { accountId, region, namespace, name, unit } = datum;
    const dimensions = this.#keyOf(datum.dimensions);
    const atMs = Math.floor(datum.timestampMs / RESOLUTION_MS) * RESOLUTION_MS;
    // Seven parts, however they look: a name with a NUL in it only makes more of them.
    const id = `${name}\0${atMs}\0${dimensions}\0${accountId}\0${region}\0${namespace}\0${unit}`;
    const known = this.#series.get(id);
    if (known !== undefined) return known;
    const key = { accountId, region, namespace, name, dimensions };
    const series = { key, atMs, unit, aggregate: new Gathering() };
    this.#series.set(id, series);
    return series;
  }

  #keyOf(dimensions: MetricDatum['dimensions']): string {
    const known = this.#dimensionKeys.get(dimensions);
    if (known !== undefined) return known;
    const pairs = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    const key = dimensionsKey(pairs);
    this.#dimensionKeys.set(dimensions, key);
    return key;
  }

  /** Adds what could not be written to what came since. */
  #putBack(id: string, series: Series): void {
    const since = this.#series.get(id);
    this.#series.set(id, series);
    for (const [value, count] of since?.aggregate.counts ?? []) series.aggregate.add(value, count);
  }
}

function keysOf(series: ReadonlyMap<string, Series>): MetricKey[] {
  return Array.from(series.values(), ({ key }) => key);
}

/** True for a measurement whose dimensions and name are the series', if the rest is, too. */
function isOf({ key, atMs, unit }: Series, datum: MetricDatum): boolean {
  return (
    datum.timestampMs >= atMs &&
    datum.timestampMs < atMs + RESOLUTION_MS &&
    datum.unit === unit &&
    datum.accountId === key.accountId &&
    datum.region === key.region &&
    datum.namespace === key.namespace
  );
}
