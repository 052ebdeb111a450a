/** Amazon Kinesis Data Streams. */
import { kinesis as model } from '#aws/models/kinesis.gen.ts';
import type { Service } from '#aws/operation.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { StreamReader } from '#ports/peers/stream-reader.ts';
import type { Schema } from '#ports/world/database.ts';
import { createKinesisDeliverer } from './delivery.ts';
import type { KinesisDependencies, KinesisParts } from './dependencies.ts';
import { createStreamMeter } from './metrics.ts';
import { createStream } from './operations/create-stream.ts';
import { deleteStream } from './operations/delete-stream.ts';
import { describeStreamSummary } from './operations/describe-stream-summary.ts';
import { describeStream } from './operations/describe-stream.ts';
import { getRecords } from './operations/get-records.ts';
import { getShardIterator } from './operations/get-shard-iterator.ts';
import { listShards } from './operations/list-shards.ts';
import { listStreams } from './operations/list-streams.ts';
import { putRecord } from './operations/put-record.ts';
import { putRecords } from './operations/put-records.ts';
import {
  deregisterStreamConsumer,
  describeStreamConsumer,
  listStreamConsumers,
  registerStreamConsumer,
} from './operations/consumers.ts';
import { describeLimits } from './operations/describe-limits.ts';
import { mergeShards } from './operations/merge-shards.ts';
import {
  deleteResourcePolicy,
  getResourcePolicy,
  putResourcePolicy,
} from './operations/resource-policy.ts';
import { listTagsForResource, tagResource, untagResource } from './operations/resource-tags.ts';
import {
  decreaseStreamRetentionPeriod,
  increaseStreamRetentionPeriod,
} from './operations/retention.ts';
import { splitShard } from './operations/split-shard.ts';
import {
  disableEnhancedMonitoring,
  enableEnhancedMonitoring,
  startStreamEncryption,
  stopStreamEncryption,
  updateMaxRecordSize,
  updateStreamMode,
  updateStreamRecordDistributionStrategy,
  updateStreamWarmThroughput,
} from './operations/stream-settings.ts';
import {
  addTagsToStream,
  listTagsForStream,
  removeTagsFromStream,
} from './operations/stream-tags.ts';
import { subscribeToShard } from './operations/subscribe-to-shard.ts';
import { updateShardCount } from './operations/update-shard-count.ts';
import { kinesisPermissions, STREAM_POLICIES } from './permissions.ts';
import { kinesisSchema } from './store-schema.ts';
import { createStreamReader } from './stream-reader.ts';
import { runSweep } from './sweep.ts';
import { createThroughput } from './throughput.ts';

export type { KinesisDependencies } from './dependencies.ts';

export interface Kinesis {
  readonly service: Service;
  readonly schema: Schema;
  /** Takes events for `arn:aws:kinesis:...`. */
  readonly deliverer: Deliverer;
  /** Policies of streams and consumers, where policies are evaluated. */
  readonly resourcePolicies: ResourcePolicies;
  /** Reads shards, for Lambda's event source mappings. */
  readonly streamReader: StreamReader;
  /** Forgets what is past its time, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Kinesis Data Streams over a database whose schema was migrated. */
export function createKinesis(world: KinesisDependencies): Kinesis {
  const dependencies: KinesisParts = {
    ...world,
    throughput: createThroughput(),
    meter: createStreamMeter(world),
  };
  return {
    service: {
      model,
      operations: operationsOf(dependencies),
      permissions: kinesisPermissions(dependencies.database),
    },
    schema: kinesisSchema,
    resourcePolicies: STREAM_POLICIES,
    deliverer: createKinesisDeliverer(dependencies),
    streamReader: createStreamReader(dependencies),
    run: (signal) => runSweep(dependencies, signal),
  };
}

function operationsOf(dependencies: KinesisParts): Service['operations'] {
  return {
    AddTagsToStream: addTagsToStream(dependencies),
    CreateStream: createStream(dependencies),
    DecreaseStreamRetentionPeriod: decreaseStreamRetentionPeriod(dependencies),
    DeleteResourcePolicy: deleteResourcePolicy(dependencies),
    DeleteStream: deleteStream(dependencies),
    DeregisterStreamConsumer: deregisterStreamConsumer(dependencies),
    DescribeLimits: describeLimits(dependencies),
    DescribeStream: describeStream(dependencies),
    DescribeStreamConsumer: describeStreamConsumer(dependencies),
    DescribeStreamSummary: describeStreamSummary(dependencies),
    DisableEnhancedMonitoring: disableEnhancedMonitoring(dependencies),
    EnableEnhancedMonitoring: enableEnhancedMonitoring(dependencies),
    GetRecords: getRecords(dependencies),
    GetResourcePolicy: getResourcePolicy(dependencies),
    GetShardIterator: getShardIterator(dependencies),
    IncreaseStreamRetentionPeriod: increaseStreamRetentionPeriod(dependencies),
    ListShards: listShards(dependencies),
    ListStreamConsumers: listStreamConsumers(dependencies),
    ListStreams: listStreams(dependencies),
    ListTagsForResource: listTagsForResource(dependencies),
    ListTagsForStream: listTagsForStream(dependencies),
    MergeShards: mergeShards(dependencies),
    PutRecord: putRecord(dependencies),
    PutRecords: putRecords(dependencies),
    PutResourcePolicy: putResourcePolicy(dependencies),
    RegisterStreamConsumer: registerStreamConsumer(dependencies),
    RemoveTagsFromStream: removeTagsFromStream(dependencies),
    SplitShard: splitShard(dependencies),
    StartStreamEncryption: startStreamEncryption(dependencies),
    StopStreamEncryption: stopStreamEncryption(dependencies),
    SubscribeToShard: subscribeToShard(dependencies),
    TagResource: tagResource(dependencies),
    UntagResource: untagResource(dependencies),
    UpdateMaxRecordSize: updateMaxRecordSize(dependencies),
    UpdateShardCount: updateShardCount(dependencies),
    UpdateStreamMode: updateStreamMode(dependencies),
    UpdateStreamRecordDistributionStrategy: updateStreamRecordDistributionStrategy(dependencies),
    UpdateStreamWarmThroughput: updateStreamWarmThroughput(dependencies),
  };
}
