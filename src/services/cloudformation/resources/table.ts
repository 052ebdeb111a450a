/** AWS::DynamoDB::Table. */
import { isObject } from '#kernel/json.ts';
import type { JsonObject } from '#kernel/json.ts';
import {
  answered,
  changeTags,
  gone,
  hasChanged,
  member,
  nameBy,
  orAbsent,
  ownName,
  structuresOf,
  without,
} from './shared.ts';
import { words, type Made, type ResourceType, type Work } from './resource-type.ts';
import { toText } from '../text.ts';
import type { Look } from './unclaimed.ts';

const APART = words(
  'PointInTimeRecoverySpecification TimeToLiveSpecification KinesisStreamSpecification ContributorInsightsSpecification',
);

export const tableName = nameBy('TableName', 255);

/** How DynamoDB tells of a table. */
export const TABLE_LOOK: Look = {
  service: 'dynamodb',
  operation: 'DescribeTable',
  name: 'TableName',
  member: 'Table',
  madeAt: 'CreationDateTime',
};

/** AWS::DynamoDB::Table. */
export const TABLE: ResourceType = {
  properties: [
    ...APART,
    ...words(`AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes ImportSourceSpecification
      KeySchema LocalSecondaryIndexes OnDemandThroughput ProvisionedThroughput ResourcePolicy SSESpecification
      StreamSpecification TableClass TableName Tags WarmThroughput`),
  ],
  required: ['KeySchema'],
  replacing: words('KeySchema LocalSecondaryIndexes TableName ImportSourceSpecification'),
  tags: 'list',
  unclaimed: ownName('TableName', tableName),
  async create(work) {
    const { properties } = work;
    const TableName = tableName(work);
    const { StreamSpecification: stream } = properties;
    await work.call('dynamodb', 'CreateTable', {
      ...without(properties, ...APART),
      TableName,
      ...encryptionOf(properties),
      ...(isObject(stream) ? { StreamSpecification: { StreamEnabled: true, ...stream } } : {}),
      ...policyOf(properties),
    });
    await work.claim(TableName);
    await untilActive(work, TableName);
    await putApart(work, TableName);
    return await tableMade(work, TableName);
  },
  async update(work, before) {
    const { physicalId: TableName } = before;
    const updates = tableUpdates(work, before.properties);
    for (const input of updates) {
      const { AttributeDefinitions } = work.properties;
      await work.call('dynamodb', 'UpdateTable', { TableName, AttributeDefinitions, ...input });
      await untilActive(work, TableName);
    }
    if (hasChanged(work, before, ...APART)) await putApart(work, TableName, before.properties);
    await changeTags(work, before, {
      service: 'dynamodb',
      target: { ResourceArn: before.attributes['Arn'] },
    });
    return await tableMade(work, TableName);
  },
  async delete(work, { physicalId: TableName }) {
    await gone(work.call('dynamodb', 'DeleteTable', { TableName }));
    await work.until(async () => {
      const found = await orAbsent(work.call('dynamodb', 'DescribeTable', { TableName }));
      return found === undefined;
    });
  },
};

/** In templates encryption is switched on by another name. */
function encryptionOf({ SSESpecification: given }: JsonObject) {
  if (!isObject(given)) return {};
  const { SSEEnabled, ...rest } = given;
  return { SSESpecification: { ...rest, Enabled: SSEEnabled } };
}

function policyOf({ ResourcePolicy: policy }: JsonObject) {
  return isObject(policy) ? { ResourcePolicy: JSON.stringify(policy['PolicyDocument']) } : {};
}

