/** AWS::DynamoDB::GlobalTable, and AWS::Kinesis::* beside streams. */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import type { Existing } from '../model.ts';
import { toText } from '../text.ts';
import { answered, changeTags, gone, member, orAbsent, structuresOf, without } from './shared.ts';
import { words, type ResourceType, type Values, type Work } from './resource-type.ts';
import { TABLE, TABLE_LOOK, tableName, untilActive } from './table.ts';
import { foundByName } from './unclaimed.ts';

/** Of all replicas alike, under the name that a table has for it. */
const SHARED =
  words(`AttributeDefinitions BillingMode GlobalSecondaryIndexes KeySchema LocalSecondaryIndexes
  SSESpecification StreamSpecification TableName TimeToLiveSpecification WarmThroughput`);
/** What a replica says of itself, under the name that a table has for it. */
const OWN =
  words(`ContributorInsightsSpecification DeletionProtectionEnabled KinesisStreamSpecification
  PointInTimeRecoverySpecification ResourcePolicy TableClass Tags`);

/**
 * A table with replicas in other Regions; what is here is the table that its properties describe.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
 */
const GLOBAL_TABLE: ResourceType = {
  properties: [
    ...SHARED,
    ...words(`GlobalTableSettingsReplicationMode GlobalTableWitnesses MultiRegionConsistency
      ReadOnDemandThroughputSettings ReadProvisionedThroughputSettings Replicas
      WriteOnDemandThroughputSettings WriteProvisionedThroughputSettings`),
  ],
  required: words('AttributeDefinitions KeySchema Replicas'),
  replacing: words('KeySchema LocalSecondaryIndexes TableName'),
  ...(TABLE.unclaimed === undefined ? {} : { unclaimed: TABLE.unclaimed }),
  async create(work) {
    const made = await TABLE.create(tableWork(work));
    await moveReplicas(work, made.physicalId);
    return made;
  },
  async update(work, before) {
    const { physicalId } = before;
    const made = await TABLE.update?.(tableWork(work), tableBefore(work, before));
    await moveReplicas(work, physicalId);
    return made ?? { physicalId };
  },
  async delete(work, existing) {
    for (const RegionName of await replicatedTo(work, existing.physicalId)) {
      await gone(changeReplica(work, existing.physicalId, { Delete: { RegionName } }));
    }
    await TABLE.delete(tableWork(work), existing);
  },
};

function tableWork(work: Work): Work {
  return { ...work, properties: tableOf(work, work.properties) };
}

function tableBefore(work: Work, before: Existing): Existing {
  return { ...before, properties: tableOf(work, before.properties) };
}

