/** AWS::IAM::*. */
import { AwsError } from '#aws/errors.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { Existing } from '../model.ts';
import {
  answered,
  changeTags,
  gone,
  hasChanged,
  member,
  nameBy,
  ownName,
  structuresOf,
} from './shared.ts';
import {
  textOf,
  textsOf,
  words,
  type Made,
  type ResourceType,
  type Values,
  type Work,
} from './resource-type.ts';
import { toText } from '../text.ts';
import { foundByAge, foundByName, type Listing, type Look } from './unclaimed.ts';

/** Roles, users and groups: what has policies. */
type Holder = 'Role' | 'User' | 'Group';

interface Held {
  readonly managed: readonly string[];
  readonly inline: ReadonlyMap<string, string>;
}

function heldBy(properties: JsonObject): Held {
  const { Policies: policies } = properties;
  return {
    managed: textsOf(properties, 'ManagedPolicyArns'),
    inline: new Map(
      structuresOf(policies).map((one) => [
        toText(one['PolicyName']),
        JSON.stringify(one['PolicyDocument']),
      ]),
    ),
  };
}

const NOTHING: Held = { managed: [], inline: new Map() };

/** Attaches and puts what is new, detaches and deletes what is not there any more. */
async function changePolicies(
  work: Work,
  holder: Holder,
  name: string,
  [before, now]: readonly [Held, Held],
): Promise<void> {
  const target = { [`${holder}Name`]: name };
  for (const PolicyArn of before.managed.filter((arn) => !now.managed.includes(arn))) {
    await gone(work.call('iam', `Detach${holder}Policy`, { ...target, PolicyArn }));
  }
  for (const PolicyName of [...before.inline.keys()].filter((key) => !now.inline.has(key))) {
    await gone(work.call('iam', `Delete${holder}Policy`, { ...target, PolicyName }));
  }
  for (const PolicyArn of now.managed.filter((arn) => !before.managed.includes(arn))) {
    await work.call('iam', `Attach${holder}Policy`, { ...target, PolicyArn });
  }
  for (const [PolicyName, PolicyDocument] of now.inline) {
    if (before.inline.get(PolicyName) === PolicyDocument) continue;
    await work.call('iam', `Put${holder}Policy`, { ...target, PolicyName, PolicyDocument });
  }
}

const TAGS = { service: 'iam', tag: 'TagRole', untag: 'UntagRole' };

const roleName = nameBy('RoleName');