/** One change at a time, as DynamoDB has it. */
function tableUpdates(work: Work, before: JsonObject): JsonObject[] {
  const { properties: now } = work;
  const isSame = (name: string): boolean =>
    JSON.stringify(before[name]) === JSON.stringify(now[name]);
  const updates: JsonObject[] = [];
  const settings = words(
    'BillingMode ProvisionedThroughput DeletionProtectionEnabled TableClass OnDemandThroughput',
  );
  const changed = settings.filter((name) => !isSame(name) && now[name] !== undefined);
  if (changed.length > 0) {
    const throughput = changed.includes('BillingMode')
      ? ['BillingMode', 'ProvisionedThroughput']
      : [];
    const names = [...new Set([...changed, ...throughput])].filter(
      (name) => now[name] !== undefined,
    );
    updates.push(Object.fromEntries(names.map((name) => [name, now[name]])));
  }
  if (!isSame('StreamSpecification')) {
    const { StreamSpecification: stream } = now;
    if (before['StreamSpecification'] !== undefined) {
      updates.push({ StreamSpecification: { StreamEnabled: false } });
    }
    if (isObject(stream)) {
      updates.push({ StreamSpecification: { StreamEnabled: true, ...stream } });
    }
  }
  return [...updates, ...indexUpdates(before, now)];
}

function indexUpdates(before: JsonObject, now: JsonObject): JsonObject[] {
  const old = indexesOf(before);
  const fresh = indexesOf(now);
  const isOther = (name: string): boolean => {
    const [a, b] = [old.get(name), fresh.get(name)];
    return (
      JSON.stringify([a?.['KeySchema'], a?.['Projection']]) !==
      JSON.stringify([b?.['KeySchema'], b?.['Projection']])
    );
  };
  const removed = [...old.keys()].filter(isOther);
  const made = [...fresh.keys()].filter(isOther);
  return [
    ...removed.map((IndexName) => ({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] })),
    ...made.map((name) => ({ GlobalSecondaryIndexUpdates: [{ Create: fresh.get(name) ?? {} }] })),
  ];
}

function indexesOf({ GlobalSecondaryIndexes: list }: JsonObject): Map<string, JsonObject> {
  return new Map(structuresOf(list).map((index) => [toText(index['IndexName']), index]));
}

async function putApart(work: Work, TableName: string, before: JsonObject = {}): Promise<void> {
  const { PointInTimeRecoverySpecification: recovery, TimeToLiveSpecification: ttl } =
    work.properties;
  const isSame = (name: string): boolean =>
    JSON.stringify(before[name]) === JSON.stringify(work.properties[name]);
  if (!isSame('PointInTimeRecoverySpecification')) {
    await work.call('dynamodb', 'UpdateContinuousBackups', {
      TableName,
      PointInTimeRecoverySpecification: recovery ?? { PointInTimeRecoveryEnabled: false },
    });
  }
  if (isSame('TimeToLiveSpecification')) return;
  const { TimeToLiveSpecification: old } = before;
  const off = isObject(old) ? { ...old, Enabled: false } : undefined;
  const TimeToLiveSpecification = ttl ?? off;
  if (TimeToLiveSpecification === undefined) return;
  await work.call('dynamodb', 'UpdateTimeToLive', { TableName, TimeToLiveSpecification });
}

/** Waits until a table and its indexes can be used. */
export async function untilActive(work: Work, TableName: string): Promise<void> {
  await work.until(async () => {
    const table = member(await work.call('dynamodb', 'DescribeTable', { TableName }), 'Table');
    const { GlobalSecondaryIndexes: indexes } = table;
    const areActive = structuresOf(indexes).every((one) => one['IndexStatus'] === 'ACTIVE');
    return table['TableStatus'] === 'ACTIVE' && areActive;
  });
}

async function tableMade(work: Work, TableName: string): Promise<Made> {
  const table = member(await work.call('dynamodb', 'DescribeTable', { TableName }), 'Table');
  const { LatestStreamArn: stream } = table;
  return {
    physicalId: TableName,
    attributes: {
      Arn: answered(table, 'TableArn'),
      TableId: answered(table, 'TableId'),
      ...(typeof stream === 'string' ? { StreamArn: stream } : {}),
    },
  };
}
