import type { PutLogEventsRequest, PutLogEventsResponse } from '#aws/models/logs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { LogsDependencies } from '../dependencies.ts';
import { checkBatch, partBatch, sequenceToken } from '../model.ts';
import { requireGroup } from '../store-groups.ts';
import { requireStream } from '../store-streams.ts';
import type { EventWriter } from '../write-events.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export function putLogEvents(
  { database, clock }: LogsDependencies,
  writer: EventWriter,
): Operation<PutLogEventsRequest, PutLogEventsResponse> {
  return (context, input) => {
    checkBatch(input.logEvents);
    return database.transact(async (tx) => {
      const group = await requireGroup(tx, context, input.logGroupName);
      const stream = await requireStream(tx, group.groupId, input.logStreamName);
      const { accepted, rejection } = partBatch(input.logEvents, group, clock.now());
      await writer.write(tx, { group, stream }, accepted);
      return {
        nextSequenceToken: sequenceToken({ ...stream, chunkCount: stream.chunkCount + 1 }),
        ...(Object.keys(rejection).length === 0 ? {} : { rejectedLogEventsInfo: rejection }),
      };
    });
  };
}