const ROLE: ResourceType = {
  properties:
    words(`AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration Path PermissionsBoundary
    Policies RoleName Tags`),
  required: ['AssumeRolePolicyDocument'],
  replacing: words('Path RoleName'),
  tags: 'list',
  unclaimed: ownName('RoleName', roleName),
  async create(work) {
    const RoleName = roleName(work);
    const answer = await work.call('iam', 'CreateRole', { ...work.properties, RoleName });
    await work.claim(RoleName);
    await changePolicies(work, 'Role', RoleName, [NOTHING, heldBy(work.properties)]);
    return roleMade(RoleName, member(answer, 'Role'));
  },
  async update(work, before) {
    const { physicalId: RoleName, attributes, properties: old } = before;
    const { AssumeRolePolicyDocument: PolicyDocument, PermissionsBoundary } = work.properties;
    if (hasChanged(work, before, 'AssumeRolePolicyDocument')) {
      await work.call('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument });
    }
    if (hasChanged(work, before, 'Description', 'MaxSessionDuration')) {
      const defaults = { Description: '', MaxSessionDuration: 3600 };
      await work.call('iam', 'UpdateRole', { ...defaults, ...work.properties, RoleName });
    }
    if (hasChanged(work, before, 'PermissionsBoundary')) {
      const verb = PermissionsBoundary === undefined ? 'Delete' : 'Put';
      const input = { RoleName, PermissionsBoundary };
      await work.call('iam', `${verb}RolePermissionsBoundary`, input);
    }
    await changePolicies(work, 'Role', RoleName, [heldBy(old), heldBy(work.properties)]);
    await changeTags(work, before, { ...TAGS, target: { RoleName } });
    return { physicalId: RoleName, attributes };
  },
  async delete(work, existing) {
    const { physicalId: RoleName } = existing;
    await emptyHolder(work, 'Role', existing);
    await gone(work.call('iam', 'DeleteRole', { RoleName }));
  },
};

function roleMade(name: string, role: Values): Made {
  const attributes = { Arn: answered(role, 'Arn'), RoleId: answered(role, 'RoleId') };
  return { physicalId: name, attributes };
}

/** Takes away all policies there are: others of the stack's resources may have put some. */
async function emptyHolder(work: Work, holder: Holder, existing: Existing): Promise<void> {
  const { physicalId: name, properties } = existing;
  try {
    await changePolicies(work, holder, name, [await heldNow(work, holder, name), NOTHING]);
  } catch (error) {
    if (!(error instanceof AwsError) || error.status !== 403) return gone(Promise.reject(error));
    // Who may not see what there is takes away what the template says, which may be all.
    await changePolicies(work, holder, name, [heldBy(properties), NOTHING]);
  }
}

async function heldNow(work: Work, holder: Holder, name: string): Promise<Held> {
  const target = { [`${holder}Name`]: name };
  const { AttachedPolicies: attached } = await work.call(
    'iam',
    `ListAttached${holder}Policies`,
    target,
  );
  const inline = await work.call('iam', `List${holder}Policies`, target);
  return {
    managed: structuresOf(attached).map((one) => toText(one['PolicyArn'])),
    inline: new Map(textsOf(inline, 'PolicyNames').map((policy) => [policy, ''])),
  };
}

const userName = nameBy('UserName');

const USER: ResourceType = {
  properties: words(
    'Groups LoginProfile ManagedPolicyArns Path PermissionsBoundary Policies Tags UserName',
  ),
  replacing: words('UserName'),
  tags: 'list',
  unclaimed: ownName('UserName', userName),
  async create(work) {
    const UserName = userName(work);
    const answer = await work.call('iam', 'CreateUser', { ...work.properties, UserName });
    await work.claim(UserName);
    await changePolicies(work, 'User', UserName, [NOTHING, heldBy(work.properties)]);
    for (const GroupName of textsOf(work.properties, 'Groups')) {
      await work.call('iam', 'AddUserToGroup', { GroupName, UserName });
    }
    const attributes = { Arn: answered(member(answer, 'User'), 'Arn') };
    return { physicalId: UserName, attributes };
  },
  async update(work, before) {
    const { physicalId: UserName, properties: old } = before;
    await changePolicies(work, 'User', UserName, [heldBy(old), heldBy(work.properties)]);
    const now = textsOf(work.properties, 'Groups');
    const then = textsOf(old, 'Groups');
    for (const GroupName of then.filter((group) => !now.includes(group))) {
      await gone(work.call('iam', 'RemoveUserFromGroup', { GroupName, UserName }));
    }
    for (const GroupName of now.filter((group) => !then.includes(group))) {
      await work.call('iam', 'AddUserToGroup', { GroupName, UserName });
    }
    const tags = { service: 'iam', tag: 'TagUser', untag: 'UntagUser', target: { UserName } };
    await changeTags(work, before, tags);
    return { physicalId: UserName };
  },
  async delete(work, existing) {
    const { physicalId: UserName, properties } = existing;
    for (const GroupName of textsOf(properties, 'Groups')) {
      await gone(work.call('iam', 'RemoveUserFromGroup', { GroupName, UserName }));
    }
    await emptyHolder(work, 'User', existing);
    await gone(work.call('iam', 'DeleteUser', { UserName }));
  },
};

const groupName = nameBy('GroupName');

const GROUP: ResourceType = {
  properties: words('GroupName ManagedPolicyArns Path Policies'),
  replacing: words('GroupName'),
  unclaimed: ownName('GroupName', groupName),
  async create(work) {
    const GroupName = groupName(work);
    const answer = await work.call('iam', 'CreateGroup', { ...work.properties, GroupName });
    await work.claim(GroupName);
    await changePolicies(work, 'Group', GroupName, [NOTHING, heldBy(work.properties)]);
    const attributes = { Arn: answered(member(answer, 'Group'), 'Arn') };
    return { physicalId: GroupName, attributes };
  },
  async update(work, { physicalId, properties: old }) {
    await changePolicies(work, 'Group', physicalId, [heldBy(old), heldBy(work.properties)]);
    return { physicalId };
  },
  async delete(work, existing) {
    const { physicalId: GroupName } = existing;
    await emptyHolder(work, 'Group', existing);
    await gone(work.call('iam', 'DeleteGroup', { GroupName }));
  },
};

const HOLDERS = [
  ['Role', 'Roles'],
  ['User', 'Users'],
  ['Group', 'Groups'],
] as const;

/** Those whom a policy is about, kind by kind. */
function holdersOf(properties: JsonObject): readonly (readonly [Holder, string])[] {
  return HOLDERS.flatMap(([holder, list]) =>
    textsOf(properties, list).map((name) => [holder, name] as const),
  );
}

/** Does something to each of those who are in the one and not in the other. */
async function eachWithout(
  [those, others]: readonly [JsonObject, JsonObject],
  act: (holder: Holder, name: string) => Promise<unknown>,
): Promise<void> {
  const known = new Set(holdersOf(others).map(([holder, name]) => `${holder}/${name}`));
  for (const [holder, name] of holdersOf(those)) {
    if (!known.has(`${holder}/${name}`)) await act(holder, name);
  }
}

const INLINE_POLICY: ResourceType = {
  properties: words('Groups PolicyDocument PolicyName Roles Users'),
  required: words('PolicyDocument PolicyName'),
  replacing: ['PolicyName'],
  async create(work) {
    const id = work.newName();
    await eachWithout([work.properties, {}], (holder, name) => putInline(work, holder, name));
    return { physicalId: id, attributes: { Id: id } };
  },
  async update(work, { physicalId, properties: old }) {
    await eachWithout([old, work.properties], (holder, name) =>
      deleteInline(work, old, holder, name),
    );
    await eachWithout([work.properties, {}], (holder, name) => putInline(work, holder, name));
    return { physicalId };
  },
  delete: (work, { properties }) =>
    eachWithout([properties, {}], (holder, name) => deleteInline(work, properties, holder, name)),
};

function putInline({ call, properties }: Work, holder: Holder, name: string) {
  const { PolicyName, PolicyDocument } = properties;
  const input = { [`${holder}Name`]: name, PolicyName, PolicyDocument };
  return call('iam', `Put${holder}Policy`, input);
}

function deleteInline(
  { call }: Work,
  { PolicyName }: JsonObject,
  holder: Holder,
  name: string,
): Promise<void> {
  return gone(call('iam', `Delete${holder}Policy`, { [`${holder}Name`]: name, PolicyName }));
}

const policyName = nameBy('ManagedPolicyName', 128);

const MANAGED_POLICY: ResourceType = {
  properties: words('Description Groups ManagedPolicyName Path PolicyDocument Roles Users'),
  required: ['PolicyDocument'],
  replacing: words('Description ManagedPolicyName Path'),
  unclaimed: ownName('ManagedPolicyName', (work) => {
    const path = textOf(work.properties, 'Path') ?? '/';
    return `arn:aws:iam::${work.accountId}:policy${path}${policyName(work)}`;
  }),
  async create(work) {
    const PolicyName = policyName(work);
    const answer = await work.call('iam', 'CreatePolicy', { ...work.properties, PolicyName });
    const PolicyArn = answered(member(answer, 'Policy'), 'Arn');
    await work.claim(PolicyArn);
    await attachManaged(work, PolicyArn, {});
    return { physicalId: PolicyArn, attributes: { PolicyArn } };
  },
  async update(work, before) {
    const { physicalId: PolicyArn, properties: old } = before;
    if (hasChanged(work, before, 'PolicyDocument')) {
      await dropVersions(work, PolicyArn);
      const { PolicyDocument } = work.properties;
      const input = { PolicyArn, PolicyDocument, SetAsDefault: true };
      await work.call('iam', 'CreatePolicyVersion', input);
    }
    await eachWithout([old, work.properties], (holder, name) =>
      detach(work, PolicyArn, holder, name),
    );
    await attachManaged(work, PolicyArn, old);
    return { physicalId: PolicyArn };
  },
  async delete(work, { physicalId: PolicyArn, properties }) {
    await eachWithout([properties, {}], (holder, name) => detach(work, PolicyArn, holder, name));
    await dropVersions(work, PolicyArn);
    await gone(work.call('iam', 'DeletePolicy', { PolicyArn }));
  },
};

function attachManaged(work: Work, PolicyArn: string, before: JsonObject): Promise<void> {
  return eachWithout([work.properties, before], (holder, name) =>
    work.call('iam', `Attach${holder}Policy`, { [`${holder}Name`]: name, PolicyArn }),
  );
}

function detach(work: Work, PolicyArn: string, holder: Holder, name: string): Promise<void> {
  const input = { [`${holder}Name`]: name, PolicyArn };
  return gone(work.call('iam', `Detach${holder}Policy`, input));
}

/** A policy has five versions at the most, and is deleted with the last alone. */
async function dropVersions(work: Work, PolicyArn: string): Promise<void> {
  const answer = await work.call('iam', 'ListPolicyVersions', { PolicyArn }).catch(() => ({}));
  const { Versions: versions } = answer as Values;
  for (const one of structuresOf(versions)) {
    if (one['IsDefaultVersion'] === true) continue;
    const { VersionId } = one;
    await gone(work.call('iam', 'DeletePolicyVersion', { PolicyArn, VersionId }));
  }
}

const ACCESS_KEY: ResourceType = {
  properties: words('Serial Status UserName'),
  required: ['UserName'],
  replacing: words('Serial UserName'),
  async create(work) {
    const key = member(await work.call('iam', 'CreateAccessKey', work.properties), 'AccessKey');
    const physicalId = answered(key, 'AccessKeyId');
    const attributes = { SecretAccessKey: answered(key, 'SecretAccessKey') };
    const { UserName, Status } = work.properties;
    if (Status === 'Inactive') {
      await work.call('iam', 'UpdateAccessKey', { AccessKeyId: physicalId, UserName, Status });
    }
    return { physicalId, attributes };
  },
  async update(work, { physicalId: AccessKeyId }) {
    const { UserName, Status = 'Active' } = work.properties;
    await work.call('iam', 'UpdateAccessKey', { AccessKeyId, UserName, Status });
    return { physicalId: AccessKeyId };
  },
  delete: (work, { physicalId: AccessKeyId, properties: { UserName } }) =>
    gone(work.call('iam', 'DeleteAccessKey', { AccessKeyId, UserName })),
};

const ACCESS_KEYS: Listing = {
  service: 'iam',
  operation: 'ListAccessKeys',
  items: 'AccessKeyMetadata',
  id: 'AccessKeyId',
  next: ['Marker', 'Marker'],
  inputOf: ({ properties: { UserName } }) => ({ UserName }),
  is: () => true,
};

/** How IAM tells of a role, a user or a group. */
const lookAt = (holder: Holder): Look => ({
  service: 'iam',
  operation: `Get${holder}`,
  name: `${holder}Name`,
  member: holder,
  madeAt: 'CreateDate',
});

export const IAM_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::IAM::AccessKey': foundByAge(ACCESS_KEYS, 'CreateDate', ACCESS_KEY),
  'AWS::IAM::Group': foundByName(GROUP, groupName, lookAt('Group')),
  'AWS::IAM::ManagedPolicy': MANAGED_POLICY,
  'AWS::IAM::Policy': INLINE_POLICY,
  'AWS::IAM::Role': foundByName(ROLE, roleName, lookAt('Role')),
  'AWS::IAM::User': foundByName(USER, userName, lookAt('User')),
};
