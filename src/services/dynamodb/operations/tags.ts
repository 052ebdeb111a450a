import type { Operations, Tag } from '#aws/models/dynamodb.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Queries } from '#ports/world/database.ts';
import { resourceNotFound, validation } from '../errors.ts';
import { TAGS_MAX } from '../limits.ts';
import { updateTable } from '../store/tables.ts';
import type { Table } from '../tables/table.ts';
import type { Dynamodb } from './dependencies.ts';

/** @throws ValidationException where there are too many, or one twice */
export function assertTags(tags: readonly Tag[]): void {
  if (tags.length > TAGS_MAX)
    throw validation(
      `One or more parameter values were invalid: Too many tags: ${tags.length}, the limit is ${TAGS_MAX}`,
    );
  const keys = tags.map((tag) => tag.Key);
  const repeated = keys.find((key, index) => keys.indexOf(key) < index);
  if (repeated === undefined) return;
  throw validation(`One or more parameter values were invalid: Duplicate tag key: ${repeated}`);
}

/**
 * The table of an ARN.
 * @throws ValidationException, ResourceNotFoundException
 */
export async function requireTableOfArn(
  { tables }: Dynamodb,
  queries: Queries,
  context: RequestContext,
  resourceArn: string,
): Promise<Table> {
  const arn = parseArn(resourceArn);
  const name = arn?.service === 'dynamodb' ? /^table\/([^/]+)/.exec(arn.resource)?.[1] : undefined;
  if (arn === undefined || name === undefined) {
    throw validation(`Invalid TableArn: Invalid ResourceArn provided as input ${resourceArn}`);
  }
  const { accountId, region } = context;
  const isOurs = arn.accountId === accountId && arn.region === region;
  const table = isOurs ? await tables.find(queries, { accountId, region, name }) : undefined;
  if (table) return table;
  throw resourceNotFound(`Requested resource not found: ResourcArn: ${resourceArn} not found`);
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html */
export function tagResource(dynamodb: Dynamodb): Operations['TagResource'] {
  return async (context, input) => {
    assertTags(input.Tags);
    await dynamodb.database.transact(async (tx) => {
      const table = await requireTableOfArn(dynamodb, tx, context, input.ResourceArn);
      const fresh = new Set(input.Tags.map((tag) => tag.Key));
      const tags = [...table.tags.filter((tag) => !fresh.has(tag.Key)), ...input.Tags];
      assertTags(tags);
      await updateTable(tx, { ...table, tags });
    });
    return {};
  };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UntagResource.html */
export function untagResource(dynamodb: Dynamodb): Operations['UntagResource'] {
  return async (context, input) => {
    await dynamodb.database.transact(async (tx) => {
      const table = await requireTableOfArn(dynamodb, tx, context, input.ResourceArn);
      const tags = table.tags.filter((tag) => !input.TagKeys.includes(tag.Key));
      await updateTable(tx, { ...table, tags });
    });
    return {};
  };
}

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTagsOfResource.html
 */
export function listTagsOfResource(dynamodb: Dynamodb): Operations['ListTagsOfResource'] {
  return async (context, input) =>
    dynamodb.database.read(async (queries) => ({
      Tags: (await requireTableOfArn(dynamodb, queries, context, input.ResourceArn)).tags,
    }));
}