/** The properties of the table that a global one is in the stack's Region. */
function tableOf({ region }: Work, properties: Existing['properties']): JsonObject {
  const replicas = structuresOf(properties['Replicas']);
  const own = replicas.find(({ Region }) => Region === region) ?? {};
  const some = (values: Existing['properties'], names: readonly string[]) =>
    Object.fromEntries(
      names.flatMap((name): [string, Json][] => {
        const value = values[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );
  const indexes = structuresOf(properties['GlobalSecondaryIndexes']);
  return {
    BillingMode: 'PROVISIONED',
    ...some(properties, SHARED),
    ...some(own, OWN),
    ...throughputOf(properties, own),
    ...(indexes.length === 0
      ? {}
      : { GlobalSecondaryIndexes: indexes.map((index) => indexOf(properties, own, index)) }),
  };
}

function indexOf(
  properties: Existing['properties'],
  own: JsonObject,
  index: JsonObject,
): JsonObject {
  const { IndexName: name } = index;
  const ofReplica = structuresOf(own['GlobalSecondaryIndexes']);
  const reads = ofReplica.find(({ IndexName }) => IndexName === name) ?? {};
  const { BillingMode } = properties;
  const plain = without(
    index,
    'WriteProvisionedThroughputSettings',
    'WriteOnDemandThroughputSettings',
    'ReadProvisionedThroughputSettings',
    'ReadOnDemandThroughputSettings',
  );
  return { ...plain, ...throughputOf({ ...index, BillingMode }, reads) };
}

/** Nothing scales here: a capacity that would is the one that it begins with, or its least. */
function throughputOf(
  { BillingMode, WriteProvisionedThroughputSettings: writes }: Existing['properties'],
  { ReadProvisionedThroughputSettings: reads }: JsonObject,
): JsonObject {
  if (BillingMode === 'PAY_PER_REQUEST') return {};
  const ReadCapacityUnits = capacityOf(reads, 'Read');
  const WriteCapacityUnits = capacityOf(writes, 'Write');
  return { ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits } };
}

function capacityOf(settings: Json | undefined, kind: 'Read' | 'Write'): Json {
  const given = isObject(settings) ? settings : {};
  const scaling = given[`${kind}CapacityAutoScalingSettings`];
  const { SeedCapacity, MinCapacity }: JsonObject = isObject(scaling) ? scaling : {};
  return given[`${kind}CapacityUnits`] ?? SeedCapacity ?? MinCapacity ?? 1;
}

/** The Regions of the replicas that are there elsewhere; one that could not be made is in the properties alone. */
async function replicatedTo(work: Work, TableName: string): Promise<string[]> {
  const answer = await orAbsent(work.call('dynamodb', 'DescribeTable', { TableName }));
  const { Replicas: replicas } = member(answer ?? {}, 'Table');
  const regions = structuresOf(replicas).map(({ RegionName }) => toText(RegionName));
  return regions.filter((one) => one !== work.region);
}

async function moveReplicas(work: Work, name: string): Promise<void> {
  const wanted = structuresOf(work.properties['Replicas']).map(({ Region }) => toText(Region));
  const now = wanted.filter((one) => one !== work.region);
  const before = await replicatedTo(work, name);
  for (const RegionName of before.filter((one) => !now.includes(one))) {
    await changeReplica(work, name, { Delete: { RegionName } });
  }
  for (const RegionName of now.filter((one) => !before.includes(one))) {
    await changeReplica(work, name, { Create: { RegionName } });
  }
}

async function changeReplica(work: Work, TableName: string, update: Values): Promise<void> {
  await work.call('dynamodb', 'UpdateTable', { TableName, ReplicaUpdates: [update] });
  await untilActive(work, TableName);
}

const CONSUMER: ResourceType = {
  properties: words('ConsumerName StreamARN Tags'),
  required: words('ConsumerName StreamARN'),
  replacing: words('ConsumerName StreamARN'),
  tags: 'list',
  async create(work) {
    const { StreamARN, ConsumerName } = work.properties;
    const answer = await work.call('kinesis', 'RegisterStreamConsumer', work.properties);
    const consumer = member(answer, 'Consumer');
    const ConsumerARN = answered(consumer, 'ConsumerARN');
    await work.claim(ConsumerARN);
    await work.until(async () => {
      const told = await work.call('kinesis', 'DescribeStreamConsumer', { ConsumerARN });
      return member(told, 'ConsumerDescription')['ConsumerStatus'] === 'ACTIVE';
    });
    const ConsumerCreationTimestamp = answered(consumer, 'ConsumerCreationTimestamp');
    const ConsumerStatus = 'ACTIVE';
    return {
      physicalId: ConsumerARN,
      attributes: {
        ConsumerARN,
        ConsumerCreationTimestamp,
        ConsumerName: toText(ConsumerName),
        ConsumerStatus,
        StreamARN: toText(StreamARN),
      },
    };
  },
  async update(work, before) {
    const target = { ResourceARN: before.physicalId };
    await changeTags(work, before, { service: 'kinesis', target });
    return { physicalId: before.physicalId };
  },
  async delete(work, { physicalId: ConsumerARN }) {
    await gone(work.call('kinesis', 'DeregisterStreamConsumer', { ConsumerARN }));
    await work.until(async () => {
      const asked = work.call('kinesis', 'DescribeStreamConsumer', { ConsumerARN });
      return (await orAbsent(asked)) === undefined;
    });
  },
};

const RESOURCE_POLICY: ResourceType = {
  properties: words('ResourceArn ResourcePolicy'),
  required: words('ResourceArn ResourcePolicy'),
  replacing: ['ResourceArn'],
  async create(work) {
    await putPolicy(work);
    return { physicalId: toText(work.properties['ResourceArn']) };
  },
  async update(work, { physicalId }) {
    await putPolicy(work);
    return { physicalId };
  },
  delete: (work, { physicalId: ResourceARN }) =>
    gone(work.call('kinesis', 'DeleteResourcePolicy', { ResourceARN })),
};

function putPolicy({ call, properties }: Work) {
  const { ResourceArn: ResourceARN, ResourcePolicy: Policy } = properties;
  return call('kinesis', 'PutResourcePolicy', { ResourceARN, Policy });
}

export const DATA_PART_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::DynamoDB::GlobalTable': foundByName(GLOBAL_TABLE, tableName, TABLE_LOOK),
  'AWS::Kinesis::ResourcePolicy': RESOURCE_POLICY,
  'AWS::Kinesis::StreamConsumer': CONSUMER,
};
