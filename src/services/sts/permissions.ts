import { definePermissions, textOf } from '#aws/access/index.ts';
import type { KeyValues, ParsedInput, Permissions } from '#aws/operation.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
export const STS_PERMISSIONS: Permissions = definePermissions({
  prefix: 'sts',
  // Both tell and give only what the caller has.
  actions: { GetCallerIdentity: [], GetSessionToken: [] },
  resourcesOf: ({ operation, input, context: { accountId } }) =>
    operation === 'GetFederationToken'
      ? `arn:aws:sts::${accountId}:federated-user/${textOf(input, 'Name') ?? ''}`
      : textOf(input, 'RoleArn'),
  keysOf: ({ input }) => keysOf(input),
  moreOf: ({ operation, input }) => {
    const resource = textOf(input, 'RoleArn');
    const hasTags = Array.isArray(input['Tags']) && input['Tags'].length > 0;
    if (operation !== 'AssumeRole' || resource === undefined || !hasTags) return [];
    return [{ action: 'sts:TagSession', resource, keys: keysOf(input) }];
  },
});

function keysOf(input: ParsedInput): KeyValues {
  const transitive = input['TransitiveTagKeys'];
  return {
    'sts:ExternalId': textOf(input, 'ExternalId'),
    'sts:RoleSessionName': textOf(input, 'RoleSessionName'),
    'sts:SourceIdentity': textOf(input, 'SourceIdentity'),
    'sts:TransitiveTagKeys': Array.isArray(transitive) ? transitive.map(String) : undefined,
  };
}
