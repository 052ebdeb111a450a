import type { RequestContext } from '#aws/operation.ts';
import { requireBucket, type BucketInput, type S3Core } from './core.ts';
import { s3Error } from './errors.ts';
import { readToken, writeToken } from './list-page.ts';
import {
  deleteConfiguration,
  getConfiguration,
  listConfigurations,
  putConfiguration,
  type ConfigurationKind,
} from './store.ts';

/** Configurations of one page. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketMetricsConfigurations.html */
const NAMED_PAGE_MAX = 100;

export interface NamedCall {
  readonly context: RequestContext;
  readonly input: BucketInput & { readonly Id: string };
  readonly kind: ConfigurationKind;
}

/** Configurations of which a bucket has several, by id; stored alone, nothing acts on them. */
export async function putNamed(
  core: S3Core,
  { context, input, kind }: NamedCall,
  body: { readonly Id: string },
): Promise<void> {
  if (body.Id !== input.Id) throw s3Error('MalformedXML');
  await core.database.transact(async (tx) => {
    const { name } = await requireBucket(tx, context, input);
    await putConfiguration(tx, name, { kind, id: input.Id }, body);
  });
}

/** @throws AwsError NoSuchConfiguration */
export async function getNamed<T>(core: S3Core, { context, input, kind }: NamedCall): Promise<T> {
  const found = await core.database.read(async (queries) => {
    const { name } = await requireBucket(queries, context, input);
    return getConfiguration<T>(queries, name, kind, input.Id);
  });
  if (found === undefined) throw s3Error('NoSuchConfiguration');
  return found;
}

/** @throws AwsError NoSuchConfiguration */
export async function deleteNamed(
  core: S3Core,
  { context, input, kind }: NamedCall,
): Promise<void> {
  await core.database.transact(async (tx) => {
    const { name } = await requireBucket(tx, context, input);
    const isThere = await deleteConfiguration(tx, name, kind, input.Id);
    if (!isThere) throw s3Error('NoSuchConfiguration');
  });
}

export interface NamedPage<T> {
  readonly list: readonly T[];
  readonly members: {
    readonly IsTruncated: boolean;
    readonly ContinuationToken?: string;
    readonly NextContinuationToken?: string;
  };
}

/** A page of a bucket's configurations of one kind. @throws AwsError InvalidArgument for a bad token */
export async function listNamed<T>(
  core: S3Core,
  context: RequestContext,
  input: BucketInput & { readonly ContinuationToken?: string },
  kind: ConfigurationKind,
): Promise<NamedPage<T>> {
  const token = input.ContinuationToken;
  const after = token === undefined ? '' : readToken(token).text;
  const found = await core.database.read(async (queries) => {
    const { name } = await requireBucket(queries, context, input);
    const page = { after, limit: NAMED_PAGE_MAX + 1 };
    return listConfigurations<T>(queries, name, kind, page);
  });
  const page = found.slice(0, NAMED_PAGE_MAX);
  const last = page.at(-1);
  const isTruncated = found.length > page.length;
  return {
    list: page.map(({ body }) => body),
    members: {
      IsTruncated: isTruncated,
      ...(token === undefined ? {} : { ContinuationToken: token }),
      ...(isTruncated && last
        ? { NextContinuationToken: writeToken({ kind: 'key', text: last.id }) }
        : {}),
    },
  };
}
