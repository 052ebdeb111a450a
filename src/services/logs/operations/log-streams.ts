/** The operations on log streams. */
import type {
  CreateLogStreamRequest,
  DeleteLogStreamRequest,
  DescribeLogStreamsRequest,
  DescribeLogStreamsResponse,
  LogStream as DescribedStream,
} from '#aws/models/logs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { invalidParameter, logStreamExists } from '../errors.ts';
import { DESCRIBE_LIMIT_DEFAULT } from '../limits.ts';
import { logStreamArn, requestedGroupName, sequenceToken } from '../model.ts';
import type { LogStream, Scope } from '../model.ts';
import { decodeToken, encodeToken } from '../paging.ts';
import { requireGroup } from '../store-groups.ts';
import {
  deleteStream,
  findStream,
  insertStream,
  listStreams,
  requireStream,
} from '../store-streams.ts';
import type { StreamPage } from '../store-streams.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html */
export function createLogStream({
  database,
  clock,
}: LogsDependencies): Operation<CreateLogStreamRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const { groupId } = await requireGroup(tx, context, input.logGroupName);
      if (await findStream(tx, groupId, input.logStreamName)) throw logStreamExists();
      const createdAtMs = Math.floor(clock.now());
      await insertStream(tx, { groupId, name: input.logStreamName, createdAtMs });
    });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html */
export function deleteLogStream({
  database,
}: LogsDependencies): Operation<DeleteLogStreamRequest, void> {
  return (context, input) =>
    database.transact(async (tx) => {
      const { groupId } = await requireGroup(tx, context, input.logGroupName);
      await deleteStream(tx, await requireStream(tx, groupId, input.logStreamName));
    });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html */
export function describeLogStreams({
  database,
}: LogsDependencies): Operation<DescribeLogStreamsRequest, DescribeLogStreamsResponse> {
  return (context, input) => {
    const {
      logStreamNamePrefix: prefix = '',
      descending: isDescending = false,
      limit = DESCRIBE_LIMIT_DEFAULT,
    } = input;
    const isByLastEvent = input.orderBy === 'LastEventTime';
    if (isByLastEvent && prefix !== '') {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    }
    return database.read(async (queries) => {
      const group = await requireGroup(queries, context, requestedGroupName(input));
      const after = afterOf(input.nextToken);
      const { groupId } = group;
      // One more than asked for tells that there is a next page.
      const found = await listStreams(queries, {
        groupId,
        prefix,
        after,
        isByLastEvent,
        isDescending,
        limit: limit + 1,
      });
      const streams = found.slice(0, limit);
      const last = streams.at(-1);
      return {
        logStreams: streams.map((stream) => describe(group, group.name, stream)),
        ...(found.length > limit && last !== undefined
          ? { nextToken: encodeToken({ name: last.name, lastEventMs: last.lastEventMs ?? -1 }) }
          : {}),
      };
    });
  };
}

function afterOf(nextToken: string | undefined): StreamPage['after'] {
  if (nextToken === undefined) return undefined;
  const token = decodeToken(nextToken);
  return { name: token.text('name'), lastEventMs: token.number('lastEventMs') };
}

/** `storedBytes` is 0, as AWS's is since 2019. */
function describe(scope: Scope, groupName: string, stream: LogStream): DescribedStream {
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAtMs,
    arn: logStreamArn(scope, groupName, stream.name),
    storedBytes: 0,
    ...(stream.firstEventMs === undefined ? {} : { firstEventTimestamp: stream.firstEventMs }),
    ...(stream.lastEventMs === undefined ? {} : { lastEventTimestamp: stream.lastEventMs }),
    ...(stream.ingestedAtMs === undefined ? {} : { lastIngestionTime: stream.ingestedAtMs }),
    ...(stream.chunkCount === 0 ? {} : { uploadSequenceToken: sequenceToken(stream) }),
  };
}
