/** AWS::IAM::* beside those who have policies: one policy of one of them, profiles, members, providers. */
import {
  answered,
  changeTags,
  gone,
  hasChanged,
  member,
  nameBy,
  notStabilized,
  orAbsent,
  ownName,
} from './shared.ts';
import { textOf, textsOf, words, type ResourceType, type Work } from './resource-type.ts';
import { toText } from '../text.ts';
import { foundByAge, foundByName, type Listing, type Look } from './unclaimed.ts';

const SERVICE = 'iam';

/** An inline policy that is a resource of its own. @param holder whose it is: `Role` */
function inlinePolicyOf(holder: 'Role' | 'User' | 'Group'): ResourceType {
  const owner = `${holder}Name`;
  const put = (work: Work) => work.call(SERVICE, `Put${holder}Policy`, work.properties);
  return {
    properties: [owner, 'PolicyDocument', 'PolicyName'],
    required: [owner, 'PolicyName'],
    replacing: [owner, 'PolicyName'],
    async create(work) {
      await put(work);
      const { [owner]: of, PolicyName: name } = work.properties;
      return { physicalId: `${toText(name)}|${toText(of)}` };
    },
    async update(work, { physicalId }) {
      await put(work);
      return { physicalId };
    },
    delete: (work, { properties: { [owner]: of, PolicyName } }) =>
      gone(work.call(SERVICE, `Delete${holder}Policy`, { [owner]: of, PolicyName })),
  };
}

const profileName = nameBy('InstanceProfileName', 128);

const INSTANCE_PROFILE: ResourceType = {
  properties: words('InstanceProfileName Path Roles'),
  required: ['Roles'],
  replacing: words('InstanceProfileName Path'),
  unclaimed: ownName('InstanceProfileName', profileName),
  async create(work) {
    const InstanceProfileName = profileName(work);
    const input = { ...work.properties, InstanceProfileName };
    const answer = await work.call(SERVICE, 'CreateInstanceProfile', input);
    await work.claim(InstanceProfileName);
    await moveRoles(work, InstanceProfileName, []);
    const attributes = { Arn: answered(member(answer, 'InstanceProfile'), 'Arn') };
    return { physicalId: InstanceProfileName, attributes };
  },
  async update(work, { physicalId, properties }) {
    await moveRoles(work, physicalId, textsOf(properties, 'Roles'));
    return { physicalId };
  },
  async delete(work, { physicalId: InstanceProfileName, properties }) {
    for (const RoleName of textsOf(properties, 'Roles')) {
      const input = { InstanceProfileName, RoleName };
      await gone(work.call(SERVICE, 'RemoveRoleFromInstanceProfile', input));
    }
    await gone(work.call(SERVICE, 'DeleteInstanceProfile', { InstanceProfileName }));
  },
};

async function moveRoles(
  work: Work,
  InstanceProfileName: string,
  before: readonly string[],
): Promise<void> {
  const now = textsOf(work.properties, 'Roles');
  for (const RoleName of before.filter((role) => !now.includes(role))) {
    const input = { InstanceProfileName, RoleName };
    await gone(work.call(SERVICE, 'RemoveRoleFromInstanceProfile', input));
  }
  for (const RoleName of now.filter((role) => !before.includes(role))) {
    await work.call(SERVICE, 'AddRoleToInstanceProfile', { InstanceProfileName, RoleName });
  }
}

const MEMBERSHIP: ResourceType = {
  properties: words('GroupName Users'),
  required: words('GroupName Users'),
  replacing: ['GroupName'],
  async create(work) {
    const physicalId = work.newName();
    // Of several users the first are in the group already when another one cannot be.
    await work.claim(physicalId);
    await moveUsers(work, []);
    return { physicalId };
  },
  async update(work, { physicalId, properties }) {
    await moveUsers(work, textsOf(properties, 'Users'));
    return { physicalId };
  },
  async delete(work, { properties }) {
    const { GroupName } = properties;
    for (const UserName of textsOf(properties, 'Users')) {
      await gone(work.call(SERVICE, 'RemoveUserFromGroup', { GroupName, UserName }));
    }
  },
};

async function moveUsers(work: Work, before: readonly string[]): Promise<void> {
  const { GroupName } = work.properties;
  const now = textsOf(work.properties, 'Users');
  for (const UserName of before.filter((user) => !now.includes(user))) {
    await gone(work.call(SERVICE, 'RemoveUserFromGroup', { GroupName, UserName }));
  }
  for (const UserName of now.filter((user) => !before.includes(user))) {
    await work.call(SERVICE, 'AddUserToGroup', { GroupName, UserName });
  }
}

