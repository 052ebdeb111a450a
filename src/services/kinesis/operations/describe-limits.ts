import type { DescribeLimitsInput, DescribeLimitsOutput } from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { ON_DEMAND_STREAMS_MAX, SHARDS_MAX } from '../limits.ts';
import { countOpenShards } from '../store-shards.ts';
import { allStreams } from '../store-streams.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeLimits.html */
export function describeLimits({
  database,
}: KinesisDependencies): Operation<DescribeLimitsInput, DescribeLimitsOutput> {
  return (context) =>
    database.read(async (queries) => {
      const onDemand = (await allStreams(queries)).filter(
        ({ accountId, region, settings }) =>
          accountId === context.accountId &&
          region === context.region &&
          settings.mode === 'ON_DEMAND',
      );
      return {
        ShardLimit: SHARDS_MAX,
        OpenShardCount: await countOpenShards(queries, context),
        OnDemandStreamCount: onDemand.length,
        OnDemandStreamCountLimit: ON_DEMAND_STREAMS_MAX,
      };
    });
}
