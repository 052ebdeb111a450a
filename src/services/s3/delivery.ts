/** A bucket as the target of another service's events: each becomes an object. */
import { createHash } from 'node:crypto';
import type { RequestContext } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Deliverer, Delivery } from '#ports/peers/deliverer.ts';
import type { Queries } from '#ports/world/database.ts';
import { commitObject } from './commit-object.ts';
import type { S3Core } from './core.ts';
import { attributesOf, readWriteSettings } from './draft.ts';
import type { Bucket } from './model.ts';
import { findBucket } from './store.ts';

/**
 * Writes objects in the caller's own transaction, their bytes in the row, however many: an event has 6 MB at most.
 * The delivery's subject is the key; without one a bucket takes nothing.
 */
export function createS3Deliverer(core: S3Core): Deliverer {
  return {
    deliver: async (delivery, tx) => {
      const bucket = await bucketOf(tx, delivery.targetArn);
      if (bucket === undefined || !isTaken(bucket, delivery)) return 'missing';
      const key = delivery.options?.subject;
      if (key === undefined) return 'unsupported';
      const context = contextOf(core, bucket, delivery);
      const settings = await readWriteSettings(tx, bucket.name);
      const committed = await commitObject(core, tx, {
        context,
        bucket,
        settings,
        key,
        draft: {
          ...describe(delivery.payload),
          storageClass: 'STANDARD',
          attributes: attributesOf(context, {}, settings, undefined),
          tags: [],
          lock: {},
        },
        conditions: { ifMatch: undefined, ifNoneMatch: undefined },
        eventName: 'ObjectCreated:Put',
      });
      tx.afterCommit(() => core.ledger.discard(committed.orphans));
      return 'deliverable';
    },
    check: async ({ targetArn }, tx) =>
      (await bucketOf(tx, targetArn)) === undefined ? 'missing' : 'deliverable',
  };
}

/** DynamoDB writes on its caller's account, whom no other account's bucket lets in here. */
function isTaken({ accountId }: Bucket, { sourceService, sourceAccountId }: Delivery): boolean {
  return sourceService !== 'dynamodb.amazonaws.com' || sourceAccountId === accountId;
}

async function bucketOf(queries: Queries, targetArn: string): Promise<Bucket | undefined> {
  const name = parseArn(targetArn)?.resource;
  return name === undefined ? undefined : findBucket(queries, name);
}

/** Without a checksum: a transaction waits for nothing but its own statements, and CRC64NVME is loaded. */
function describe(bytes: Uint8Array) {
  return {
    size: bytes.byteLength,
    etag: createHash('md5').update(bytes).digest('hex'),
    content: { kind: 'inline', bytes } as const,
  };
}

/** As whoever delivers, in the bucket's Region: what notifications of the new object tell. */
function contextOf(
  { random }: S3Core,
  { region }: Bucket,
  { sourceAccountId: accountId, sourceArn: arn, targetArn }: Delivery,
): RequestContext {
  return {
    requestId: random.uuid(),
    accountId,
    region,
    principal: { accountId, arn, userId: accountId },
    signal: new AbortController().signal,
    http: {
      method: 'PUT',
      path: `/${parseArn(targetArn)?.resource ?? ''}`,
      query: new URLSearchParams(),
      headers: {},
      sourceIp: '127.0.0.1',
    },
  };
}
