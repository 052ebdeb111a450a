/** A table in the shape in which AWS shows it. Pure. */
import type {
  GlobalSecondaryIndexDescription,
  KeySchemaElement,
  LocalSecondaryIndexDescription,
  ProvisionedThroughputDescription,
  TableDescription,
  TableWarmThroughputDescription,
  WarmThroughput,
} from '#aws/models/dynamodb.types.gen.ts';
import { createHash } from 'node:crypto';
import { formatArn } from '#kernel/arn.ts';
import { indexArn, streamArn, tableArn } from './table.ts';
import type { Index, Keys, Table, Throughput } from './table.ts';

/** What each of AWS's answers says differently. */
export type DescriptionMoment = 'created' | 'updated' | 'described' | 'deleted';

/** Number and weight of items, of a table's or an index's, by number. */
export type Counts = ReadonlyMap<number, { readonly items: number; readonly bytes: number }>;

/** What AWS lets every table on demand reach at once, as recorded 2025-10. */
const WARM_ON_DEMAND: WarmThroughput = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000 };

/** The description of a table at one of the moments at which AWS shows it. */
export function describeTable(
  table: Table,
  moment: DescriptionMoment,
  counts: Counts = new Map(),
): TableDescription {
  const { items, bytes } = counts.get(table.number) ?? { items: 0, bytes: 0 };
  const status = statusOf(table, moment);
  const warm = warmThroughput(table.warmThroughput, table, table.throughput);
  return {
    ...(moment !== 'deleted' && {
      AttributeDefinitions: table.attributes.map(({ name, type }) => ({
        AttributeName: name,
        AttributeType: type,
      })),
      KeySchema: keySchema(table.keys),
      CreationDateTime: table.createdAtMs,
    }),
    TableName: table.name,
    TableStatus: status,
    ProvisionedThroughput: throughputDescription(table.throughput),
    TableSizeBytes: bytes,
    ItemCount: items,
    TableArn: tableArn(table),
    TableId: table.id,
    DeletionProtectionEnabled: table.isDeletionProtected,
    ...billingSummary(table, moment),
    ...describeIndexes(table, moment, counts),
    ...describeStream(table),
    ...describeEncryption(table),
    ...describeReplicas(table),
    ...(table.tableClass !== undefined && {
      TableClassSummary: { TableClass: table.tableClass },
    }),
    ...(table.restored && {
      RestoreSummary: { ...table.restored, RestoreInProgress: status === 'CREATING' },
    }),
    ...(table.onDemandThroughput && { OnDemandThroughput: table.onDemandThroughput }),
    ...(isWarmShown(moment, table.warmThroughput) && {
      WarmThroughput: { ...warm, Status: moment === 'created' ? 'UPDATING' : 'ACTIVE' },
    }),
  };
}

function statusOf(table: Table, moment: DescriptionMoment): string {
  if (moment === 'created') return 'CREATING';
  if (moment === 'deleted') return 'DELETING';
  if (moment === 'updated') return 'UPDATING';
  return table.indexes.some((index) => index.status === 'CREATING') ? 'UPDATING' : 'ACTIVE';
}

/** A new table shows it only where it was asked for. */
function isWarmShown(moment: DescriptionMoment, asked: WarmThroughput | undefined): boolean {
  return (
    moment === 'described' || moment === 'updated' || (moment === 'created' && asked !== undefined)
  );
}

function warmThroughput(
  asked: WarmThroughput | undefined,
  { billingMode }: Table,
  { read, write }: Throughput,
): TableWarmThroughputDescription {
  const least =
    billingMode === 'PAY_PER_REQUEST'
      ? WARM_ON_DEMAND
      : { ReadUnitsPerSecond: read, WriteUnitsPerSecond: write };
  return { ...least, ...asked };
}

/** Keys in the shape of a request. */
export function keySchema(keys: Keys): readonly KeySchemaElement[] {
  const hash = { AttributeName: keys.hash.name, KeyType: 'HASH' };
  return keys.range ? [hash, { AttributeName: keys.range.name, KeyType: 'RANGE' }] : [hash];
}

function throughputDescription(throughput: Throughput): ProvisionedThroughputDescription {
  return {
    NumberOfDecreasesToday: 0,
    ReadCapacityUnits: throughput.read,
    WriteCapacityUnits: throughput.write,
    ...(throughput.increasedAtMs !== undefined && {
      LastIncreaseDateTime: throughput.increasedAtMs,
    }),
    ...(throughput.decreasedAtMs !== undefined && {
      LastDecreaseDateTime: throughput.decreasedAtMs,
    }),
  };
}

