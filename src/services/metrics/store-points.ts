import type { Queries, Transaction } from '#ports/world/database.ts';
import { mergeAggregates } from './aggregate.ts';
import type { Aggregate } from './aggregate.ts';
import type { MetricKey, Point, Scope } from './model.ts';

interface PointRow {
  readonly at_ms: number;
  readonly unit: string;
  readonly sample_count: number;
  readonly total: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly counts: string;
}

/** A metric's number; `undefined` where it has no points. */
export async function findMetric(queries: Queries, key: MetricKey): Promise<number | undefined> {
  const row = await queries.get<{ metric_id: number }>(
    `SELECT metric_id FROM metric
     WHERE account_id = $1 AND region = $2 AND namespace = $3 AND name = $4 AND dimensions = $5`,
    ...partsOf(key),
  );
  return row === undefined ? undefined : Number(row.metric_id);
}

/** When a metric's last point begins; `undefined` where it has none. */
export async function lastPointAt(queries: Queries, key: MetricKey): Promise<number | undefined> {
  const row = await queries.get<{ last_ms: number }>(
    `SELECT last_ms FROM metric
     WHERE account_id = $1 AND region = $2 AND namespace = $3 AND name = $4 AND dimensions = $5`,
    ...partsOf(key),
  );
  return row === undefined ? undefined : Number(row.last_ms);
}

/** When the last point of all metrics of a namespace begins; `undefined` where none has one. */
export async function lastPointIn(
  queries: Queries,
  { accountId, region, namespace }: Omit<MetricKey, 'name' | 'dimensions'>,
): Promise<number | undefined> {
  const row = await queries.get<{ last_ms: number | null }>(
    `SELECT MAX(last_ms) AS last_ms FROM metric
     WHERE account_id = $1 AND region = $2 AND namespace = $3`,
    accountId,
    region,
    namespace,
  );
  return row?.last_ms ?? undefined;
}

function partsOf({ accountId, region, namespace, name, dimensions }: MetricKey): string[] {
  return [accountId, region, namespace, name, dimensions];
}

/** Adds values to a metric's point, making both where they are missing. */
export async function addPoint(tx: Transaction, key: MetricKey, point: Point): Promise<void> {
  const metricId = (await findMetric(tx, key)) ?? (await insertMetric(tx, key, point.atMs));
  const existing = await tx.get<PointRow>(
    'SELECT * FROM metric_point WHERE metric_id = $1 AND at_ms = $2 AND unit = $3',
    metricId,
    point.atMs,
    point.unit,
  );
  const merged =
    existing === undefined
      ? point.aggregate
      : mergeAggregates(pointOf(existing).aggregate, point.aggregate);
  await tx.run(
    `INSERT INTO metric_point VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (metric_id, at_ms, unit) DO UPDATE SET sample_count = excluded.sample_count,
       total = excluded.total, minimum = excluded.minimum, maximum = excluded.maximum, counts = excluded.counts`,
    metricId,
    point.atMs,
    point.unit,
    merged.sampleCount,
    merged.sum,
    merged.minimum,
    merged.maximum,
    JSON.stringify([...merged.counts].flat()),
  );
  await tx.run(
    'UPDATE metric SET last_ms = $1 WHERE metric_id = $2 AND last_ms < $1',
    point.atMs,
    metricId,
  );
}

async function insertMetric(tx: Transaction, key: MetricKey, atMs: number): Promise<number> {
  const row = await tx.get<{ value: number }>(
    `INSERT INTO metric_number VALUES ('metric', 1)
     ON CONFLICT (kind) DO UPDATE SET value = metric_number.value + 1 RETURNING value`,
  );
  const metricId = Number(row?.value);
  await tx.run(
    'INSERT INTO metric VALUES ($1, $2, $3, $4, $5, $6, $7)',
    metricId,
    ...partsOf(key),
    atMs,
  );
  return metricId;
}

export interface PointRange {
  /** Included. */
  readonly startMs: number;
  /** Excluded. */
  readonly endMs: number;
  /** Only this unit; all where absent. */
  readonly unit?: string;
}

/** A metric's points, in order of time; none for a metric that is not there. */
export async function listPoints(
  queries: Queries,
  key: MetricKey,
  range: PointRange,
): Promise<Point[]> {
  const metricId = await findMetric(queries, key);
  if (metricId === undefined) return [];
  const rows = await queries.all<PointRow>(
    'SELECT * FROM metric_point WHERE metric_id = $1 AND at_ms >= $2 AND at_ms < $3 ORDER BY at_ms, unit',
    metricId,
    range.startMs,
    range.endMs,
  );
  return rows.map(pointOf).filter(({ unit }) => unit === (range.unit ?? unit));
}

export interface MetricFilter {
  readonly namespace?: string;
  readonly name?: string;
  /** Metrics with a point since. */
  readonly activeSinceMs: number;
}

/** An account's metrics, by namespace, name and dimensions. */
export async function listMetrics(
  queries: Queries,
  { accountId, region }: Scope,
  filter: MetricFilter,
): Promise<MetricKey[]> {
  const rows = await queries.all<{ namespace: string; name: string; dimensions: string }>(
    `SELECT namespace, name, dimensions FROM metric
     WHERE account_id = $1 AND region = $2 AND last_ms >= $3
       AND namespace = COALESCE($4, namespace) AND name = COALESCE($5, name)
     ORDER BY namespace, name, dimensions`,
    accountId,
    region,
    filter.activeSinceMs,
    filter.namespace ?? null,
    filter.name ?? null,
  );
  return rows.map(({ namespace, name, dimensions }) => ({
    accountId,
    region,
    namespace,
    name,
    dimensions,
  }));
}

/** Deletes at most `limit` points older than a time; answers how many. Metrics without points go too. */
export async function deleteOldPoints(
  tx: Transaction,
  beforeMs: number,
  limit: number,
): Promise<number> {
  const deleted = await tx.run(
    `DELETE FROM metric_point WHERE (metric_id, at_ms, unit) IN (
       SELECT metric_id, at_ms, unit FROM metric_point WHERE at_ms < $1 ORDER BY at_ms LIMIT $2)`,
    beforeMs,
    limit,
  );
  if (deleted < limit) await tx.run('DELETE FROM metric WHERE last_ms < $1', beforeMs);
  return deleted;
}

function pointOf(row: PointRow): Point {
  // Written by addPoint: values and counts in turn.
  const parts = JSON.parse(row.counts) as number[];
  const counts = new Map<number, number>();
  for (let index = 0; index + 1 < parts.length; index += 2)
    counts.set(parts[index] ?? 0, parts[index + 1] ?? 0);
  const aggregate: Aggregate = {
    sampleCount: Number(row.sample_count),
    sum: Number(row.total),
    minimum: Number(row.minimum),
    maximum: Number(row.maximum),
    counts,
  };
  return { atMs: Number(row.at_ms), unit: row.unit, aggregate };
}
