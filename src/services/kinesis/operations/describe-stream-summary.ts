import type {
  DescribeStreamSummaryInput,
  DescribeStreamSummaryOutput,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { describeSettings } from '../describe.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { requireStream } from '../find-stream.ts';
import { CONSUMERS_MAX } from '../limits.ts';
import { listConsumers } from '../store-consumers.ts';
import { openShards } from '../store-shards.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html */
export function describeStreamSummary({
  database,
  clock,
}: KinesisDependencies): Operation<DescribeStreamSummaryInput, DescribeStreamSummaryOutput> {
  return (context, input) =>
    database.read(async (queries) => {
      const stream = await requireStream(queries, context, input);
      const { streamId, settings } = stream;
      const page = { after: '', limit: CONSUMERS_MAX };
      const { warmMibps, distribution } = settings;
      return {
        StreamDescriptionSummary: {
          ...describeSettings(stream, clock.now()),
          StreamId: streamId,
          OpenShardCount: (await openShards(queries, streamId)).length,
          ConsumerCount: (await listConsumers(queries, streamId, page)).length,
          MaxRecordSizeInKiB: settings.recordKibMax,
          ...(warmMibps !== undefined && {
            WarmThroughput: { TargetMiBps: warmMibps, CurrentMiBps: warmMibps },
          }),
          ...(distribution !== undefined && { RecordDistributionStrategy: distribution }),
        },
      };
    });
}
