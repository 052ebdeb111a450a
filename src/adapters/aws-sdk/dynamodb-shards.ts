/** Shards of DynamoDB Streams by the SDK. */
import type { AttributeValue, Shard, _Record } from '@aws-sdk/client-dynamodb-streams';
import { SECOND_MS } from '#kernel/units.ts';
import type { EventRecord } from '#ports/peers/event-source.ts';
import type { ClientTable } from './clients.ts';
import type { Place, RemoteShards } from './remote-reader.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const RECORDS_MAX = 1_000;

/** Lists and reads shards of DynamoDB Streams. */
export function createDynamodbShards({ clients }: { readonly clients: ClientTable }): RemoteShards {
  return {
    knowsTimes: false,
    async list(StreamArn) {
      const { DescribeStreamCommand } = await import('@aws-sdk/client-dynamodb-streams');
      const client = await clients.of('streams.dynamodb', StreamArn);
      const shards: Shard[] = [];
      let ExclusiveStartShardId: string | undefined;
      do {
        const command = new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId });
        const { StreamDescription } = await client.send(command);
        shards.push(...(StreamDescription?.Shards ?? []));
        ExclusiveStartShardId = StreamDescription?.LastEvaluatedShardId;
      } while (ExclusiveStartShardId !== undefined);
      return shards.map((shard) => ({
        shardId: shard.ShardId ?? '',
        isClosed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
        ...(shard.ParentShardId === undefined ? {} : { parentShardIds: [shard.ParentShardId] }),
      }));
    },
    async iterator(StreamArn, ShardId, place) {
      const { GetShardIteratorCommand } = await import('@aws-sdk/client-dynamodb-streams');
      const client = await clients.of('streams.dynamodb', StreamArn);
      const command = new GetShardIteratorCommand({ StreamArn, ShardId, ...beginAt(place) });
      const { ShardIterator = '' } = await client.send(command);
      return ShardIterator;
    },
    async page(streamArn, ShardIterator, recordsMax) {
      const { GetRecordsCommand } = await import('@aws-sdk/client-dynamodb-streams');
      const client = await clients.of('streams.dynamodb', streamArn);
      const Limit = Math.min(RECORDS_MAX, recordsMax);
      const command = new GetRecordsCommand({ ShardIterator, Limit });
      const { Records = [], NextShardIterator } = await client.send(command);
      return {
        records: Records.map((record) => eventRecord(streamArn, record)),
        next: NextShardIterator,
        isBehind: Records.length > 0,
      };
    },
  };
}

function beginAt(place: Place) {
  if (place.kind !== 'after') return { ShardIteratorType: 'TRIM_HORIZON' } as const;
  return {
    ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
    SequenceNumber: place.sequence,
  } as const;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
function eventRecord(streamArn: string, record: _Record): EventRecord {
  const { dynamodb = {}, userIdentity } = record;
  const { SequenceNumber: id = '', SizeBytes: bytes = 0 } = dynamodb;
  const arrivedAtMs = dynamodb.ApproximateCreationDateTime?.getTime() ?? 0;
  const event = {
    eventID: record.eventID,
    eventName: record.eventName,
    eventVersion: record.eventVersion,
    eventSource: record.eventSource,
    awsRegion: record.awsRegion,
    dynamodb: {
      ApproximateCreationDateTime: arrivedAtMs / SECOND_MS,
      ...imageOf('Keys', dynamodb.Keys),
      ...imageOf('NewImage', dynamodb.NewImage),
      ...imageOf('OldImage', dynamodb.OldImage),
      SequenceNumber: id,
      SizeBytes: bytes,
      StreamViewType: dynamodb.StreamViewType,
    },
    ...(userIdentity === undefined
      ? {}
      : { userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId } }),
    eventSourceARN: streamArn,
  };
  return { id, event, bytes, arrivedAtMs };
}

function imageOf(
  name: string,
  image: Readonly<Record<string, AttributeValue>> | undefined,
): Readonly<Record<string, unknown>> {
  return image === undefined ? {} : { [name]: plain(image) };
}

/** The same with binary values in Base64. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}
