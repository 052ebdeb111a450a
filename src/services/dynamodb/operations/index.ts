import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import { createBackup, deleteBackup, describeBackup, listBackups } from './backups.ts';
import { batchExecuteStatement } from './batch-execute-statement.ts';
import { batchGetItem } from './batch-get-item.ts';
import { batchWriteItem } from './batch-write-item.ts';
import { describeContinuousBackups, updateContinuousBackups } from './continuous-backups.ts';
import { describeContributorInsights, updateContributorInsights } from './contributor-insights.ts';
import { createTable } from './create-table.ts';
import { deleteItem } from './delete-item.ts';
import { deleteTable } from './delete-table.ts';
import type { Dynamodb } from './dependencies.ts';
import { describeEndpoints, describeLimits } from './describe-limits.ts';
import { describeTable, listTables } from './describe-table.ts';
import {
  describeKinesisStreamingDestination,
  disableKinesisStreamingDestination,
  enableKinesisStreamingDestination,
  updateKinesisStreamingDestination,
} from './kinesis-destinations.ts';
import { executeStatement } from './execute-statement.ts';
import { executeTransaction } from './execute-transaction.ts';
import { describeExport, exportTableToPointInTime, listExports } from './exports.ts';
import { getItem } from './get-item.ts';
import { putItem } from './put-item.ts';
import { query } from './query.ts';
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from './resource-policy.ts';
import { restoreTableFromBackup, restoreTableToPointInTime } from './restores.ts';
import { scan } from './scan.ts';
import { listTagsOfResource, tagResource, untagResource } from './tags.ts';
import { describeTimeToLive, updateTimeToLive } from './time-to-live.ts';
import { transactGetItems } from './transact-get-items.ts';
import { transactWriteItems } from './transact-write-items.ts';
import { updateItem } from './update-item.ts';
import { updateTable } from './update-table.ts';

/** The operations that are built; the wire answers the rest with 501. */
export function dynamodbOperations(dynamodb: Dynamodb) {
  return {
    BatchExecuteStatement: batchExecuteStatement(dynamodb),
    BatchGetItem: batchGetItem(dynamodb),
    BatchWriteItem: batchWriteItem(dynamodb),
    CreateBackup: createBackup(dynamodb),
    CreateTable: createTable(dynamodb),
    DeleteBackup: deleteBackup(dynamodb),
    DeleteItem: deleteItem(dynamodb),
    DeleteResourcePolicy: deleteResourcePolicy(dynamodb),
    DeleteTable: deleteTable(dynamodb),
    DescribeBackup: describeBackup(dynamodb),
    DescribeContinuousBackups: describeContinuousBackups(dynamodb),
    DescribeContributorInsights: describeContributorInsights(dynamodb),
    DescribeEndpoints: describeEndpoints(),
    DescribeExport: describeExport(dynamodb),
    DescribeKinesisStreamingDestination: describeKinesisStreamingDestination(dynamodb),
    DescribeLimits: describeLimits(),
    DescribeTable: describeTable(dynamodb),
    DescribeTimeToLive: describeTimeToLive(dynamodb),
    DisableKinesisStreamingDestination: disableKinesisStreamingDestination(dynamodb),
    EnableKinesisStreamingDestination: enableKinesisStreamingDestination(dynamodb),
    ExecuteStatement: executeStatement(dynamodb),
    ExecuteTransaction: executeTransaction(dynamodb),
    ExportTableToPointInTime: exportTableToPointInTime(dynamodb),
    GetItem: getItem(dynamodb),
    GetResourcePolicy: getResourcePolicy(dynamodb),
    ListBackups: listBackups(dynamodb),
    ListExports: listExports(dynamodb),
    ListTables: listTables(dynamodb),
    ListTagsOfResource: listTagsOfResource(dynamodb),
    PutItem: putItem(dynamodb),
    PutResourcePolicy: putResourcePolicy(dynamodb),
    Query: query(dynamodb),
    RestoreTableFromBackup: restoreTableFromBackup(dynamodb),
    RestoreTableToPointInTime: restoreTableToPointInTime(dynamodb),
    Scan: scan(dynamodb),
    TagResource: tagResource(dynamodb),
    TransactGetItems: transactGetItems(dynamodb),
    TransactWriteItems: transactWriteItems(dynamodb),
    UntagResource: untagResource(dynamodb),
    UpdateContinuousBackups: updateContinuousBackups(dynamodb),
    UpdateContributorInsights: updateContributorInsights(dynamodb),
    UpdateItem: updateItem(dynamodb),
    UpdateKinesisStreamingDestination: updateKinesisStreamingDestination(dynamodb),
    UpdateTable: updateTable(dynamodb),
    UpdateTimeToLive: updateTimeToLive(dynamodb),
  } satisfies Partial<Operations>;
}
