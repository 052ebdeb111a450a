import type { AddLayerVersionPermissionRequest, Operations } from '#aws/models/lambda.types.gen.ts';

import { invalidParameter, wrongRevision } from '../errors.ts';
import type { PolicyStatement } from '../model/policy.ts';
import { conditionOf, principalOf } from '../model/policy.ts';
import { layerVersions } from '../store.ts';
import { checkLength, statementExists } from './add-permission.ts';
import type { Control } from './control.ts';
import { layerVersionAddress, layerVersionArn } from './layer-name.ts';
import { ownLayerVersion } from './layers.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html */
export function addLayerVersionPermission(
  control: Control,
): Operations['AddLayerVersionPermission'] {
  return async (context, input) => {
    const address = layerVersionAddress(context, input);
    const { StatementId, RevisionId } = input;
    const statement = statementOf(input, layerVersionArn(address));
    const revisionId = control.random.uuid();
    await control.database.transact(async (tx) => {
      const action = 'lambda:AddLayerVersionPermission';
      const record = await ownLayerVersion(tx, context, address, action);
      const before = record.policy?.statements ?? [];
      if (before.some((other) => other.Sid === StatementId)) throw statementExists(StatementId);
      if (RevisionId !== undefined && RevisionId !== record.policy?.revisionId) {
        throw wrongRevision('GetLayerPolicy');
      }
      const statements = [...before, statement];
      checkLength(statements);
      await layerVersions.put(tx, address, { ...record, policy: { statements, revisionId } });
    });
    return { Statement: JSON.stringify(statement), RevisionId: revisionId };
  };
}

function statementOf(input: AddLayerVersionPermissionRequest, resource: string): PolicyStatement {
  const principal = principalOf(input.Principal);
  if (principal === undefined) {
    throw invalidParameter(
      'The provided principal was invalid. Please check the principal and try again.',
    );
  }
  const { OrganizationId } = input;
  const condition = conditionOf(
    OrganizationId === undefined ? {} : { PrincipalOrgID: OrganizationId },
  );
  return {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: principal,
    Action: input.Action,
    Resource: resource,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}
