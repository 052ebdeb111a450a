import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { wrongRevision } from '../../errors.ts';
import type { LayerVersionRecord } from '../../model/records.ts';
import { layerVersions } from '../../store.ts';
import type { Control } from '../control.ts';
import { layerVersionAddress } from './layer-name.ts';
import { ownLayerVersion } from './layers.ts';
import { noPolicy, statementMissing } from '../permissions/remove-permission.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_RemoveLayerVersionPermission.html */
export function removeLayerVersionPermission(
  control: Control,
): Operations['RemoveLayerVersionPermission'] {
  return async (context, input) => {
    const address = layerVersionAddress(context, input);
    const { StatementId, RevisionId } = input;
    await control.database.transact(async (tx) => {
      const action = 'lambda:RemoveLayerVersionPermission';
      const record = await ownLayerVersion(tx, context, address, action);
      const { policy } = record;
      if (policy === undefined) throw noPolicy();
      if (RevisionId !== undefined && RevisionId !== policy.revisionId) {
        throw wrongRevision('GetLayerPolicy');
      }
      const statements = policy.statements.filter((statement) => statement.Sid !== StatementId);
      if (statements.length === policy.statements.length) throw statementMissing(StatementId);
      const revisionId = control.random.uuid();
      const { policy: _, ...rest } = record;
      const kept = statements.length === 0 ? {} : { policy: { statements, revisionId } };
      const next: LayerVersionRecord = { ...rest, ...kept };
      await layerVersions.put(tx, address, next);
    });
    return {};
  };
}
