import type {
  StartLiveTailRequest,
  StartLiveTailResponse,
  StartLiveTailResponseStream,
} from '#aws/models/logs.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import { compilePattern } from '../compile-pattern.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { invalidParameter } from '../errors.ts';
import type { LiveTails, TailFilter } from '../live-tail.ts';
import { groupNameOf } from '../model.ts';
import { requireGroup } from '../store-groups.ts';

/**
 * Tells of events as they are stored, once a second; what this server itself stores.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html
 */
export function startLiveTail(
  { database, random }: LogsDependencies,
  liveTails: LiveTails,
): Operation<StartLiveTailRequest, StartLiveTailResponse> {
  return async (context, input) => {
    const { logGroupIdentifiers, logStreamNames, logStreamNamePrefixes } = input;
    const hasStreams = logStreamNames !== undefined || logStreamNamePrefixes !== undefined;
    if (hasStreams && logGroupIdentifiers.length > 1) {
      throw invalidParameter('Log streams can only be specified with exactly one log group.');
    }
    const pattern = compilePattern(input.logEventFilterPattern ?? '');
    const groupIds = await database.read(async (queries) => {
      const ids = new Set<number>();
      for (const identifier of logGroupIdentifiers) {
        ids.add((await requireGroup(queries, context, groupNameOf(identifier))).groupId);
      }
      return ids;
    });
    const matchesStream = (name: string): boolean =>
      !hasStreams ||
      logStreamNames?.includes(name) === true ||
      logStreamNamePrefixes?.some((prefix) => name.startsWith(prefix)) === true;
    const start = { ...input, requestId: context.requestId, sessionId: random.uuid() };
    const filter = { groupIds, matchesStream, pattern };
    return { responseStream: session(liveTails, filter, start, context) };
  };
}

async function* session(
  liveTails: LiveTails,
  filter: TailFilter,
  sessionStart: NonNullable<StartLiveTailResponseStream['sessionStart']>,
  { signal }: RequestContext,
): AsyncGenerator<StartLiveTailResponseStream> {
  const updates = liveTails.open(filter, signal);
  yield {
    sessionStart: {
      ...sessionStart,
      logEventFilterPattern: sessionStart.logEventFilterPattern ?? '',
    },
  };
  for await (const { isSampled, events } of updates) {
    yield { sessionUpdate: { sessionMetadata: { sampled: isSampled }, sessionResults: events } };
  }
  if (!signal.aborted) {
    yield { SessionTimeoutException: { message: 'The session has timed out.' } };
  }
}
