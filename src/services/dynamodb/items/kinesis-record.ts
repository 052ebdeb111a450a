/**
 * A change as a record of a Kinesis data stream.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds_gettingstarted.html
 * Recorded: dynamodb_streams.json TestDynamoDBStreams::test_enable_kinesis_streaming_destination
 */
import { createHash } from 'node:crypto';
import { utf8 } from '#kernel/bytes.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { Random } from '#ports/world/random.ts';
import { tableArn } from '../tables/table.ts';
import type { KinesisDestination, Table } from '../tables/table.ts';
import type { Attributes } from '../value/value.ts';
import { streamChange } from './stream-change.ts';

const MICROSECONDS = 1000;

/** A change of which a destination is told. */
export interface KinesisChange {
  readonly key: { readonly hash: Uint8Array; readonly range: Uint8Array };
  readonly before?: { readonly item: Attributes };
  readonly after?: Attributes;
  readonly atMs: number;
  readonly isByService?: boolean;
}

/** Hands the change to every stream that the table feeds; one that is gone is no fault of the write. */
export async function deliverToKinesis(
  tx: Transaction,
  { deliverer, random }: { readonly deliverer: Deliverer; readonly random: Random },
  table: Table,
  change: KinesisChange,
): Promise<void> {
  for (const destination of table.kinesisDestinations ?? []) {
    if (destination.status !== 'ACTIVE') continue;
    const record = recordOf(table, destination, change, random.uuid());
    await deliverer.deliver(
      {
        targetArn: destination.streamArn,
        sourceArn: tableArn(table),
        sourceService: 'dynamodb.amazonaws.com',
        sourceAccountId: table.accountId,
        payload: utf8(JSON.stringify(record)),
        options: { partitionKey: partitionKeyOf(change) },
      },
      tx,
    );
  }
}

/** One item's changes go to one shard. */
function partitionKeyOf({ key }: KinesisChange): string {
  return createHash('md5').update(key.hash).update(key.range).digest('hex').toUpperCase();
}

function recordOf(
  table: Table,
  { precision }: KinesisDestination,
  { before, after, atMs, isByService }: KinesisChange,
  eventID: string,
): object {
  const images = { ...(before && { before: before.item }), ...(after && { after }) };
  const { change, bytes } = streamChange(table, 'NEW_AND_OLD_IMAGES', images, false);
  return {
    awsRegion: table.region,
    eventID,
    eventName: change.eventName,
    userIdentity:
      isByService === true ? { type: 'Service', principalId: 'dynamodb.amazonaws.com' } : null,
    recordFormat: 'application/json',
    tableName: table.name,
    dynamodb: {
      ApproximateCreationDateTime: precision === 'MICROSECOND' ? atMs * MICROSECONDS : atMs,
      ...(precision === undefined ? {} : { ApproximateCreationDateTimePrecision: precision }),
      Keys: change.keys,
      ...(change.newImage && { NewImage: change.newImage }),
      ...(change.oldImage && { OldImage: change.oldImage }),
      SizeBytes: bytes,
    },
    eventSource: 'aws:dynamodb',
  };
}