const OIDC_PROVIDER: ResourceType = {
  properties: words('ClientIdList Tags ThumbprintList Url'),
  replacing: ['Url'],
  tags: 'list',
  async create(work) {
    const { ClientIdList: ClientIDList } = work.properties;
    const input = { ...work.properties, ClientIDList };
    const answer = await work.call(SERVICE, 'CreateOpenIDConnectProvider', input);
    const Arn = answered(answer, 'OpenIDConnectProviderArn');
    return { physicalId: Arn, attributes: { Arn } };
  },
  async update(work, before) {
    const { physicalId: OpenIDConnectProviderArn, properties: old } = before;
    const target = { OpenIDConnectProviderArn };
    const [then, now] = [old, work.properties].map((one) => textsOf(one, 'ClientIdList'));
    for (const ClientID of then?.filter((id) => now?.includes(id) !== true) ?? []) {
      const input = { ...target, ClientID };
      await gone(work.call(SERVICE, 'RemoveClientIDFromOpenIDConnectProvider', input));
    }
    for (const ClientID of now?.filter((id) => then?.includes(id) !== true) ?? []) {
      await work.call(SERVICE, 'AddClientIDToOpenIDConnectProvider', { ...target, ClientID });
    }
    const { ThumbprintList } = work.properties;
    if (hasChanged(work, before, 'ThumbprintList') && ThumbprintList !== undefined) {
      const input = { ...target, ThumbprintList };
      await work.call(SERVICE, 'UpdateOpenIDConnectProviderThumbprint', input);
    }
    const [tag, untag] = ['TagOpenIDConnectProvider', 'UntagOpenIDConnectProvider'];
    await changeTags(work, before, { service: SERVICE, tag, untag, target });
    return { physicalId: OpenIDConnectProviderArn };
  },
  delete: (work, { physicalId: OpenIDConnectProviderArn }) =>
    gone(work.call(SERVICE, 'DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn })),
};

const SERVICE_LINKED_ROLE: ResourceType = {
  properties: words('AWSServiceName CustomSuffix Description'),
  replacing: words('AWSServiceName CustomSuffix'),
  async create(work) {
    const answer = await work.call(SERVICE, 'CreateServiceLinkedRole', work.properties);
    const RoleName = answered(member(answer, 'Role'), 'RoleName');
    return { physicalId: RoleName, attributes: { RoleName } };
  },
  async update(work, { physicalId: RoleName }) {
    const { Description = '' } = work.properties;
    await work.call(SERVICE, 'UpdateRole', { RoleName, Description });
    return { physicalId: RoleName };
  },
  async delete(work, { physicalId: RoleName }) {
    const answer = await orAbsent(work.call(SERVICE, 'DeleteServiceLinkedRole', { RoleName }));
    if (answer === undefined) return;
    const { DeletionTaskId } = answer;
    await work.until(async () => {
      const task = await work.call(SERVICE, 'GetServiceLinkedRoleDeletionStatus', {
        DeletionTaskId,
      });
      if (task['Status'] === 'FAILED') {
        throw notStabilized(answered(member(task, 'Reason'), 'Reason'));
      }
      return task['Status'] === 'SUCCEEDED';
    });
  },
};

/** Roles of the service; their names are its own. */
const LINKED_ROLES: Listing = {
  service: SERVICE,
  operation: 'ListRoles',
  items: 'Roles',
  id: 'RoleName',
  next: ['Marker', 'Marker'],
  inputOf: ({ properties: { AWSServiceName } }) => ({
    PathPrefix: `/aws-service-role/${toText(AWSServiceName)}/`,
  }),
  is({ RoleName }, { properties }) {
    const suffix = textOf(properties, 'CustomSuffix');
    return suffix === undefined || toText(RoleName).endsWith(`_${suffix}`);
  },
};

const PROFILE: Look = {
  service: SERVICE,
  operation: 'GetInstanceProfile',
  name: 'InstanceProfileName',
  member: 'InstanceProfile',
  madeAt: 'CreateDate',
};

export const IAM_PART_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::IAM::GroupPolicy': inlinePolicyOf('Group'),
  'AWS::IAM::InstanceProfile': foundByName(INSTANCE_PROFILE, profileName, PROFILE),
  'AWS::IAM::OIDCProvider': OIDC_PROVIDER,
  'AWS::IAM::RolePolicy': inlinePolicyOf('Role'),
  'AWS::IAM::ServiceLinkedRole': foundByAge(LINKED_ROLES, 'CreateDate', SERVICE_LINKED_ROLE),
  'AWS::IAM::UserPolicy': inlinePolicyOf('User'),
  'AWS::IAM::UserToGroupAddition': MEMBERSHIP,
};
