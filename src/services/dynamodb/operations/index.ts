import type { Operations } from '#aws/models/dynamodb.types.gen.ts';
import { batchExecuteStatement } from './batch-execute-statement.ts';
import { batchGetItem } from './batch-get-item.ts';
import { batchWriteItem } from './batch-write-item.ts';
import { describeContinuousBackups, updateContinuousBackups } from './continuous-backups.ts';
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
import { getItem } from './get-item.ts';
import { putItem } from './put-item.ts';
import { query } from './query.ts';
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from './resource-policy.ts';
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
    CreateTable: createTable(dynamodb),
    DeleteItem: deleteItem(dynamodb),
    DeleteResourcePolicy: deleteResourcePolicy(dynamodb),
    DeleteTable: deleteTable(dynamodb),
    DescribeContinuousBackups: describeContinuousBackups(dynamodb),
    DescribeEndpoints: describeEndpoints(),
    DescribeKinesisStreamingDestination: describeKinesisStreamingDestination(dynamodb),
    DescribeLimits: describeLimits(),
    DescribeTable: describeTable(dynamodb),
    DescribeTimeToLive: describeTimeToLive(dynamodb),
    DisableKinesisStreamingDestination: disableKinesisStreamingDestination(dynamodb),
    EnableKinesisStreamingDestination: enableKinesisStreamingDestination(dynamodb),
    ExecuteStatement: executeStatement(dynamodb),
    ExecuteTransaction: executeTransaction(dynamodb),
    GetItem: getItem(dynamodb),
    GetResourcePolicy: getResourcePolicy(dynamodb),
    ListTables: listTables(dynamodb),
    ListTagsOfResource: listTagsOfResource(dynamodb),
    PutItem: putItem(dynamodb),
    PutResourcePolicy: putResourcePolicy(dynamodb),
    Query: query(dynamodb),
    Scan: scan(dynamodb),
    TagResource: tagResource(dynamodb),
    TransactGetItems: transactGetItems(dynamodb),
    TransactWriteItems: transactWriteItems(dynamodb),
    UntagResource: untagResource(dynamodb),
    UpdateContinuousBackups: updateContinuousBackups(dynamodb),
    UpdateItem: updateItem(dynamodb),
    UpdateKinesisStreamingDestination: updateKinesisStreamingDestination(dynamodb),
    UpdateTable: updateTable(dynamodb),
    UpdateTimeToLive: updateTimeToLive(dynamodb),
  } satisfies Partial<Operations>;
}
