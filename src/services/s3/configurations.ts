import { HTTP_STATUS } from '#aws/extras.ts';
import type { Empty } from '#aws/models/s3.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Transaction } from '#ports/world/database.ts';
import { requireBucket, type BucketInput, type S3Core } from './core.ts';
import type { Bucket } from './model.ts';
import {
  deleteConfiguration,
  getConfiguration,
  putConfiguration,
  type ConfigurationKind,
} from './store.ts';

/** What most operations on a bucket's configurations share. */
export interface ConfigurationCall {
  readonly context: RequestContext;
  readonly input: BucketInput;
  readonly kind: ConfigurationKind;
}

/** The bucket's configuration as it was put. @throws AwsError NoSuchBucket … */
export function readConfiguration<T>(
  core: S3Core,
  { context, input, kind }: ConfigurationCall,
): Promise<T | undefined> {
  return core.database.read(async (queries) => {
    const { name } = await requireBucket(queries, context, input);
    return getConfiguration<T>(queries, name, kind);
  });
}

/**
 * Stores a configuration.
 * @param make checks it with the bucket at hand, and says what is stored; `undefined` deletes
 */
export async function writeConfiguration(
  core: S3Core,
  { context, input, kind }: ConfigurationCall,
  make: (bucket: Bucket, tx: Transaction) => unknown,
): Promise<void> {
  await core.database.transact(async (tx) => {
    const bucket = await requireBucket(tx, context, input);
    const body = await make(bucket, tx);
    if (body === undefined) await deleteConfiguration(tx, bucket.name, kind);
    else await putConfiguration(tx, bucket.name, { kind }, body);
  });
}

/** Deletes a configuration; one that is not there is no error. */
export async function removeConfiguration(core: S3Core, call: ConfigurationCall): Promise<Empty> {
  await writeConfiguration(core, call, () => undefined);
  return {};
}

/** An empty answer with 204, where the model says 200. */
export function noContent(): Empty {
  return { [HTTP_STATUS]: 204 };
}
