import type { Operations, UpdateAliasRequest } from '#aws/models/lambda.types.gen.ts';

import { aliasNotFound, wrongRevision } from '../../errors.ts';
import type { AliasRecord } from '../../model/records.ts';
import { aliases } from '../../store.ts';
import { checkRouting, describeAlias } from './aliases.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, noteChange, unqualified } from '../control.ts';
import { meterProvisioned } from '../concurrency/meter-provisioned.ts';

/**
 * Changes an alias; even a change of nothing gives it a new revision id.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html
 */
export function updateAlias(control: Control): Operations['UpdateAlias'] {
  return async (context, input) => {
    const { FunctionName, Name, RevisionId } = input;
    const address = unqualified(addressOf(context, { FunctionName }, 'lambda:UpdateAlias'));
    const updated = await control.database.transact(async (tx) => {
      await loadFunction(tx, address);
      const alias = await aliases.get(tx, address, address.functionName, Name);
      if (alias === undefined) throw aliasNotFound({ ...address, qualifier: Name });
      if (RevisionId !== undefined && RevisionId !== alias.revisionId) {
        throw wrongRevision('GetFunction/GetAlias');
      }
      const next = changedAlias(alias, input, control.random.uuid());
      const routing = { AdditionalVersionWeights: next.weights };
      await checkRouting(tx, address, next.functionVersion, routing);
      await aliases.put(tx, address, next);
      await meterProvisioned(tx, address, control.clock.now());
      noteChange(control, tx, address, false);
      return next;
    });
    return describeAlias(address, updated);
  };
}

function changedAlias(
  alias: AliasRecord,
  input: UpdateAliasRequest,
  revisionId: string,
): AliasRecord {
  const { FunctionVersion, Description, RoutingConfig } = input;
  const weights =
    RoutingConfig === undefined ? alias.weights : (RoutingConfig.AdditionalVersionWeights ?? {});
  return {
    ...alias,
    functionVersion: FunctionVersion ?? alias.functionVersion,
    description: Description ?? alias.description,
    weights,
    revisionId,
  };
}
