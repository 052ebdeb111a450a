import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { CreateTableInput, UpdateTableInput } from '#aws/models/dynamodb.types.gen.ts';
import { refusal, simpleTable, startDynamodb } from '../../../test/support/dynamodb.ts';
import type { TestDynamodb } from '../../../test/support/dynamodb.ts';

let db: TestDynamodb;
beforeEach(async () => {
  db = await startDynamodb();
});

const TableName = 'tab';
const ARN = 'arn:aws:dynamodb:eu-central-1:111111111111:table/tab';
const BEFORE = 'One or more parameter values were invalid: ';
const described = async () => (await db.call('DescribeTable', { TableName })).Table;
const put = (item: object) =>
  db.call('PutItem', { TableName, Item: item as never, ReturnConsumedCapacity: 'INDEXES' });

/** A table with a global index that includes `proj`, and a local one of everything. */
const indexed: CreateTableInput = {
  ...simpleTable('S'),
  AttributeDefinitions: ['h', 'r', 'g', 'l'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'gsi',
      KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['proj'] },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'lsi',
      KeySchema: [
        { AttributeName: 'h', KeyType: 'HASH' },
        { AttributeName: 'l', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

describe('CreateTable', () => {
  test('describes a new table as AWS does', async () => {
    // recordings/dynamodb test_gsi_with_billing_mode[PAY_PER_REQUEST]
    const { LocalSecondaryIndexes: _locals, ...input } = indexed;
    const { TableDescription } = await db.call('CreateTable', {
      ...input,
      AttributeDefinitions:
        input.AttributeDefinitions?.filter(({ AttributeName }) => AttributeName !== 'l') ?? [],
    });
    const throughput = { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 };
    const index = {
      IndexArn: `${ARN}/index/gsi`,
      IndexName: 'gsi',
      IndexSizeBytes: 0,
      IndexStatus: 'CREATING',
      ItemCount: 0,
      KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['proj'] },
      ProvisionedThroughput: throughput,
    };
    const table = {
      AttributeDefinitions: ['h', 'r', 'g'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      CreationDateTime: db.clock.now(),
      DeletionProtectionEnabled: false,
      GlobalSecondaryIndexes: [index],
      ItemCount: 0,
      KeySchema: [
        { AttributeName: 'h', KeyType: 'HASH' },
        { AttributeName: 'r', KeyType: 'RANGE' },
      ],
      ProvisionedThroughput: throughput,
      TableArn: ARN,
      TableId: TableDescription?.TableId,
      TableName,
      TableSizeBytes: 0,
      TableStatus: 'CREATING',
    };
    assert.deepEqual(TableDescription, table);
    const WarmThroughput = {
      ReadUnitsPerSecond: 12_000,
      WriteUnitsPerSecond: 4_000,
      Status: 'ACTIVE',
    };
    assert.deepEqual(await described(), {
      ...table,
      TableStatus: 'ACTIVE',
      BillingModeSummary: {
        BillingMode: 'PAY_PER_REQUEST',
        LastUpdateToPayPerRequestDateTime: db.clock.now(),
      },
      WarmThroughput,
      GlobalSecondaryIndexes: [{ ...index, IndexStatus: 'ACTIVE', WarmThroughput }],
    });
  });

  test('shows warm throughput from the first where it is asked for', async () => {
    // recordings/dynamodb test_table_warm_throughput
    const { TableDescription } = await db.call('CreateTable', {
      ...simpleTable(),
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      WarmThroughput: { ReadUnitsPerSecond: 1000, WriteUnitsPerSecond: 1200 },
    });
    const units = { ReadUnitsPerSecond: 1000, WriteUnitsPerSecond: 1200 };
    assert.deepEqual(TableDescription?.WarmThroughput, { ...units, Status: 'UPDATING' });
    assert.equal(TableDescription.BillingModeSummary, undefined);
    assert.deepEqual((await described())?.WarmThroughput, { ...units, Status: 'ACTIVE' });
  });

  test('refuses in AWS words', async () => {
    const table = simpleTable('S');
    const gsi = {
      IndexName: 'gsi',
      KeySchema: [{ AttributeName: 'h', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    };
    const cases: readonly (readonly [CreateTableInput, string])[] = [
      [
        { ...table, TableName: 'ab' },
        "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
      ],
      [
        { ...table, BillingMode: 'PROVISIONED' },
        `${BEFORE}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
      ],
      [
        { ...table, ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
        `${BEFORE}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
      ],
      [
        { ...table, KeySchema: [{ AttributeName: 'h', KeyType: 'HASH' }] },
        `${BEFORE}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
      ],
      [
        { ...table, KeySchema: [{ AttributeName: 'x', KeyType: 'HASH' }] },
        `${BEFORE}Some index key attributes are not defined in AttributeDefinitions. Keys: [x], AttributeDefinitions: [h, r]`,
      ],
      [
        {
          ...table,
          KeySchema: [
            { AttributeName: 'x', KeyType: 'HASH' },
            { AttributeName: 'r', KeyType: 'RANGE' },
          ],
        },
        'Invalid KeySchema: Some index key attribute have no definition',
      ],
      [
        {
          ...table,
          KeySchema: [
            { AttributeName: 'h', KeyType: 'RANGE' },
            { AttributeName: 'r', KeyType: 'HASH' },
          ],
        },
        'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
      ],
      [
        {
          ...table,
          KeySchema: [
            { AttributeName: 'h', KeyType: 'HASH' },
            { AttributeName: 'h', KeyType: 'RANGE' },
          ],
        },
        'Both the Hash Key and the Range Key element in the KeySchema have the same name',
      ],
      [
        {
          ...table,
          KeySchema: ['h', 'r', 'x'].map((AttributeName, index) => ({
            AttributeName,
            KeyType: index ? 'RANGE' : 'HASH',
          })),
        },
        "1 validation error detected: Value '[KeySchemaElement(attributeName=h, keyType=HASH), KeySchemaElement(attributeName=r, keyType=RANGE), KeySchemaElement(attributeName=x, keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2",
      ],
      [
        { ...table, GlobalSecondaryIndexes: [] },
        `${BEFORE}List of GlobalSecondaryIndexes is empty`,
      ],
      [{ ...table, GlobalSecondaryIndexes: [gsi, gsi] }, `${BEFORE}Duplicate index name: gsi`],
      [
        { ...table, GlobalSecondaryIndexes: [{ ...gsi, Projection: {} }] },
        `${BEFORE}Unknown ProjectionType: null`,
      ],
      [
        {
          ...table,
          GlobalSecondaryIndexes: [
            { ...gsi, Projection: { ProjectionType: 'ALL', NonKeyAttributes: ['x'] } },
          ],
        },
        `${BEFORE}ProjectionType is ALL, but NonKeyAttributes is specified`,
      ],
      [
        { ...simpleTable(), LocalSecondaryIndexes: indexed.LocalSecondaryIndexes ?? [] },
        `${BEFORE}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex`,
      ],
    ];
    for (const [input, message] of cases) {
      assert.deepEqual(await refusal(db.call('CreateTable', input)), [
        'ValidationException',
        message,
      ]);
    }
    await db.call('CreateTable', table);
    assert.deepEqual(await refusal(db.call('CreateTable', table)), [
      'ResourceInUseException',
      'Table already exists: tab',
    ]);
  });
});

test('DeleteTable frees the name at once, and the rows in the background', async () => {
  await db.call('CreateTable', { ...indexed, DeletionProtectionEnabled: true });
  await put({ h: { S: 'a' }, r: { S: 'b' }, g: { S: 'g' }, l: { S: 'l' } });
  assert.deepEqual(await refusal(db.call('DeleteTable', { TableName })), [
    'ValidationException',
    'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
  ]);
  await db.call('UpdateTable', { TableName, DeletionProtectionEnabled: false });
  const { TableDescription } = await db.call('DeleteTable', { TableName });
  assert.equal(TableDescription?.TableStatus, 'DELETING');
  const missing = [
    'ResourceNotFoundException',
    'Requested resource not found: Table: tab not found',
  ];
  assert.deepEqual(await refusal(db.call('DeleteTable', { TableName })), missing);
  assert.deepEqual(await refusal(db.call('DescribeTable', { TableName })), missing);
  await db.call('CreateTable', indexed);
  await db.work();
  assert.equal((await db.call('Scan', { TableName })).Count, 0);
  for (const table of [
    'dynamodb_items',
    'dynamodb_entries',
    'dynamodb_counts',
    'dynamodb_chores',
  ]) {
    assert.deepEqual(
      await db.database.read((queries) => queries.all(`SELECT * FROM ${table}`)),
      [],
    );
  }
});

test('ListTables pages through the names in their order', async () => {
  for (const name of ['ccc', 'aaa', 'bbb'])
    await db.call('CreateTable', { ...simpleTable(), TableName: name });
  assert.deepEqual(await db.call('ListTables', {}), { TableNames: ['aaa', 'bbb', 'ccc'] });
  assert.deepEqual(await db.call('ListTables', { Limit: 2 }), {
    TableNames: ['aaa', 'bbb'],
    LastEvaluatedTableName: 'bbb',
  });
  assert.deepEqual(await db.call('ListTables', { Limit: 2, ExclusiveStartTableName: 'bbb' }), {
    TableNames: ['ccc'],
  });
});

describe('indexes', () => {
  beforeEach(async () => {
    await db.call('CreateTable', indexed);
  });
  const item = {
    h: { S: 'a' },
    r: { S: '1' },
    g: { S: 'g' },
    l: { S: 'L1' },
    proj: { S: 'p' },
    extra: { S: 'o' },
  };
  const queryIndex = (IndexName: string, name: string, value: string, more: object = {}) =>
    db.call('Query', {
      TableName,
      IndexName,
      KeyConditionExpression: `${name} = :v`,
      ExpressionAttributeValues: { ':v': { S: value } },
      ...more,
    });

  test('carry what their projections say, of the items that have their keys', async () => {
    await put(item);
    await put({ h: { S: 'a' }, r: { S: '2' } });
    const { Items } = await queryIndex('gsi', 'g', 'g');
    assert.deepEqual(Items, [{ h: { S: 'a' }, r: { S: '1' }, g: { S: 'g' }, proj: { S: 'p' } }]);
    assert.deepEqual((await queryIndex('lsi', 'h', 'a')).Items, [item]);
    assert.equal((await db.call('Scan', { TableName, IndexName: 'gsi' })).Count, 1);
  });

  test('page by their keys and the item', async () => {
    for (let index = 0; index < 5; index += 1) await put({ ...item, r: { S: String(index) } });
    const seen: unknown[] = [];
    let start: object | undefined;
    do {
      const page = await queryIndex('gsi', 'g', 'g', {
        Limit: 2,
        ...(start && { ExclusiveStartKey: start }),
      });
      seen.push(...(page.Items ?? []).map((each) => each['r']?.S));
      start = page.LastEvaluatedKey;
      if (start) assert.deepEqual(Object.keys(start).toSorted(), ['g', 'h', 'r']);
    } while (start);
    assert.deepEqual(seen.map(String).toSorted(), ['0', '1', '2', '3', '4']);
  });

  test('refuse what they cannot give', async () => {
    await put(item);
    const cases: readonly (readonly [object, string])[] = [
      [{ ConsistentRead: true }, 'Consistent reads are not supported on global secondary indexes'],
      [
        { Select: 'ALL_ATTRIBUTES' },
        `${BEFORE}Select type ALL_ATTRIBUTES is not supported for global secondary index gsi because its projection type is not ALL`,
      ],
      [
        { ProjectionExpression: 'extra' },
        `${BEFORE}Global secondary index gsi does not project [extra]`,
      ],
    ];
    for (const [more, message] of cases) {
      assert.deepEqual(await refusal(queryIndex('gsi', 'g', 'g', more)), [
        'ValidationException',
        message,
      ]);
    }
    assert.deepEqual(await refusal(put({ ...item, g: { N: '1' } })), [
      'ValidationException',
      `${BEFORE}Type mismatch for Index Key g Expected: S Actual: N IndexName: gsi`,
    ]);
    assert.deepEqual(await refusal(put({ ...item, g: { S: '' } })), [
      'ValidationException',
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: gsi, IndexKey: g',
    ]);
  });

  test('cost what AWS was measured to charge', async () => {
    // nubo-db/dynamodb-conformance, eu-west-2, 2026-08-12: units by table, gsi, lsi.
    const update = async (UpdateExpression: string, value?: string): Promise<unknown> => {
      const { ConsumedCapacity: capacity } = await db.call('UpdateItem', {
        TableName,
        Key: { h: item.h, r: item.r },
        UpdateExpression,
        ReturnConsumedCapacity: 'INDEXES',
        ...(value !== undefined && { ExpressionAttributeValues: { ':v': { S: value } } }),
      });
      return units(capacity);
    };
    const units = (capacity: Awaited<ReturnType<typeof put>>['ConsumedCapacity']): unknown => [
      capacity?.Table?.CapacityUnits,
      capacity?.GlobalSecondaryIndexes?.['gsi']?.CapacityUnits,
      capacity?.LocalSecondaryIndexes?.['lsi']?.CapacityUnits,
    ];
    assert.deepEqual(units((await put(item)).ConsumedCapacity), [1, 1, 1]);
    assert.deepEqual(units((await put(item)).ConsumedCapacity), [1, undefined, undefined]);
    assert.deepEqual(await update('SET extra = :v', 'o2'), [1, undefined, 1]);
    assert.deepEqual(await update('SET proj = :v', 'p2'), [1, 1, 1]);
    assert.deepEqual(await update('SET g = :v', 'moved'), [1, 2, 1]);
    assert.deepEqual(await update('SET l = :v', 'L2'), [1, undefined, 2]);
    assert.deepEqual(await update('REMOVE g'), [1, 1, 1]);
  });

  test('give their collection metrics where there are local ones', async () => {
    const { ItemCollectionMetrics } = await db.call('PutItem', {
      TableName,
      Item: item,
      ReturnItemCollectionMetrics: 'SIZE',
    });
    assert.deepEqual(ItemCollectionMetrics, {
      ItemCollectionKey: { h: { S: 'a' } },
      SizeEstimateRangeGB: [0, 1],
    });
  });

  test('are made, filled and taken away while the table is used', async () => {
    for (let index = 0; index < 250; index += 1) {
      await put({ h: { S: `k${index}` }, r: { S: '1' }, late: { S: 'x' } });
    }
    const create: UpdateTableInput = {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'late', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'late',
            KeySchema: [{ AttributeName: 'late', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        },
      ],
    };
    const { TableDescription } = await db.call('UpdateTable', create);
    const made = TableDescription?.GlobalSecondaryIndexes?.find(
      (index) => index.IndexName === 'late',
    );
    assert.deepEqual(
      [TableDescription?.TableStatus, made?.IndexStatus, made?.Backfilling],
      ['UPDATING', 'CREATING', true],
    );
    assert.deepEqual(await refusal(queryIndex('late', 'late', 'x')), [
      'ValidationException',
      'Cannot read from backfilling global secondary index: late',
    ]);
    await put({ h: { S: 'k1' }, r: { S: '1' }, late: { S: 'y' } });
    await put({ h: { S: 'k2' }, r: { S: '1' } });
    await db.work();
    assert.equal((await queryIndex('late', 'late', 'x')).Count, 248);
    assert.equal((await queryIndex('late', 'late', 'y')).Count, 1);
    const filled = (await described())?.GlobalSecondaryIndexes?.find(
      (index) => index.IndexName === 'late',
    );
    assert.deepEqual([filled?.IndexStatus, filled?.ItemCount], ['ACTIVE', 249]);
    await db.call('UpdateTable', {
      TableName,
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'late' } }],
    });
    const table = await described();
    assert.deepEqual(
      table?.GlobalSecondaryIndexes?.map((index) => index.IndexName),
      ['gsi'],
    );
    assert.ok(!table.AttributeDefinitions?.some(({ AttributeName }) => AttributeName === 'late'));
  });
});

describe('UpdateTable', () => {
  test('changes billing, and refuses what changes nothing', async () => {
    await db.call('CreateTable', {
      ...simpleTable(),
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    });
    const [code, message] = await refusal(
      db.call('UpdateTable', {
        TableName,
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      }),
    );
    assert.equal(code, 'ValidationException');
    assert.match(message, /^The provisioned throughput for the table will not change\./);
    assert.match(
      (await refusal(db.call('UpdateTable', { TableName })))[1],
      /^At least one of ProvisionedThroughput/,
    );
    await db.call('UpdateTable', { TableName, BillingMode: 'PAY_PER_REQUEST' });
    const table = await described();
    assert.equal(table?.BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST');
    assert.equal(table.ProvisionedThroughput?.ReadCapacityUnits, 0);
  });

  test('turns the stream on and off', async () => {
    await db.call('CreateTable', simpleTable());
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' };
    const { TableDescription } = await db.call('UpdateTable', { TableName, StreamSpecification });
    assert.equal(TableDescription?.LatestStreamLabel, '2026-01-01T00:00:00.000');
    assert.equal(TableDescription.LatestStreamArn, `${ARN}/stream/2026-01-01T00:00:00.000`);
    assert.deepEqual(TableDescription.StreamSpecification, StreamSpecification);
    assert.deepEqual(await refusal(db.call('UpdateTable', { TableName, StreamSpecification })), [
      'ValidationException',
      'Table already has an enabled stream: TableName: tab',
    ]);
    await db.call('UpdateTable', { TableName, StreamSpecification: { StreamEnabled: false } });
    const table = await described();
    assert.deepEqual(
      [table?.StreamSpecification, table?.LatestStreamLabel],
      [undefined, '2026-01-01T00:00:00.000'],
    );
  });
});

test('tags, policies, backups and limits are kept and shown', async () => {
  await db.call('CreateTable', { ...simpleTable(), Tags: [{ Key: 'a', Value: '1' }] });
  await db.call('TagResource', {
    ResourceArn: ARN,
    Tags: [
      { Key: 'b', Value: '2' },
      { Key: 'a', Value: '3' },
    ],
  });
  await db.call('UntagResource', { ResourceArn: ARN, TagKeys: ['b'] });
  assert.deepEqual(await db.call('ListTagsOfResource', { ResourceArn: ARN }), {
    Tags: [{ Key: 'a', Value: '3' }],
  });
  assert.deepEqual(await refusal(db.call('ListTagsOfResource', { ResourceArn: `${ARN}x` })), [
    'ResourceNotFoundException',
    `Requested resource not found: ResourcArn: ${ARN}x not found`,
  ]);
  const { RevisionId } = await db.call('PutResourcePolicy', { ResourceArn: ARN, Policy: '{}' });
  assert.deepEqual(await db.call('GetResourcePolicy', { ResourceArn: ARN }), {
    Policy: '{}',
    RevisionId,
  });
  await db.call('DeleteResourcePolicy', { ResourceArn: ARN });
  assert.equal(
    (await refusal(db.call('GetResourcePolicy', { ResourceArn: ARN })))[0],
    'PolicyNotFoundException',
  );
  // recordings/dynamodb test_continuous_backup_update
  const { ContinuousBackupsDescription } = await db.call('UpdateContinuousBackups', {
    TableName,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
  assert.deepEqual(ContinuousBackupsDescription, {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: {
      EarliestRestorableDateTime: db.clock.now(),
      LatestRestorableDateTime: db.clock.now(),
      PointInTimeRecoveryStatus: 'ENABLED',
      RecoveryPeriodInDays: 35,
    },
  });
  assert.deepEqual(await db.call('DescribeContinuousBackups', { TableName }), {
    ContinuousBackupsDescription,
  });
  assert.equal((await db.call('DescribeLimits', {})).TableMaxReadCapacityUnits, 40_000);
});
