import { definePermissions, textOf } from '#aws/access/index.ts';
import type { Call, Permissions } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { Database, Queries } from '#ports/world/database.ts';
import { requireResource, stateOf } from './resource.ts';
import { parseStreamArn } from './model.ts';
import { parseIterator } from './shard-iterator.ts';
import { findStreamById } from './store-streams.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html */
export function kinesisPermissions(database: Database): Permissions {
  const table = definePermissions({ prefix: 'kinesis', resourcesOf: resourceOf });
  return {
    async needsOf(call) {
      const needs = await table.needsOf(call);
      const iterator = parseIterator(textOf(call.input, 'ShardIterator') ?? '');
      const id = iterator?.streamId ?? textOf(call.input, 'StreamId');
      // An iterator reads its own stream, whatever else is named.
      const isNamed = iterator === undefined && resourceOf(call) !== undefined;
      if (id === undefined || isNamed) return needs;
      const stream = await database.read((queries) => findStreamById(queries, id));
      if (stream === undefined) return needs;
      const resource = formatArn(
        'kinesis',
        stream.region,
        stream.accountId,
        `stream/${stream.name}`,
      );
      return needs.map((need) => ({ ...need, resource }));
    },
  };
}

function resourceOf({ input, context: { accountId, region } }: Call): string | undefined {
  for (const member of ['ConsumerARN', 'ResourceARN', 'StreamARN']) {
    const arn = textOf(input, member);
    if (arn !== undefined) return arn;
  }
  const name = textOf(input, 'StreamName');
  return name && formatArn('kinesis', region, accountId, `stream/${name}`);
}

/** Policies of streams and their consumers. */
export const STREAM_POLICIES: ResourcePolicies = {
  async find(queries: Queries, _action: string, arn: string) {
    const address = parseStreamArn(arn);
    if (address === undefined) return undefined;
    const resource = await requireResource(queries, arn).catch(() => undefined);
    const { accountId } = address;
    if (resource === undefined) return { accountId };
    const { policy, tags } = stateOf(resource);
    return { accountId, tags, ...(policy === undefined ? {} : { policy }) };
  },
};
