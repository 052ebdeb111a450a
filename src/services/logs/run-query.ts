/** Gives a query the events of its groups, the newest first. */
import type { LogsDependencies } from './dependencies.ts';
import { fieldsOf } from './insights/index.ts';
import type { Pipeline } from './insights/index.ts';
import { QUERY_EVENTS_MAX, SEARCH_EVENTS_AT_ONCE_MAX } from './limits.ts';
import { bytesOf, retainedSince } from './model.ts';
import type { LogGroup, Position, Scope, StoredEvent } from './model.ts';
import { decodeToken, encodeToken } from './paging.ts';
import { readEvents } from './read-events.ts';
import type { EventQuery } from './read-events.ts';
import { findGroup } from './store-groups.ts';
import { streamNames } from './store-streams.ts';

export interface QueryRange {
  readonly groups: readonly string[];
  /** In ms since 1970, both included. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Scanned {
  readonly scanned: number;
  readonly bytes: number;
}

type Dependencies = Pick<LogsDependencies, 'clock' | 'database'>;

/**
 * Runs to the end, or to as many events as one query looks at. Part by part, so that one long query does not
 * keep all others waiting.
 */
export async function runQuery(
  dependencies: Dependencies,
  scope: Scope & { readonly signal: AbortSignal },
  range: QueryRange,
  pipeline: Pick<Pipeline, 'add'>,
): Promise<Scanned> {
  let [scanned, bytes] = [0, 0];
  for await (const event of newestFirst(dependencies, scope, range)) {
    if (scanned >= QUERY_EVENTS_MAX || scope.signal.aborted) break;
    scanned += 1;
    bytes += bytesOf(event.stored);
    if (!pipeline.add(fieldsOf(describe(scope, event)))) break;
  }
  return { scanned, bytes };
}

interface Found {
  readonly stored: StoredEvent;
  readonly group: LogGroup;
  readonly stream: string;
}

/** Events of several groups as one sequence. */
async function* newestFirst(
  dependencies: Dependencies,
  scope: Scope,
  range: QueryRange,
): AsyncGenerator<Found> {
  const sources = range.groups.map((name) => eventsOf(dependencies, scope, range, name));
  const heads = await Promise.all(sources.map((source) => source.next()));
  for (;;) {
    let newest: { readonly index: number; readonly found: Found } | undefined;
    for (const [index, head] of heads.entries()) {
      if (head.done === true) continue;
      const isNewer = head.value.stored.timestamp > (newest?.found.stored.timestamp ?? -Infinity);
      if (isNewer) newest = { index, found: head.value };
    }
    const source = newest && sources[newest.index];
    if (newest === undefined || source === undefined) return;
    yield newest.found;
    heads[newest.index] = await source.next();
  }
}

/** Events of one group; none where it is gone. */
async function* eventsOf(
  { database, clock }: Dependencies,
  scope: Scope,
  { fromMs, toMs }: QueryRange,
  name: string,
): AsyncGenerator<Found, undefined> {
  const group = await database.read((queries) => findGroup(queries, scope, name));
  if (group === undefined) return undefined;
  const names = new Map<number, string>();
  const query: EventQuery = {
    groupId: group.groupId,
    fromMs: Math.max(fromMs, retainedSince(group, clock.now())),
    toMs,
    direction: 'backward',
  };
  let last: Position | undefined;
  for (;;) {
    const part: StoredEvent[] = [];
    await database.read(async (queries) => {
      const beyond = last === undefined ? {} : { beyond: last };
      for await (const event of readEvents(queries, { ...query, ...beyond })) {
        part.push(event);
        if (part.length >= SEARCH_EVENTS_AT_ONCE_MAX) break;
      }
      const unknown = new Set(part.map(({ streamId }) => streamId)).difference(names);
      for (const [id, stream] of await streamNames(queries, unknown)) names.set(id, stream);
    });
    for (const stored of part) {
      yield { stored, group, stream: names.get(stored.streamId) ?? '' };
    }
    last = part.at(-1);
    if (last === undefined) return undefined;
  }
}

function describe({ accountId }: Scope, { stored, group, stream }: Found) {
  const { timestamp, streamId, chunkNumber, index } = stored;
  return {
    ...stored,
    stream,
    accountId,
    group: group.name,
    pointer: encodeToken({ group: group.name, timestamp, streamId, chunkNumber, index }),
  };
}

/** All fields of the event that a pointer names; `undefined` where it is gone. */
export async function findRecord(
  dependencies: Dependencies,
  scope: Scope,
  pointer: string,
): Promise<Record<string, string> | undefined> {
  const token = decodeToken(pointer);
  const timestamp = token.number('timestamp');
  const range = { groups: [token.text('group')], fromMs: timestamp, toMs: timestamp };
  for await (const event of newestFirst(dependencies, scope, range)) {
    const described = describe(scope, event);
    if (described.pointer !== pointer) continue;
    const fields = [...fieldsOf(described)].map(([name, value]) => [
      name,
      value instanceof Date ? String(value.getTime()) : String(value),
    ]);
    return Object.fromEntries(fields) as Record<string, string>;
  }
  return undefined;
}
