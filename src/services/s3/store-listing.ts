import type { Queries, SqlValue } from '#ports/world/database.ts';
import { afterPrefix } from './key-order.ts';
import type { ObjectVersion } from './model.ts';
import type { Position } from './roll-up.ts';
import { VERSION_COLUMNS, versionOf, type VersionRow } from './store-objects.ts';

/** What of a bucket is listed: keys that begin with `prefix`. */
export interface ListScope {
  readonly bucket: string;
  readonly prefix: string;
}

/** Current objects by key, one row a key. */
export async function fetchCurrent(
  queries: Queries,
  scope: ListScope,
  position: Position,
  limit: number,
): Promise<readonly ObjectVersion[]> {
  const scan = scanOf(scope, position);
  const rows = await queries.all<VersionRow>(
    `SELECT ${VERSION_COLUMNS} FROM s3_objects
     WHERE bucket = $1 AND is_latest = 1 AND is_delete_marker = 0 AND ${scan.condition}
     ORDER BY object_key LIMIT $3`,
    scope.bucket,
    scan.key,
    limit,
    ...scan.values,
  );
  return rows.map(versionOf);
}

/** All versions and delete markers by key, the newest of a key first. */
export async function fetchVersions(
  queries: Queries,
  scope: ListScope,
  position: Position,
  limit: number,
): Promise<readonly ObjectVersion[]> {
  const older =
    position.kind === 'after' && position.sequence !== undefined
      ? await fetchOlder(queries, scope, { key: position.key, sequence: position.sequence }, limit)
      : [];
  if (older.length === limit) return older;
  const scan = scanOf(scope, position);
  const rows = await queries.all<VersionRow>(
    `SELECT ${VERSION_COLUMNS} FROM s3_objects
     WHERE bucket = $1 AND ${scan.condition}
     ORDER BY object_key, sequence DESC LIMIT $3`,
    scope.bucket,
    scan.key,
    limit - older.length,
    ...scan.values,
  );
  return [...older, ...rows.map(versionOf)];
}

/** The rest of one key's versions. */
async function fetchOlder(
  queries: Queries,
  scope: ListScope,
  behind: { readonly key: string; readonly sequence: number },
  limit: number,
): Promise<readonly ObjectVersion[]> {
  if (!behind.key.startsWith(scope.prefix)) return [];
  const rows = await queries.all<VersionRow>(
    `SELECT ${VERSION_COLUMNS} FROM s3_objects
     WHERE bucket = $1 AND object_key = $2 AND sequence < $3
     ORDER BY sequence DESC LIMIT $4`,
    scope.bucket,
    behind.key,
    behind.sequence,
    limit,
  );
  return rows.map(versionOf);
}

/** The keys of a scope from a position on, as SQL over `$2` and, where the prefix has an end, `$4`. */
export interface Scan {
  readonly condition: string;
  /** `$2` */
  readonly key: string;
  /** `$4` */
  readonly values: readonly SqlValue[];
}

/** The SQL of a scan from the position on, within the scope. */
export function scanOf({ prefix }: ListScope, position: Position): Scan {
  // Text is compared by its UTF-8 bytes, as the database does.
  const isBeforePrefix = Buffer.compare(Buffer.from(position.key), Buffer.from(prefix)) < 0;
  const operator = isBeforePrefix || position.kind === 'from' ? '>=' : '>';
  const end = afterPrefix(prefix);
  const from = `object_key ${operator} $2`;
  return {
    condition: end === undefined ? from : `${from} AND object_key < $4`,
    key: isBeforePrefix ? prefix : position.key,
    values: end === undefined ? [] : [end],
  };
}
