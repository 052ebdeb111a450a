import type {
  FilterLogEventsRequest,
  FilterLogEventsResponse,
  FilteredLogEvent,
} from '#aws/models/logs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import { compilePattern } from '../compile-pattern.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { invalidParameter } from '../errors.ts';
import type { FilterPattern } from '../filter-pattern/index.ts';
import {
  PAGE_BYTES_MAX,
  PAGE_EVENTS_MAX,
  SEARCH_EVENTS_AT_ONCE_MAX,
  SEARCH_EVENTS_MAX,
} from '../limits.ts';
import { bytesOf, eventId, requestedGroupName, retainedSince } from '../model.ts';
import type { LogGroup, Position, StoredEvent } from '../model.ts';
import { decodeToken, encodeToken } from '../paging.ts';
import { readEvents } from '../read-events.ts';
import type { EventQuery } from '../read-events.ts';
import { requireGroup } from '../store-groups.ts';
import { listStreams, requireStream, streamNames } from '../store-streams.ts';

const STREAMS_WITH_PREFIX_MAX = 10_000;

/**
 * Searches streams of a group, in the order of time. A search that takes long answers with what it has,
 * which may be nothing, and a token.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export function filterLogEvents({
  database,
  clock,
}: LogsDependencies): Operation<FilterLogEventsRequest, FilterLogEventsResponse> {
  return async (context, input) => {
    const pattern = compilePattern(input.filterPattern ?? '');
    const token = input.nextToken === undefined ? undefined : parseToken(input.nextToken);
    const query = await database.read(async (queries): Promise<EventQuery> => {
      const group = await requireGroup(queries, context, requestedGroupName(input));
      const streamIds = await wantedStreams(queries, group, input);
      return {
        groupId: group.groupId,
        ...(streamIds === undefined ? {} : { streamIds }),
        fromMs: Math.max(input.startTime ?? 0, retainedSince(group, clock.now())),
        toMs: input.endTime ?? Number.MAX_SAFE_INTEGER,
        direction: input.startFromHead === false ? 'backward' : 'forward',
        ...(token === undefined ? {} : { beyond: token }),
      };
    });
    const search = new Search(pattern, input.limit ?? PAGE_EVENTS_MAX, query);
    // Part by part, so that one long search does not keep all others waiting.
    while (!search.isOver && !context.signal.aborted)
      await database.read((queries) => search.goOn(queries));
    return search.answer();
  };
}

async function wantedStreams(
  queries: Queries,
  { groupId }: LogGroup,
  { logStreamNames, logStreamNamePrefix: prefix }: FilterLogEventsRequest,
): Promise<number[] | undefined> {
  if (logStreamNames !== undefined && prefix !== undefined) {
    throw invalidParameter(
      'logStreamNamePrefix and logStreamNames are mutually exclusive parameters.',
    );
  }
  if (logStreamNames !== undefined) {
    const ids: number[] = [];
    for (const name of logStreamNames)
      ids.push((await requireStream(queries, groupId, name)).streamId);
    return ids;
  }
  if (prefix === undefined) return undefined;
  const streams = await listStreams(queries, {
    groupId,
    prefix,
    after: undefined,
    isByLastEvent: false,
    isDescending: false,
    limit: STREAMS_WITH_PREFIX_MAX,
  });
  return streams.map(({ streamId }) => streamId);
}

/** One search: what it found so far, and where it stands. */
class Search {
  readonly #pattern: FilterPattern;
  readonly #limit: number;
  readonly #query: EventQuery;
  readonly #found: StoredEvent[] = [];
  readonly #names = new Map<number, string>();
  #bytes = 0;
  #seen = 0;
  #last: Position | undefined;
  #isAtEnd = false;

  constructor(pattern: FilterPattern, limit: number, query: EventQuery) {
    this.#pattern = pattern;
    this.#limit = limit;
    this.#query = query;
    this.#last = query.beyond;
  }

  get isOver(): boolean {
    const isFull = this.#found.length >= this.#limit || this.#bytes >= PAGE_BYTES_MAX;
    return this.#isAtEnd || isFull || this.#seen >= SEARCH_EVENTS_MAX;
  }

  /** Looks through the next few events. */
  async goOn(queries: Queries): Promise<void> {
    const query = this.#last === undefined ? this.#query : { ...this.#query, beyond: this.#last };
    const seenMax = this.#seen + SEARCH_EVENTS_AT_ONCE_MAX;
    this.#isAtEnd = true;
    for await (const event of readEvents(queries, query)) {
      if (this.#take(event) && this.#seen < seenMax) continue;
      this.#isAtEnd = false;
      break;
    }
    const unknown = new Set(this.#found.map(({ streamId }) => streamId)).difference(this.#names);
    for (const [id, name] of await streamNames(queries, unknown)) this.#names.set(id, name);
  }

  answer(): FilterLogEventsResponse {
    return {
      events: this.#found.map((event) => this.#describe(event)),
      searchedLogStreams: [],
      ...(this.#isAtEnd || this.#last === undefined ? {} : { nextToken: formatToken(this.#last) }),
    };
  }

  /** False where the event is not taken, or is the last that has room. */
  #take(event: StoredEvent): boolean {
    if (this.#isFullFor(event)) return false;
    this.#seen += 1;
    this.#last = event;
    if (this.#pattern(event.message) !== undefined) {
      this.#found.push(event);
      this.#bytes += bytesOf(event);
    }
    return this.#found.length < this.#limit;
  }

  #isFullFor(event: StoredEvent): boolean {
    if (this.#found.length === 0 || this.#bytes + bytesOf(event) <= PAGE_BYTES_MAX) return false;
    this.#bytes = PAGE_BYTES_MAX;
    return true;
  }

  #describe(event: StoredEvent): FilteredLogEvent {
    return {
      logStreamName: this.#names.get(event.streamId) ?? '',
      timestamp: event.timestamp,
      message: event.message,
      ingestionTime: event.ingestedAtMs,
      eventId: eventId(event),
    };
  }
}

function formatToken({ timestamp, streamId, chunkNumber, index }: Position): string {
  return encodeToken({ timestamp, streamId, chunkNumber, index });
}

function parseToken(text: string): Position {
  const token = decodeToken(text);
  return {
    timestamp: token.number('timestamp'),
    streamId: token.number('streamId'),
    chunkNumber: token.number('chunkNumber'),
    index: token.number('index'),
  };
}
