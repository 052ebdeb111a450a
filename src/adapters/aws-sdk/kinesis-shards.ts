/** Shards of Kinesis by the SDK. */
import type { Shard, _Record } from '@aws-sdk/client-kinesis';
import { formatArn, parseArn } from '#kernel/arn.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { EventRecord } from '#ports/peers/event-source.ts';
import type { ClientTable } from './clients.ts';
import type { Place, RemoteShards } from './remote-reader.ts';

/** What the members of an event's record take beside data and key, in bytes. */
const EVENT_RECORD_BYTES = 600;

/** Lists and reads shards of Kinesis; an iterator carries its shard's id before it. */
export function createKinesisShards({ clients }: { readonly clients: ClientTable }): RemoteShards {
  return {
    knowsTimes: true,
    async list(streamArn) {
      const { ListShardsCommand } = await import('@aws-sdk/client-kinesis');
      const client = await clients.of('kinesis', streamArn);
      const shards: Shard[] = [];
      let NextToken: string | undefined;
      do {
        const from = NextToken === undefined ? { StreamARN: streamOf(streamArn) } : { NextToken };
        const page = await client.send(new ListShardsCommand(from));
        shards.push(...(page.Shards ?? []));
        ({ NextToken } = page);
      } while (NextToken !== undefined);
      return shards.map((shard) => ({
        shardId: shard.ShardId ?? '',
        isClosed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
        parentShardIds: [shard.ParentShardId, shard.AdjacentParentShardId].flatMap(
          (id) => id ?? [],
        ),
      }));
    },
    async iterator(streamArn, ShardId, place) {
      const { GetShardIteratorCommand } = await import('@aws-sdk/client-kinesis');
      const client = await clients.of('kinesis', streamArn);
      const StreamARN = streamOf(streamArn);
      const command = new GetShardIteratorCommand({ StreamARN, ShardId, ...beginAt(place) });
      const { ShardIterator = '' } = await client.send(command);
      return `${ShardId} ${ShardIterator}`;
    },
    async page(streamArn, iterator, Limit) {
      const { GetRecordsCommand } = await import('@aws-sdk/client-kinesis');
      const client = await clients.of('kinesis', streamArn);
      const [shardId = '', ShardIterator] = iterator.split(' ');
      const command = new GetRecordsCommand({
        StreamARN: streamOf(streamArn),
        ShardIterator,
        Limit,
      });
      const {
        Records = [],
        NextShardIterator,
        MillisBehindLatest = 0,
      } = await client.send(command);
      return {
        records: Records.map((record) => eventRecord(streamArn, shardId, record)),
        next: NextShardIterator === undefined ? undefined : `${shardId} ${NextShardIterator}`,
        isBehind: MillisBehindLatest > 0,
      };
    },
  };
}

/** The stream of a consumer's ARN. */
function streamOf(arn: string): string {
  return arn.split('/').slice(0, 2).join('/');
}

function beginAt(place: Place) {
  if (place.kind === 'time') {
    return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(place.atMs) } as const;
  }
  if (place.kind === 'beginning') return { ShardIteratorType: 'TRIM_HORIZON' } as const;
  return {
    ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
    StartingSequenceNumber: place.sequence,
  } as const;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
function eventRecord(streamArn: string, shardId: string, record: _Record): EventRecord {
  const { SequenceNumber: id = '', PartitionKey: partitionKey = '' } = record;
  const { region = '', accountId = '' } = parseArn(streamArn) ?? {};
  const data = Buffer.from(record.Data ?? []).toString('base64');
  const arrivedAtMs = record.ApproximateArrivalTimestamp?.getTime() ?? 0;
  const event = {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber: id,
      data,
      approximateArrivalTimestamp: arrivedAtMs / SECOND_MS,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId}:${id}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: formatArn('iam', '', accountId, 'role/hearth-event-source'),
    awsRegion: region,
    eventSourceARN: streamArn,
  };
  const bytes = EVENT_RECORD_BYTES + data.length + Buffer.byteLength(partitionKey);
  return { id, event, bytes, arrivedAtMs };
}
