/**
 * Exports of a table to a bucket, as it is now: DynamoDB's JSON, gzipped, with its manifests. All of it is in the
 * bucket when the request is answered.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type {
  ExportDescription,
  ExportTableToPointInTimeInput,
  Operations,
} from '#aws/models/dynamodb.types.gen.ts';
import { formatArn } from '#kernel/arn.ts';
import { utf8 } from '#kernel/bytes.ts';
import { MINUTE_MS } from '#kernel/units.ts';
import type { Transaction } from '#ports/world/database.ts';
import {
  exportMissing,
  invalidExportTime,
  noPointInTime,
  tableNotFound,
  validation,
} from '../errors.ts';
import { findExport, insertExport, listExportRows } from '../store/exports.ts';
import { itemsAfter } from '../store/items.ts';
import type { StoredItem } from '../store/items.ts';
import { tableAddress } from '../tables/table-address.ts';
import { tableArn } from '../tables/table.ts';
import type { Table } from '../tables/table.ts';
import { encodeItem } from '../value/item-text.ts';
import type { Dynamodb } from './dependencies.ts';

const ITEMS_AT_ONCE = 1000;
const EXPORTS_PER_PAGE = 25;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html */
export function exportTableToPointInTime(
  dynamodb: Dynamodb,
): Operations['ExportTableToPointInTime'] {
  const { database, clock, random, tables } = dynamodb;
  return (context, input) =>
    database.transact(async (tx) => {
      const address = tableAddress(context, input.TableArn);
      const table = await tables.find(tx, address);
      if (table === undefined) throw tableNotFound(address.name);
      if (table.recoveryPeriodDays === undefined) throw noPointInTime(table.name);
      const nowMs = Math.floor(clock.now());
      const atMs = input.ExportTime ?? nowMs;
      if (atMs > nowMs || atMs < nowMs - MINUTE_MS) throw invalidExportTime();
      if (input.ExportFormat === 'ION' || input.ExportType === 'INCREMENTAL_EXPORT') {
        throw validation('Only full exports in DYNAMODB_JSON are supported.');
      }
      const id = `${String(nowMs).padStart(14, '0')}-${random.uuid().slice(0, 8)}`;
      const prefix = input.S3Prefix === undefined ? '' : `${input.S3Prefix}/`;
      const folder = `${prefix}AWSDynamoDB/${id}`;
      const written = await write(dynamodb, tx, { table, input, folder, atMs, id });
      const description: ExportDescription = {
        ExportArn: `${tableArn(table)}/export/${id}`,
        ExportStatus: 'COMPLETED',
        StartTime: nowMs,
        EndTime: nowMs,
        ExportManifest: `${folder}/manifest-summary.json`,
        TableArn: tableArn(table),
        TableId: table.id,
        ExportTime: atMs,
        ClientToken: input.ClientToken ?? random.uuid(),
        S3Bucket: input.S3Bucket,
        ...(input.S3BucketOwner !== undefined && { S3BucketOwner: input.S3BucketOwner }),
        ...(input.S3Prefix !== undefined && { S3Prefix: input.S3Prefix }),
        S3SseAlgorithm: input.S3SseAlgorithm ?? 'AES256',
        ...(input.S3SseKmsKeyId !== undefined && { S3SseKmsKeyId: input.S3SseKmsKeyId }),
        ExportFormat: 'DYNAMODB_JSON',
        BilledSizeBytes: written.bytes,
        ItemCount: written.items,
        ExportType: 'FULL_EXPORT',
      };
      await insertExport(tx, context, description);
      return { ExportDescription: { ...description, ExportStatus: 'IN_PROGRESS' } };
    });
}

interface Export {
  readonly table: Table;
  readonly input: ExportTableToPointInTimeInput;
  readonly folder: string;
  readonly atMs: number;
  readonly id: string;
}

/** The data and its manifests; items and bytes of them. */
async function write(
  { deliverer }: Dynamodb,
  tx: Transaction,
  { table, input, folder, atMs, id }: Export,
): Promise<{ readonly items: number; readonly bytes: number }> {
  const put = async (key: string, payload: Uint8Array): Promise<string> => {
    const outcome = await deliverer.deliver(
      {
        targetArn: formatArn('s3', '', '', input.S3Bucket),
        sourceArn: tableArn(table),
        sourceService: 'dynamodb.amazonaws.com',
        sourceAccountId: table.accountId,
        payload,
        options: { subject: `${folder}/${key}` },
      },
      tx,
    );
    if (outcome !== 'deliverable') {
      throw validation(`The bucket ${input.S3Bucket} does not exist or takes nothing.`);
    }
    return createHash('md5').update(payload).digest('base64');
  };
  const lines: string[] = [];
  let [bytes, last]: [number, StoredItem | undefined] = [0, undefined];
  do {
    const after = last?.key ?? { hash: new Uint8Array(0), range: new Uint8Array(0) };
    const found = await itemsAfter(tx, table.number, after, ITEMS_AT_ONCE);
    for (const stored of found) {
      lines.push(`{"Item":${encodeItem(stored.item)}}\n`);
      bytes += stored.bytes;
    }
    last = found.at(-1);
  } while (last !== undefined);
  const data = `data/${id.slice(-8)}.json.gz`;
  const md5 = await put(data, gzipSync(lines.join('')));
  const files = { itemCount: lines.length, md5Checksum: md5, dataFileS3Key: `${folder}/${data}` };
  const filesMd5 = await put('manifest-files.json', utf8(`${JSON.stringify(files)}\n`));
  const summary = {
    version: '2020-06-30',
    exportArn: `${tableArn(table)}/export/${id}`,
    tableArn: tableArn(table),
    tableId: table.id,
    exportTime: new Date(atMs).toISOString(),
    s3Bucket: input.S3Bucket,
    s3Prefix: input.S3Prefix ?? null,
    s3SseAlgorithm: input.S3SseAlgorithm ?? 'AES256',
    manifestFilesS3Key: `${folder}/manifest-files.json`,
    billedSizeBytes: bytes,
    itemCount: lines.length,
    outputFormat: 'DYNAMODB_JSON',
    exportType: 'FULL_EXPORT',
    manifestFilesMd5Checksum: filesMd5,
  };
  await put('manifest-summary.json', utf8(JSON.stringify(summary)));
  return { items: lines.length, bytes };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeExport.html */
export function describeExport({ database }: Dynamodb): Operations['DescribeExport'] {
  return async (context, { ExportArn }) => {
    const found = await database.read((queries) => findExport(queries, context, ExportArn));
    if (found === undefined) throw exportMissing(ExportArn);
    return { ExportDescription: found };
  };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListExports.html */
export function listExports({ database }: Dynamodb): Operations['ListExports'] {
  return async (context, { TableArn, NextToken = '', MaxResults = EXPORTS_PER_PAGE }) => {
    const all = await database.read((queries) => listExportRows(queries, context));
    const wanted = all.filter(
      (one) => one.TableArn === (TableArn ?? one.TableArn) && (one.ExportArn ?? '') > NextToken,
    );
    const page = wanted.slice(0, MaxResults);
    const last = page.at(-1)?.ExportArn;
    return {
      ExportSummaries: page.map(({ ExportArn = '', ExportStatus = '', ExportType = '' }) => ({
        ExportArn,
        ExportStatus,
        ExportType,
      })),
      ...(last !== undefined && page.length < wanted.length && { NextToken: last }),
    };
  };
}
