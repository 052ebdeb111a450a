/**
 * Reads events in the order of their positions, over the chunks of one or many streams.
 * Chunks come in the order of their first times and may overlap; an event is next when every chunk that
 * could hold an earlier one has been opened. Going backward, "could" means the longest span of a chunk.
 */
import type { Queries } from '#ports/world/database.ts';
import { readChunk } from './chunk.ts';
import { CHUNK_SPAN_MS_MAX } from './limits.ts';
import { comparePositions } from './model.ts';
import type { Position, StoredEvent } from './model.ts';
import { listChunks } from './store-chunks.ts';
import type { ChunkQuery, StoredChunk } from './store-chunks.ts';

const CHUNKS_AT_ONCE = 64;

export interface EventQuery {
  readonly groupId: number;
  readonly streamIds?: readonly number[];
  /** From and to these times, both included, in ms since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly direction: 'forward' | 'backward';
  /** Only events beyond this one, in that direction. */
  readonly beyond?: Position;
}

/** Events one after another, until the reader has enough; inside one `read` of the database. */
export async function* readEvents(
  queries: Queries,
  query: EventQuery,
): AsyncGenerator<StoredEvent> {
  const { fromMs, toMs, beyond } = query;
  const isForward = query.direction === 'forward';
  const sign = isForward ? 1 : -1;
  const chunks = new ChunkReader(queries, {
    groupId: query.groupId,
    ...(query.streamIds === undefined ? {} : { streamIds: query.streamIds }),
    fromMs: isForward ? Math.max(fromMs, beyond?.timestamp ?? fromMs) : fromMs,
    toMs: isForward ? toMs : Math.min(toMs, beyond?.timestamp ?? toMs),
    order: isForward ? 'ascending' : 'descending',
    spanMs: CHUNK_SPAN_MS_MAX,
    limit: CHUNKS_AT_ONCE,
  });
  const isWanted = (event: StoredEvent): boolean =>
    event.timestamp >= fromMs &&
    event.timestamp <= toMs &&
    (beyond === undefined || comparePositions(event, beyond) * sign > 0);
  /** Open chunks, each the events that it still holds, the next at the end. */
  let open: StoredEvent[][] = [];
  for (;;) {
    let next = nextOf(open, sign);
    for (let chunk = await chunks.peek(); chunk !== undefined; chunk = await chunks.peek()) {
      const mayHoldEarlier = isForward
        ? chunk.firstMs <= (next?.at(-1)?.timestamp ?? Infinity)
        : chunk.firstMs + CHUNK_SPAN_MS_MAX >= (next?.at(-1)?.timestamp ?? -Infinity);
      if (!mayHoldEarlier) break;
      chunks.take();
      const events = eventsOf(chunk).filter(isWanted);
      if (isForward) events.reverse();
      if (events.length > 0) open.push(events);
      next = nextOf(open, sign);
    }
    const event = next?.pop();
    if (event === undefined) return;
    if (next?.length === 0) open = open.filter((events) => events.length > 0);
    yield event;
  }
}

/** The open chunk whose next event comes first. */
function nextOf(open: readonly StoredEvent[][], sign: number): StoredEvent[] | undefined {
  let first: StoredEvent[] | undefined;
  for (const events of open) {
    const [event, best] = [events.at(-1), first?.at(-1)];
    if (event === undefined) continue;
    if (best === undefined || comparePositions(event, best) * sign < 0) first = events;
  }
  return first;
}

function eventsOf({
  streamId,
  number,
  firstMs,
  ingestedAtMs,
  content,
}: StoredChunk): StoredEvent[] {
  return readChunk(firstMs, content).map(({ timestamp, message }, index) => ({
    timestamp,
    message,
    streamId,
    chunkNumber: number,
    index,
    ingestedAtMs,
  }));
}

/** Chunks one after another, some rows at a time. */
class ChunkReader {
  readonly #queries: Queries;
  readonly #query: ChunkQuery;
  #rows: StoredChunk[] = [];
  #last: StoredChunk | undefined;
  #isAtEnd = false;

  constructor(queries: Queries, query: ChunkQuery) {
    this.#queries = queries;
    this.#query = query;
  }

  async peek(): Promise<StoredChunk | undefined> {
    if (this.#rows.length === 0 && !this.#isAtEnd) {
      const after = this.#last === undefined ? {} : { after: this.#last };
      this.#rows = (await listChunks(this.#queries, { ...this.#query, ...after })).reverse();
      this.#isAtEnd = this.#rows.length < CHUNKS_AT_ONCE;
    }
    return this.#rows.at(-1);
  }

  take(): void {
    this.#last = this.#rows.pop();
  }
}
