import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { CreateTableInput } from '#aws/models/dynamodb.types.gen.ts';
import { refusal, simpleTable, startDynamodb } from '../../../test/support/dynamodb.ts';
import type { TestDynamodb } from '../../../test/support/dynamodb.ts';

const TableName = 'tab';
const indexed: CreateTableInput = {
  ...simpleTable(),
  AttributeDefinitions: ['h', 'g'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'gsi',
      KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

let db: TestDynamodb;
beforeEach(async () => {
  db = await startDynamodb();
  await db.call('CreateTable', indexed);
});

const put = (h: string, g = 'x') =>
  db.call('PutItem', { TableName, Item: { h: { S: h }, g: { S: g } } });
const keys = async (table: string) => {
  const { Items = [] } = await db.call('Scan', { TableName: table });
  return Items.map((item) => (item['h'] as { readonly S: string }).S).sort();
};

test('a backup is of its moment, and is restored with its indexes', async () => {
  await put('a');
  const { BackupDetails } = await db.call('CreateBackup', { TableName, BackupName: 'b' });
  const BackupArn = BackupDetails?.BackupArn ?? '';
  assert.match(BackupArn, /:table\/tab\/backup\/\d{14}-[\da-f]{8}$/);
  await put('later');
  await db.call('DeleteTable', { TableName });
  const { BackupDescription } = await db.call('DescribeBackup', { BackupArn });
  assert.equal(BackupDescription?.SourceTableDetails?.ItemCount, 1);
  assert.equal(BackupDescription.BackupDetails?.BackupStatus, 'AVAILABLE');
  const made = await db.call('RestoreTableFromBackup', { BackupArn, TargetTableName: 'new' });
  assert.equal(made.TableDescription?.RestoreSummary?.SourceBackupArn, BackupArn);
  assert.deepEqual(await keys('new'), ['a']);
  await db.work();
  const found = await db.call('Query', {
    TableName: 'new',
    IndexName: 'gsi',
    KeyConditionExpression: 'g = :g',
    ExpressionAttributeValues: { ':g': { S: 'x' } },
  });
  assert.equal(found.Count, 1);
  const again = db.call('RestoreTableFromBackup', { BackupArn, TargetTableName: 'new' });
  assert.deepEqual(await refusal(again), [
    'TableAlreadyExistsException',
    'Table already exists: new',
  ]);
});

test('backups are listed by table and time, and deleted with their items', async () => {
  await put('a');
  const arns: string[] = [];
  for (const BackupName of ['one', 'two']) {
    const { BackupDetails } = await db.call('CreateBackup', { TableName, BackupName });
    arns.push(BackupDetails?.BackupArn ?? '');
    await db.clock.advance(1000);
  }
  const names = async (input: object) => {
    const { BackupSummaries = [] } = await db.call('ListBackups', input);
    return BackupSummaries.map(({ BackupName }) => BackupName);
  };
  assert.deepEqual(await names({ TableName }), ['one', 'two']);
  assert.deepEqual(await names({ TableName: 'other' }), []);
  const { LastEvaluatedBackupArn = '' } = await db.call('ListBackups', { Limit: 1 });
  assert.deepEqual(await names({ ExclusiveStartBackupArn: LastEvaluatedBackupArn }), ['two']);
  const [first = ''] = arns;
  const { BackupDescription } = await db.call('DeleteBackup', { BackupArn: first });
  assert.equal(BackupDescription?.BackupDetails?.BackupStatus, 'DELETED');
  assert.deepEqual(await refusal(db.call('DescribeBackup', { BackupArn: first })), [
    'BackupNotFoundException',
    `Backup not found: ${first}`,
  ]);
  await db.work();
  const left = await db.database.read((queries) =>
    queries.get<{ rows: number }>('SELECT COUNT(*) AS rows FROM dynamodb_items'),
  );
  assert.equal(left?.rows, 2);
  const missing = db.call('CreateBackup', { TableName: 'no-table', BackupName: 'b' });
  assert.deepEqual(await refusal(missing), ['TableNotFoundException', 'Table not found: no-table']);
});

test('a table is restored as it is now, where it keeps points in time', async () => {
  await put('a');
  const restore = (more: object) =>
    db.call('RestoreTableToPointInTime', {
      SourceTableName: TableName,
      TargetTableName: 'new',
      ...more,
    });
  const latest = { UseLatestRestorableTime: true };
  assert.deepEqual(await refusal(restore(latest)), [
    'PointInTimeRecoveryUnavailableException',
    "Point in time recovery is not enabled for table 'tab'",
  ]);
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await db.call('UpdateContinuousBackups', { TableName, PointInTimeRecoverySpecification });
  const [code] = await refusal(restore({ RestoreDateTime: db.clock.now() - 61_000 }));
  assert.equal(code, 'InvalidRestoreTimeException');
  await restore(latest);
  assert.deepEqual(await keys('new'), ['a']);
});

test('an export writes items and manifests to the bucket', async () => {
  await put('a');
  const table = await db.call('DescribeTable', { TableName });
  const input = { TableArn: table.Table?.TableArn ?? '', S3Bucket: 'bucket', S3Prefix: 'p' };
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await db.call('UpdateContinuousBackups', { TableName, PointInTimeRecoverySpecification });
  const { ExportDescription } = await db.call('ExportTableToPointInTime', input);
  assert.equal(ExportDescription?.ExportStatus, 'IN_PROGRESS');
  const [data, , summary] = db.deliveries;
  assert.equal(
    gunzipSync(data?.payload ?? new Uint8Array(0)).toString(),
    '{"Item":{"h":{"S":"a"},"g":{"S":"x"}}}\n',
  );
  assert.equal(summary?.options?.subject, ExportDescription.ExportManifest);
  const ExportArn = ExportDescription.ExportArn ?? '';
  const described = await db.call('DescribeExport', { ExportArn });
  assert.equal(described.ExportDescription?.ExportStatus, 'COMPLETED');
  const { ExportSummaries } = await db.call('ListExports', {});
  assert.deepEqual(
    ExportSummaries?.map((one) => one.ExportArn),
    [ExportArn],
  );
  const [code] = await refusal(db.call('DescribeExport', { ExportArn: `${ExportArn}0` }));
  assert.equal(code, 'ExportNotFoundException');
});

test('contributor insights are of a table or an index', async () => {
  const update = (ContributorInsightsAction: string, IndexName: string) =>
    db.call('UpdateContributorInsights', { TableName, IndexName, ContributorInsightsAction });
  const status = async (more: object) =>
    (await db.call('DescribeContributorInsights', { TableName, ...more }))
      .ContributorInsightsStatus;
  await update('ENABLE', 'gsi');
  assert.equal(await status({}), 'DISABLED');
  assert.equal(await status({ IndexName: 'gsi' }), 'ENABLED');
  await update('DISABLE', 'gsi');
  assert.equal(await status({ IndexName: 'gsi' }), 'DISABLED');
  const [code] = await refusal(update('ENABLE', 'no'));
  assert.equal(code, 'ResourceNotFoundException');
});
