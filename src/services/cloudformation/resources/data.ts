/** AWS::DynamoDB::* and AWS::Kinesis::*. */
import { isObject } from '#kernel/json.ts';
import {
  answered,
  changeTags,
  gone,
  hasChanged,
  member,
  nameBy,
  orAbsent,
  ownName,
} from './shared.ts';
import { words, type ResourceType, type Work } from './resource-type.ts';

const streamName = nameBy('Name', 128);

import { TABLE, TABLE_LOOK, tableName } from './table.ts';
import { foundByName, type Look } from './unclaimed.ts';
const STREAM: ResourceType = {
  properties:
    words(`DesiredShardLevelMetrics MaxRecordSizeInKiB Name RetentionPeriodHours ShardCount StreamEncryption
    StreamModeDetails Tags WarmThroughputMiBps`),
  replacing: ['Name'],
  tags: 'list',
  unclaimed: ownName('Name', streamName),
  async create(work) {
    const StreamName = streamName(work);
    const { ShardCount, StreamModeDetails, Tags, RetentionPeriodHours: hours } = work.properties;
    const isOnDemand =
      isObject(StreamModeDetails) && StreamModeDetails['StreamMode'] === 'ON_DEMAND';
    const shards = isOnDemand ? {} : { ShardCount: ShardCount ?? 1 };
    await work.call('kinesis', 'CreateStream', { StreamName, StreamModeDetails, Tags, ...shards });
    await work.claim(StreamName);
    await untilStreamActive(work, StreamName);
    if (hours !== undefined) await retain(work, StreamName, DEFAULT_HOURS, Number(hours));
    const summary = await streamOf(work, StreamName);
    const attributes = { Arn: answered(summary, 'StreamARN') };
    return { physicalId: StreamName, attributes };
  },
  async update(work, before) {
    const { physicalId: StreamName, attributes, properties: old } = before;
    const { ShardCount, StreamModeDetails, RetentionPeriodHours: hours } = work.properties;
    if (hasChanged(work, before, 'RetentionPeriodHours')) {
      const [from, to] = [old['RetentionPeriodHours'], hours].map((one) =>
        Number(one ?? DEFAULT_HOURS),
      );
      await retain(work, StreamName, from ?? DEFAULT_HOURS, to ?? DEFAULT_HOURS);
    }
    if (hasChanged(work, before, 'StreamModeDetails')) {
      const mode = StreamModeDetails ?? { StreamMode: 'PROVISIONED' };
      await work.call('kinesis', 'UpdateStreamMode', {
        StreamARN: attributes['Arn'],
        StreamModeDetails: mode,
      });
      await untilStreamActive(work, StreamName);
    }
    if (hasChanged(work, before, 'ShardCount') && ShardCount !== undefined) {
      await work.call('kinesis', 'UpdateShardCount', {
        StreamName,
        TargetShardCount: ShardCount,
        ScalingType: 'UNIFORM_SCALING',
      });
      await untilStreamActive(work, StreamName);
    }
    await changeTags(work, before, {
      service: 'kinesis',
      tag: 'AddTagsToStream',
      untag: 'RemoveTagsFromStream',
      target: { StreamName },
    });
    return { physicalId: StreamName };
  },
  async delete(work, { physicalId: StreamName }) {
    const input = { StreamName, EnforceConsumerDeletion: true };
    await gone(work.call('kinesis', 'DeleteStream', input));
    await work.until(async () => (await orAbsent(streamOf(work, StreamName))) === undefined);
  },
};

const DEFAULT_HOURS = 24;

async function retain(work: Work, StreamName: string, from: number, to: number): Promise<void> {
  if (from === to) return;
  const verb = to > from ? 'Increase' : 'Decrease';
  const input = { StreamName, RetentionPeriodHours: to };
  await work.call('kinesis', `${verb}StreamRetentionPeriod`, input);
}

async function streamOf(work: Work, StreamName: string) {
  const answer = await work.call('kinesis', 'DescribeStreamSummary', { StreamName });
  return member(answer, 'StreamDescriptionSummary');
}

async function untilStreamActive(work: Work, StreamName: string): Promise<void> {
  await work.until(async () => (await streamOf(work, StreamName))['StreamStatus'] === 'ACTIVE');
}

const STREAM_LOOK: Look = {
  service: 'kinesis',
  operation: 'DescribeStreamSummary',
  name: 'StreamName',
  member: 'StreamDescriptionSummary',
  madeAt: 'StreamCreationTimestamp',
};

export const DATA_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::DynamoDB::Table': foundByName(TABLE, tableName, TABLE_LOOK),
  'AWS::Kinesis::Stream': foundByName(STREAM, streamName, STREAM_LOOK),
};
