import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { resourceNotFound } from '../../errors.ts';
import { LATEST } from '../../model/address.ts';
import { policyDocument } from '../../model/policy.ts';
import { policies } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf } from '../control.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html */
export function getPolicy(control: Control): Operations['GetPolicy'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:GetPolicy');
    const { functionName, qualifier = LATEST } = address;
    const policy = await control.database.read((queries) =>
      policies.get(queries, address, functionName, qualifier),
    );
    if (policy === undefined) throw resourceNotFound();
    return { Policy: policyDocument(policy.statements), RevisionId: policy.revisionId };
  };
}
