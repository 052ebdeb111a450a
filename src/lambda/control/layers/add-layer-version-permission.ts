import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { wrongRevision } from '../../errors.ts';
import { conditionOf } from '../../model/policy.ts';
import { layerVersions } from '../../store.ts';
import type { Control } from '../control.ts';
import { layerVersionAddress, layerVersionArn } from './layer-name.ts';
import { ownLayerVersion } from './layers.ts';
import { checkLength, statementExists, statementOf } from '../permissions/policy-statement.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html */
export function addLayerVersionPermission(
  control: Control,
): Operations['AddLayerVersionPermission'] {
  return async (context, input) => {
    const address = layerVersionAddress(context, input);
    const { StatementId, RevisionId, OrganizationId } = input;
    const terms = OrganizationId === undefined ? {} : { PrincipalOrgID: OrganizationId };
    const statement = statementOf(input, layerVersionArn(address), conditionOf(terms));
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
