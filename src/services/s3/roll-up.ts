import { PAGE_MAX } from './limits.ts';
import { afterPrefix, commonPrefix } from './key-order.ts';

/** Where a list goes on: at a key, behind it, or behind one of the rows of a key. */
export type Position =
  | { readonly kind: 'from'; readonly key: string }
  | { readonly kind: 'after'; readonly key: string; readonly sequence?: number };

export interface ListedRow {
  readonly key: string;
  readonly sequence: number;
}

export type ListedEntry<Row> =
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'prefix'; readonly prefix: string };

export interface RollUpOptions<Row extends ListedRow> {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  readonly start: Position;
  /** A common prefix that an earlier page has shown. */
  readonly shownPrefix?: string | undefined;
  /** Entries at most. */
  readonly limit: number;
  /** Rows with keys of the prefix from the position on, in order, at most `limit`. */
  readonly fetch: (position: Position, limit: number) => Promise<readonly Row[]>;
}

export interface RolledUp<Row> {
  readonly entries: readonly ListedEntry<Row>[];
  readonly isTruncated: boolean;
}

/** Rows fetched behind a common prefix, where most often there is another one soon. */
const BATCH_BEHIND_PREFIX = 16;

/**
 * One page of a list, in which the keys that share a common prefix are one entry. Keys under a prefix that was shown
 * are not read but jumped over, so that a page costs what it shows and not what lies beneath.
 */
export async function rollUp<Row extends ListedRow>(
  options: RollUpOptions<Row>,
): Promise<RolledUp<Row>> {
  const { prefix, delimiter, limit, fetch } = options;
  const entries: ListedEntry<Row>[] = [];
  if (limit === 0) return { entries, isTruncated: false };
  let shown = options.shownPrefix;
  let position: Position | undefined = options.start;
  let batch = Math.min(limit + 1, delimiter === '' ? PAGE_MAX + 1 : BATCH_BEHIND_PREFIX * 8);
  while (position) {
    const rows: readonly Row[] = await fetch(position, batch);
    for (const row of rows) {
      const common = commonPrefix(row.key, prefix, delimiter);
      if (common !== undefined && common === shown) continue;
      if (entries.length === limit) return { entries, isTruncated: true };
      entries.push(
        common === undefined ? { kind: 'row', row } : { kind: 'prefix', prefix: common },
      );
      shown = common;
    }
    const last = rows.at(-1);
    if (!last || rows.length < batch) break;
    const common = commonPrefix(last.key, prefix, delimiter);
    position = common === undefined ? behind(last) : behindPrefix(common);
    batch = common === undefined ? Math.min(batch * 2, PAGE_MAX + 1) : BATCH_BEHIND_PREFIX;
  }
  return { entries, isTruncated: false };
}

function behind({ key, sequence }: ListedRow): Position {
  return { kind: 'after', key, sequence };
}

/** Behind every key that begins with the prefix. */
export function behindPrefix(prefix: string): Position | undefined {
  const key = afterPrefix(prefix);
  return key === undefined ? undefined : { kind: 'from', key };
}
