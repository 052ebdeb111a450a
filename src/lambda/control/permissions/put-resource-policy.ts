import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { wrongRevision } from '../../errors.ts';
import { LATEST } from '../../model/address.ts';
import { policyDocument } from '../../model/policy.ts';
import { policies } from '../../store.ts';
import { checkLength } from './policy-statement.ts';
import type { Control } from '../control.ts';
import { loadFunction, unqualified } from '../control.ts';
import { policySubject, writePolicy } from './function-policy.ts';
import { policyAddress, statementsOf } from './resource-policies.ts';

/**
 * Replaces a function's policy by another.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_PutResourcePolicy.html
 */
export function putResourcePolicy(control: Control): Operations['PutResourcePolicy'] {
  return async (context, { ResourceArn, Policy, RevisionId }) => {
    const address = policyAddress(context, ResourceArn, 'lambda:PutResourcePolicy');
    const { functionName, qualifier = LATEST } = address;
    const statements = statementsOf(Policy);
    checkLength(statements);
    const revisionId = await control.database.transact(async (tx) => {
      await loadFunction(tx, unqualified(address));
      const subject = await policySubject(control, tx, address);
      const policy = await policies.get(tx, address, functionName, qualifier);
      if (RevisionId !== undefined && RevisionId !== policy?.revisionId) {
        throw wrongRevision('GetPolicy');
      }
      return writePolicy(control, tx, address, { subject, statements });
    });
    return { Policy: policyDocument(statements), RevisionId: revisionId };
  };
}
