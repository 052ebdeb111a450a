import { definePermissions, passRole, textOf } from '#aws/access/index.ts';
import type { Call, KeyValues, Permissions } from '#aws/operation.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import { roleArnOf } from '#ports/peers/requester.ts';
import type { Database } from '#ports/world/database.ts';
import { parseArn } from '#kernel/arn.ts';
import { invalidToken } from './errors.ts';
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
      requireLastingOrRole(call.context.principal);
      const needs = await TABLE.needsOf(call);
      const subject = await subjectOf(database, call);
      if (subject === undefined) return needs;
      const own = needs.flatMap((need) => [
        { ...need, resource: subject.arn, keys: { ...need.keys, ...boundaryKeys(call, subject) } },
        ...subject.becoming.map((resource) => ({ ...need, resource })),
      ]);
      const role = textOf(call.input, 'RoleName');
      if (call.operation !== 'AddRoleToInstanceProfile' || role === undefined) return own;
      const { arn } = await entitySubject(database, call, 'role', role);
      return [...own, ...passRole(arn, 'ec2.amazonaws.com')];
    },
  };
}

/** What an operation is about. */
interface Subject {
  readonly arn: string;
  readonly boundaryArn?: string;
  /** What it is called after an operation that gives it another name or path: that has to be allowed, too. */
  readonly becoming: readonly string[];
}

const OF_BOUNDED =
  /^(?:(?:Attach|Detach|Put|Delete)(?:User|Role)Policy|Delete\w+PermissionsBoundary)$/;

/** Who may give policies to those alone who have a boundary is asked about the boundary that they have. */
function boundaryKeys({ operation }: Call, { boundaryArn }: Subject): KeyValues {
  return OF_BOUNDED.test(operation) ? { 'iam:PermissionsBoundary': boundaryArn } : {};
}

/**
 * Tokens of users, federated ones too, are for all services but this: without an MFA device's word, at least.
 * @throws AwsError InvalidClientTokenId
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
function requireLastingOrRole(principal: Principal): void {
  if (principal.session === undefined || roleArnOf(principal) !== undefined) return;
  throw invalidToken();
}

const OWN =
  /^(?:GetUser|ChangePassword|ListMFADevices|\w+(?:AccessKey|ServiceSpecificCredential|SigningCertificate|SSHPublicKey)s?)$/;

async function subjectOf(database: Database, call: Call): Promise<Subject | undefined> {
  const { operation, input, context } = call;
  const policyName = operation === 'CreatePolicy' ? textOf(input, 'PolicyName') : undefined;
  if (policyName !== undefined) {
    const arn = `arn:aws:iam::${context.accountId}:policy${textOf(input, 'Path') ?? '/'}${policyName}`;
    return { arn, becoming: [] };
  }
  for (const [member, kind] of KINDS) {
    const name = textOf(input, member);
    if (name !== undefined) return entitySubject(database, call, kind, name);
  }
  // Without a name these are about the caller.
  const isOwn = OWN.test(operation) && context.principal.arn.includes(':user/');
  return isOwn ? { arn: context.principal.arn, becoming: [] } : undefined;
}

async function entitySubject(
  database: Database,
  { input, context: { accountId } }: Call,
  kind: Kind,
  name: string,
): Promise<Subject> {
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
  const named = found ?? fresh;
  const boundaryArn = found?.details.boundaryArn;
  const newName = textOf(input, 'NewUserName') ?? textOf(input, 'NewGroupName');
  const newPath = textOf(input, 'NewPath');
  const renamed = { ...named, name: newName ?? named.name, path: newPath ?? named.path };
  return {
    arn: arnOf(named),
    becoming: newName === undefined && newPath === undefined ? [] : [arnOf(renamed)],
    ...(boundaryArn === undefined ? {} : { boundaryArn }),
  };
}

const TAKING_ON: ReadonlySet<string> = new Set([
  'sts:AssumeRole',
  'sts:SetSourceIdentity',
  'sts:TagSession',
]);

/** Whether an action is about taking a role on, to which the role itself has to agree. */
export function isTakingOn(action: string): boolean {
  return TAKING_ON.has(action);
}

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
    const policy = isTakingOn(action) ? entity.details.trustPolicy : undefined;
    return { accountId, tags, ...(policy === undefined ? {} : { policy }) };
  },
};
