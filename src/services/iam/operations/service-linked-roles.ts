/** Roles that belong to a service of AWS's. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html */
import type {
  CreateServiceLinkedRoleRequest,
  CreateServiceLinkedRoleResponse,
  DeleteServiceLinkedRoleRequest,
  DeleteServiceLinkedRoleResponse,
  GetServiceLinkedRoleDeletionStatusRequest,
  GetServiceLinkedRoleDeletionStatusResponse,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import type { IamDependencies } from '../dependencies.ts';
import { describeRole } from '../describe.ts';
import { invalidInput, noSuchDeletionTask } from '../errors.ts';
import { SESSION_SECONDS_DEFAULT } from '../limits.ts';
import { linkedService } from '../linked-services.ts';
import { isServiceLinked, SERVICE_ROLE_PATH } from '../model.ts';
import { insertEntity } from '../new-entity.ts';
import { deleteEntityRow, findEntity, getEntity } from '../store-entities.ts';
import { attach, attachedArns, detach } from '../store-policies.ts';

/** Making and deleting them; all else of them is as of any role. */
export function serviceLinkedRoleOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    CreateServiceLinkedRole: createServiceLinkedRole(dependencies),
    DeleteServiceLinkedRole: deleteServiceLinkedRole(dependencies),
    GetServiceLinkedRoleDeletionStatus: getDeletionStatus(),
  };
}

function createServiceLinkedRole(
  dependencies: IamDependencies,
): Operation<CreateServiceLinkedRoleRequest, CreateServiceLinkedRoleResponse> {
  return async ({ accountId }, { AWSServiceName: principal, CustomSuffix, Description }) => {
    const service = linkedService(principal);
    if (service === undefined) throw invalidInput(`Service role for ${principal} is not known.`);
    if (CustomSuffix !== undefined && !service.takesSuffix) {
      throw invalidInput(`Custom suffix is not allowed for ${principal}`);
    }
    const name = service.roleName + (CustomSuffix === undefined ? '' : `_${CustomSuffix}`);
    const description = Description ?? service.description;
    const role = await dependencies.database.transact(async (tx) => {
      if ((await findEntity(tx, accountId, 'role', name)) !== undefined) {
        throw invalidInput(
          `Service role name ${name} has been taken in this account, please try a different suffix.`,
        );
      }
      const made = await insertEntity(dependencies, tx, {
        accountId,
        kind: 'role',
        name,
        path: `${SERVICE_ROLE_PATH}${principal}/`,
        details: {
          trustPolicy: trustOf(principal),
          sessionSecondsMax: SESSION_SECONDS_DEFAULT,
          ...(description !== undefined && { description }),
        },
      });
      await attach(tx, made, service.policyArn);
      return made;
    });
    return { Role: describeRole(role) };
  };
}

function trustOf(principal: string): string {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: principal },
    Action: 'sts:AssumeRole',
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

function deleteServiceLinkedRole({
  database,
  random,
}: IamDependencies): Operation<DeleteServiceLinkedRoleRequest, DeleteServiceLinkedRoleResponse> {
  return async ({ accountId }, { RoleName }) => {
    const role = await database.transact(async (tx) => {
      const found = await getEntity(tx, accountId, 'role', RoleName);
      if (!isServiceLinked(found)) {
        throw invalidInput(`Role ${found.name} is not a service-linked role.`);
      }
      for (const arn of await attachedArns(tx, found)) await detach(tx, found, arn);
      await deleteEntityRow(tx, found);
      return found;
    });
    return { DeletionTaskId: `task${role.path}${role.name}/${random.uuid()}` };
  };
}

/** Nothing uses such a role here: its deletion is over when it is answered. */
function getDeletionStatus(): Operation<
  GetServiceLinkedRoleDeletionStatusRequest,
  GetServiceLinkedRoleDeletionStatusResponse
> {
  return async (_context, { DeletionTaskId }) => {
    const isTask = /^task\/aws-service-role\/[^/]+\/[^/]+\/[0-9a-f-]{36}$/.test(DeletionTaskId);
    if (!isTask) throw noSuchDeletionTask(DeletionTaskId);
    return { Status: 'SUCCEEDED' };
  };
}
