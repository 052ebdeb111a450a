import { definePermissions, objectsOf, tagKeys, textOf } from '#aws/access/index.ts';
import type { KeyValues, ParsedInput, Permissions } from '#aws/operation.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
export const STS_PERMISSIONS: Permissions = definePermissions({
  prefix: 'sts',
  // Both tell and give only what the caller has.
  actions: { GetCallerIdentity: [], GetSessionToken: [] },
  resourcesOf: ({ operation, input, context: { accountId } }) =>
    operation === 'GetFederationToken'
      ? `arn:aws:sts::${accountId}:federated-user/${textOf(input, 'Name') ?? ''}`
      : textOf(input, 'RoleArn'),
  keysOf: ({ input, context }) => keysOf(input, context.principal),
  moreOf: ({ operation, input, context: { principal } }) => {
    const resource = textOf(input, 'RoleArn');
    if (operation !== 'AssumeRole' || resource === undefined) return [];
    const keys = { ...tagKeys(input), ...keysOf(input, principal) };
    const { transitiveTags = {} } = principal.session ?? {};
    const given = [...objectsOf(input, 'Tags'), ...Object.keys(transitiveTags)];
    return [
      ...(given.length === 0 ? [] : [{ action: 'sts:TagSession', resource, keys }]),
      ...(keys['sts:SourceIdentity'] === undefined
        ? []
        : [{ action: 'sts:SetSourceIdentity', resource, keys }]),
    ];
  },
});

/** Whoever is behind the caller is behind the role, too. */
function keysOf(input: ParsedInput, { session }: Principal): KeyValues {
  const transitive = input['TransitiveTagKeys'];
  return {
    'sts:ExternalId': textOf(input, 'ExternalId'),
    'sts:RoleSessionName': textOf(input, 'RoleSessionName'),
    'sts:SourceIdentity': textOf(input, 'SourceIdentity') ?? session?.sourceIdentity,
    'sts:TransitiveTagKeys': Array.isArray(transitive) ? transitive.map(String) : undefined,
  };
}
