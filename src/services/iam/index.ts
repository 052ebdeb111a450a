/** AWS IAM: roles, users, their keys, and policies. */
import { parseArn } from '#kernel/arn.ts';
import { iam as model } from '#aws/models/iam.gen.ts';
import type { Service } from '#aws/operation.ts';
import type { AccessControl, ResourcePolicies } from '#ports/peers/access-control.ts';
import type { CredentialLookup } from '#ports/peers/credential-issuer.ts';
import type { RoleDirectory } from '#ports/peers/role-directory.ts';
import type { Queries, Schema } from '#ports/world/database.ts';
import { createAccessControl } from './access-control.ts';
import type { IamDependencies } from './dependencies.ts';
import { SESSION_SECONDS_DEFAULT } from './limits.ts';
import { arnOf } from './model.ts';
import { accessKeyOperations } from './operations/access-keys.ts';
import { accountOperations } from './operations/account.ts';
import { attachmentOperations } from './operations/attachments.ts';
import { authorizationDetailsOperations } from './operations/authorization-details.ts';
import { boundaryOperations } from './operations/boundaries.ts';
import { contextKeyOperations } from './operations/context-keys.ts';
import { groupOperations } from './operations/groups.ts';
import { inlinePolicyOperations } from './operations/inline-policies.ts';
import { instanceProfileOperations } from './operations/instance-profiles.ts';
import { loginProfileOperations } from './operations/login-profiles.ts';
import { mfaDeviceOperations } from './operations/mfa-devices.ts';
import { oidcProviderOperations } from './operations/oidc-providers.ts';
import { policyOperations } from './operations/policies.ts';
import { policyVersionOperations } from './operations/policy-versions.ts';
import { renameOperations } from './operations/rename.ts';
import { roleOperations } from './operations/roles.ts';
import { samlProviderOperations } from './operations/saml-providers.ts';
import { serverCertificateOperations } from './operations/server-certificates.ts';
import { serviceLinkedRoleOperations } from './operations/service-linked-roles.ts';
import { serviceSpecificCredentialOperations } from './operations/service-specific-credentials.ts';
import { simulationOperations } from './operations/simulation.ts';
import { tagOperations } from './operations/tags.ts';
import { userKeyOperations } from './operations/user-keys.ts';
import { userOperations } from './operations/users.ts';
import { iamPermissions, TRUST_POLICIES } from './permissions.ts';
import { findCredential } from './store-access-keys.ts';
import { findEntity } from './store-entities.ts';
import { iamSchema } from './store-schema.ts';

export type { IamDependencies } from './dependencies.ts';

export interface Iam {
  readonly service: Service;
  readonly schema: Schema;
  /** Roles, for STS and whoever checks that one is there. */
  readonly roles: RoleDirectory;
  /** Decides whether somebody may, where policies are evaluated. */
  readonly access: AccessControl;
  /** Roles' trust policies. */
  readonly resourcePolicies: ResourcePolicies;
  /** Users' active access keys. */
  readonly users: CredentialLookup;
}

/** AWS IAM over a database whose schema was migrated. */
export function createIam(dependencies: IamDependencies): Iam {
  const { database, openAccounts, resourcePolicies = new Map() } = dependencies;
  const open = openAccounts === undefined ? {} : { openAccounts };
  const access = createAccessControl({ database, resourcePolicies, ...open });
  return {
    service: {
      model,
      operations: forgetting(operationsOf(dependencies), () => access.forgetIdentities()),
      permissions: iamPermissions(database),
    },
    access,
    resourcePolicies: TRUST_POLICIES,
    schema: iamSchema,
    roles: createRoleDirectory(dependencies),
    users: { find: (id) => database.read((queries) => findCredential(queries, id)) },
  };
}

function operationsOf(dependencies: IamDependencies): Service['operations'] {
  return {
    ...roleOperations(dependencies),
    ...userOperations(dependencies),
    ...groupOperations(dependencies),
    ...accessKeyOperations(dependencies),
    ...inlinePolicyOperations(dependencies, 'role'),
    ...inlinePolicyOperations(dependencies, 'user'),
    ...inlinePolicyOperations(dependencies, 'group'),
    ...attachmentOperations(dependencies, 'role'),
    ...attachmentOperations(dependencies, 'user'),
    ...attachmentOperations(dependencies, 'group'),
    ...boundaryOperations(dependencies, 'role'),
    ...boundaryOperations(dependencies, 'user'),
    ...policyOperations(dependencies),
    ...policyVersionOperations(dependencies),
    ...instanceProfileOperations(dependencies),
    ...serviceLinkedRoleOperations(dependencies),
    ...serviceSpecificCredentialOperations(dependencies),
    ...tagOperations(dependencies),
    ...accountOperations(dependencies),
    ...authorizationDetailsOperations(dependencies),
    ...contextKeyOperations(dependencies),
    ...loginProfileOperations(dependencies),
    ...mfaDeviceOperations(dependencies),
    ...oidcProviderOperations(dependencies),
    ...renameOperations(dependencies),
    ...samlProviderOperations(dependencies),
    ...serverCertificateOperations(dependencies),
    ...userKeyOperations(dependencies),
    ...simulationOperations(dependencies),
  };
}

/** Operations that may have changed what somebody may; once they answer, nothing is remembered. */
function forgetting(operations: Service['operations'], forget: () => void): Service['operations'] {
  const changing = Object.entries(operations).filter(
    ([name]) => !/^(?:Get|List|Simulate)/.test(name),
  );
  return {
    ...operations,
    ...Object.fromEntries(
      changing.map(([name, operation]) => [
        name,
        async (context, input: never) => {
          const output = await operation(context, input);
          forget();
          return output;
        },
      ]),
    ),
  };
}

function createRoleDirectory({ database }: IamDependencies): RoleDirectory {
  return {
    async find(roleArn, queries) {
      const { accountId = '', resource = '' } = parseArn(roleArn) ?? {};
      const name = resource.slice(resource.lastIndexOf('/') + 1);
      const look = (from: Queries) => findEntity(from, accountId, 'role', name);
      const role = await (queries === undefined ? database.read(look) : look(queries));
      if (role === undefined || arnOf(role) !== roleArn) return undefined;
      return {
        accountId,
        arn: roleArn,
        roleName: role.name,
        roleId: role.id,
        trustPolicy: role.details.trustPolicy ?? '{}',
        sessionSecondsMax: role.details.sessionSecondsMax ?? SESSION_SECONDS_DEFAULT,
      };
    },
  };
}