function billingSummary(
  table: Table,
  moment: DescriptionMoment,
): Pick<TableDescription, 'BillingModeSummary'> {
  if (!table.isBillingModeShown) return {};
  return {
    BillingModeSummary: {
      BillingMode: table.billingMode,
      ...(table.payPerRequestAtMs !== undefined &&
        moment !== 'created' && { LastUpdateToPayPerRequestDateTime: table.payPerRequestAtMs }),
    },
  };
}

function describeIndexes(
  table: Table,
  moment: DescriptionMoment,
  counts: Counts,
): Pick<TableDescription, 'LocalSecondaryIndexes' | 'GlobalSecondaryIndexes'> {
  const locals = table.indexes.filter((index) => index.kind === 'local');
  const globals = table.indexes.filter((index) => index.kind === 'global');
  return {
    ...(locals.length > 0 && {
      LocalSecondaryIndexes: locals.map((index) => describeIndex(table, index, counts)),
    }),
    ...(globals.length > 0 && {
      GlobalSecondaryIndexes: globals.map((index) => describeGlobal(table, index, moment, counts)),
    }),
  };
}

function describeIndex(table: Table, index: Index, counts: Counts): LocalSecondaryIndexDescription {
  const { items, bytes } = counts.get(index.number) ?? { items: 0, bytes: 0 };
  return {
    IndexName: index.name,
    KeySchema: keySchema(index.keys),
    Projection: index.projection,
    IndexSizeBytes: bytes,
    ItemCount: items,
    IndexArn: indexArn(table, index),
  };
}

function describeGlobal(
  table: Table,
  index: Index,
  moment: DescriptionMoment,
  counts: Counts,
): GlobalSecondaryIndexDescription {
  const isFilling = index.status === 'CREATING';
  return {
    ...describeIndex(table, index, counts),
    IndexStatus:
      moment === 'created' ? 'CREATING' : moment === 'deleted' ? 'DELETING' : index.status,
    ...(isFilling && { Backfilling: true }),
    ProvisionedThroughput: throughputDescription(index.throughput),
    ...(index.onDemandThroughput && { OnDemandThroughput: index.onDemandThroughput }),
    ...(isWarmShown(moment, index.warmThroughput) && {
      WarmThroughput: {
        ...warmThroughput(index.warmThroughput, table, index.throughput),
        Status: isFilling || moment === 'created' ? 'UPDATING' : 'ACTIVE',
      },
    }),
  };
}

function describeStream(
  table: Table,
): Pick<TableDescription, 'StreamSpecification' | 'LatestStreamArn' | 'LatestStreamLabel'> {
  const { stream } = table;
  if (!stream) return {};
  return {
    LatestStreamLabel: stream.label,
    LatestStreamArn: streamArn(table, stream.label),
    ...(stream.isEnabled && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType },
    }),
  };
}

function describeReplicas({
  replicas = [],
}: Table): Pick<TableDescription, 'Replicas' | 'GlobalTableVersion'> {
  if (replicas.length === 0) return {};
  return {
    GlobalTableVersion: '2019.11.21',
    Replicas: replicas.map((region) => ({ RegionName: region, ReplicaStatus: 'ACTIVE' })),
  };
}

/** The key that AWS keeps for an account's tables in a Region: a UUID that stays the same. */
function managedKeyId({ accountId, region }: Table): string {
  const hex = createHash('sha256').update(`dynamodb key ${accountId} ${region}`).digest('hex');
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(hex) ?? [];
  return parts.join('-');
}

/**
 * What is told of a table's encryption.
 * Recorded: dynamodb.json TestDynamoDB::test_dynamodb_create_table_with_partial_sse_specification
 */
export function describeEncryption(table: Table): Pick<TableDescription, 'SSEDescription'> {
  const { encryption, region, accountId } = table;
  if (!encryption) return {};
  const id = encryption.KMSMasterKeyId ?? managedKeyId(table);
  const resource = id.startsWith('alias/') ? id : `key/${id}`;
  const arn = id.startsWith('arn:') ? id : formatArn('kms', region, accountId, resource);
  return { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: arn } };
}
