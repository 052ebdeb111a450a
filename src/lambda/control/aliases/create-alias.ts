import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { conflict } from '../../errors.ts';
import { qualifiedArn } from '../../model/address.ts';
import type { AliasRecord } from '../../model/records.ts';
import { aliases } from '../../store.ts';
import { checkRouting, describeAlias } from './aliases.ts';
import type { Control } from '../control.ts';
import { addressOf, noteChange, unqualified } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html */
export function createAlias(control: Control): Operations['CreateAlias'] {
  return async (context, input) => {
    const { FunctionName, Name, FunctionVersion, RoutingConfig } = input;
    const address = unqualified(addressOf(context, { FunctionName }, 'lambda:CreateAlias'));
    const alias: AliasRecord = {
      functionName: address.functionName,
      name: Name,
      functionVersion: FunctionVersion,
      description: input.Description ?? '',
      weights: RoutingConfig?.AdditionalVersionWeights ?? {},
      revisionId: control.random.uuid(),
    };
    await control.database.transact(async (tx) => {
      await checkRouting(tx, address, FunctionVersion, RoutingConfig);
      if ((await aliases.get(tx, address, address.functionName, Name)) !== undefined) {
        throw conflict(`Alias already exists: ${qualifiedArn({ ...address, qualifier: Name })}`);
      }
      await aliases.put(tx, address, alias);
      noteChange(control, tx, address, false);
    });
    return describeAlias(address, alias);
  };
}
