import type { GetLogEventsRequest, GetLogEventsResponse } from '#aws/models/logs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { invalidToken } from '../errors.ts';
import { PAGE_BYTES_MAX, PAGE_EVENTS_MAX } from '../limits.ts';
import { bytesOf, requestedGroupName, retainedSince } from '../model.ts';
import type { Position, StoredEvent } from '../model.ts';
import { readEvents } from '../read-events.ts';
import type { EventQuery } from '../read-events.ts';
import { requireGroup } from '../store-groups.ts';
import { requireStream } from '../store-streams.ts';

/**
 * A page of a stream, always in the order of time. Both tokens are always there; one that leads nowhere yet
 * comes back as it was given.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
export function getLogEvents({
  database,
  clock,
}: LogsDependencies): Operation<GetLogEventsRequest, GetLogEventsResponse> {
  return (context, input) => {
    const token = input.nextToken === undefined ? undefined : parseToken(input.nextToken);
    return database.read(async (queries) => {
      const group = await requireGroup(queries, context, requestedGroupName(input));
      const { streamId } = await requireStream(queries, group.groupId, input.logStreamName);
      const events = await readPage(queries, input.limit ?? PAGE_EVENTS_MAX, {
        groupId: group.groupId,
        streamIds: [streamId],
        fromMs: Math.max(input.startTime ?? 0, retainedSince(group, clock.now())),
        toMs: (input.endTime ?? Number.MAX_SAFE_INTEGER) - 1,
        direction: token?.direction ?? (input.startFromHead === true ? 'forward' : 'backward'),
        ...(token === undefined ? {} : { beyond: { ...token.position, streamId } }),
      });
      const edge = token?.position ?? { timestamp: 0, streamId, chunkNumber: 0, index: 0 };
      return {
        events: events.map(({ timestamp, message, ingestedAtMs }) => ({
          timestamp,
          message,
          ingestionTime: ingestedAtMs,
        })),
        nextForwardToken: formatToken('f', events.at(-1) ?? edge),
        nextBackwardToken: formatToken('b', events[0] ?? edge),
      };
    });
  };
}

async function readPage(
  queries: Queries,
  limit: number,
  query: EventQuery,
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  let bytes = 0;
  for await (const event of readEvents(queries, query)) {
    bytes += bytesOf(event);
    if (events.length > 0 && bytes > PAGE_BYTES_MAX) break;
    events.push(event);
    if (events.length >= limit) break;
  }
  return query.direction === 'forward' ? events : events.reverse();
}

/** AWS's form: `f/` or `b/`, 56 digits, `/s`. The digits are the position of the event at the page's edge. */
function formatToken(kind: 'f' | 'b', { timestamp, chunkNumber, index }: Position): string {
  const digits = [pad(timestamp, 16), pad(chunkNumber, 20), pad(index, 20)].join('');
  return `${kind}/${digits}/s`;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

function parseToken(token: string): {
  readonly direction: 'forward' | 'backward';
  readonly position: Position;
} {
  const [, kind, timestamp, chunkNumber, index] =
    /^([fb])\/(\d{16})(\d{20})(\d{20})\/s$/.exec(token) ?? [];
  if (kind === undefined) throw invalidToken();
  return {
    direction: kind === 'f' ? 'forward' : 'backward',
    position: {
      timestamp: Number(timestamp),
      chunkNumber: Number(chunkNumber),
      index: Number(index),
      streamId: 0,
    },
  };
}
