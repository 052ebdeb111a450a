import { definePermissions, passRole, textOf } from '#aws/access/index.ts';
import type { Call, Need, Permissions } from '#aws/operation.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { Database } from '#ports/world/database.ts';
import { parseArn } from '#kernel/arn.ts';
import { arnOf, type Entity, type Kind } from './model.ts';
import { findEntity } from './store-entities.ts';

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
const TABLE = definePermissions({
  prefix: 'iam',
  resourcesOf: ({ input, context: { accountId } }) => {
    for (const member of ARNS) {
      const arn = textOf(input, member);
      if (arn?.startsWith('arn:') === true) return arn;
    }
    const certificate = textOf(input, 'ServerCertificateName');
    return certificate && `arn:aws:iam::${accountId}:server-certificate/${certificate}`;
  },
  keysOf: ({ input }) => ({
    'iam:PermissionsBoundary': textOf(input, 'PermissionsBoundary'),
    'iam:PolicyARN': textOf(input, 'PolicyArn'),
    'iam:AWSServiceName': textOf(input, 'AWSServiceName'),
  }),
});

/** Members that name what an operation is about by its ARN. */
const ARNS = [
  'PolicyArn',
  'PolicySourceArn',
  'OpenIDConnectProviderArn',
  'SAMLProviderArn',
  'SerialNumber',
] as const;

const KINDS: readonly (readonly [member: string, kind: Kind])[] = [
  ['InstanceProfileName', 'instance-profile'],
  ['GroupName', 'group'],
  ['RoleName', 'role'],
  ['UserName', 'user'],
];

/** What operations need of IAM's entities, whose ARNs have paths that only the store knows. */
export function iamPermissions(database: Database): Permissions {
  return {
    async needsOf(call) {
      const needs = await TABLE.needsOf(call);
      const resource = await entityArn(database, call);
      if (resource === undefined) return needs;
      const own: readonly Need[] = needs.map((need) => ({ ...need, resource }));
      const role = textOf(call.input, 'RoleName');
      if (call.operation !== 'AddRoleToInstanceProfile' || role === undefined) return own;
      const roleArn = await arnOfEntity(database, call, 'role', role);
      return [...own, ...passRole(roleArn, 'ec2.amazonaws.com')];
    },
  };
}

const OWN =
  /^(?:GetUser|ChangePassword|ListMFADevices|\w+(?:AccessKey|ServiceSpecificCredential|SigningCertificate|SSHPublicKey)s?)$/;

async function entityArn(database: Database, call: Call): Promise<string | undefined> {
  const { operation, input, context } = call;
  const policyName = operation === 'CreatePolicy' ? textOf(input, 'PolicyName') : undefined;
  if (policyName !== undefined) {
    return `arn:aws:iam::${context.accountId}:policy${textOf(input, 'Path') ?? '/'}${policyName}`;
  }
  for (const [member, kind] of KINDS) {
    const name = textOf(input, member);
    if (name !== undefined) return arnOfEntity(database, call, kind, name);
  }
  // Without a name these are about the caller.
  const isOwn = OWN.test(operation);
  return isOwn && context.principal.arn.includes(':user/') ? context.principal.arn : undefined;
}

async function arnOfEntity(
  database: Database,
  { input, context: { accountId } }: Call,
  kind: Kind,
  name: string,
): Promise<string> {
  const found = await database.read((queries) => findEntity(queries, accountId, kind, name));
  const path = textOf(input, 'Path') ?? '/';
  const fresh: Parameters<typeof arnOf>[0] = {
    accountId,
    kind,
    name,
    path,
    id: '',
    createdAtMs: 0,
  } satisfies Omit<Entity, 'tags' | 'details'>;
  return arnOf(found ?? fresh);
}

const TAKING_ON: ReadonlySet<string> = new Set(['sts:AssumeRole', 'sts:TagSession']);

/** Roles' trust policies, which are about taking them on and nothing else; and tags. */
export const TRUST_POLICIES: ResourcePolicies = {
  async find(queries, action, text) {
    const { accountId = '', resource = '' } = parseArn(text) ?? {};
    const [kind] = resource.split('/');
    if (kind !== 'role' && kind !== 'user') return undefined;
    const name = resource.slice(resource.lastIndexOf('/') + 1);
    const entity = await findEntity(queries, accountId, kind, name);
    if (entity === undefined) return undefined;
    const tags = Object.fromEntries(entity.tags.map(({ Key, Value }) => [Key, Value]));
    const policy = TAKING_ON.has(action) ? entity.details.trustPolicy : undefined;
    return { accountId, tags, ...(policy === undefined ? {} : { policy }) };
  },
};
