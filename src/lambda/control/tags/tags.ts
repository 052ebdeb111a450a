/** Tags of functions and code signing configurations. Event source mappings bring their own. */
import { parseArn } from '#kernel/arn.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';

import { functionNotFound, invalidParameter, notFound, resourceNotFound } from '../../errors.ts';
import { TAGS_MAX } from '../../limits.ts';
import { addressOfArn } from '../../model/address.ts';
import type { Scope } from '../../model/records.ts';
import { codeSigningConfigs, functions } from '../../store.ts';
import { codeSigningConfigNotFound, codeSigningId } from '../signing/code-signing-names.ts';

export type Tags = Readonly<Record<string, string>>;

/** What bears tags: how they are read and written. */
export interface TagBearer {
  read(queries: Queries): Promise<Tags>;
  write(tx: Transaction, tags: Tags): Promise<void>;
}

/** Bearers of tags that other parts of Lambda keep, by the type in their ARN; `undefined` for a stranger's. */
export type TagBearers = Readonly<
  Record<string, (scope: Scope, id: string) => TagBearer | undefined>
>;

/**
 * The bearer that an ARN names.
 * @throws AwsError InvalidParameterValueException for versions and aliases, ResourceNotFoundException
 * @see recording `lambda_api: TestLambdaTag::test_tag_exceptions`
 */
export function tagBearer(context: RequestContext, arn: string, others: TagBearers): TagBearer {
  const resource = parseArn(arn)?.resource ?? '';
  const [type = '', id = ''] = resource.split(':');
  const scope = { accountId: context.accountId, region: context.region };
  const owner = parseArn(arn);
  const isOwn = owner?.accountId === scope.accountId && owner.region === scope.region;
  if (type === 'function') return functionBearer(scope, arn, isOwn);
  if (type === 'code-signing-config') return codeSigningBearer(scope, arn);
  if (type === 'capacity-provider') throw notFound(`Capacity provider not found: ${arn}`);
  const other = isOwn ? others[type]?.(scope, id) : undefined;
  if (other === undefined) throw resourceNotFound();
  return other;
}

function functionBearer(scope: Scope, arn: string, isOwn: boolean): TagBearer {
  const address = addressOfArn(arn);
  if (address?.qualifier !== undefined) {
    throw invalidParameter(
      'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    );
  }
  if (address === undefined) throw resourceNotFound();
  const load = async (queries: Queries) => {
    const found = isOwn ? await functions.get(queries, scope, address.functionName) : undefined;
    if (found === undefined) throw functionNotFound(address);
    return found;
  };
  return {
    read: async (queries) => (await load(queries)).tags,
    write: async (tx, tags) => functions.put(tx, scope, { ...(await load(tx)), tags }),
  };
}

function codeSigningBearer(scope: Scope, arn: string): TagBearer {
  const load = async (queries: Queries) => {
    const found = await codeSigningConfigs.get(queries, scope, codeSigningId(arn));
    if (found === undefined) throw codeSigningConfigNotFound(arn);
    return found;
  };
  return {
    read: async (queries) => (await load(queries)).tags,
    write: async (tx, tags) => codeSigningConfigs.put(tx, scope, { ...(await load(tx)), tags }),
  };
}

/** @throws AwsError InvalidParameterValueException over 50 tags, or for AWS's own */
export function checkTags(tags: Tags): void {
  const keys = Object.keys(tags);
  if (keys.length > TAGS_MAX) {
    throw invalidParameter('Number of tags exceeds resource tag limit.');
  }
  if (keys.some((key) => key.toLowerCase().startsWith('aws:'))) {
    throw invalidParameter('aws: prefixed tag key names are not allowed for external use.');
  }
}
