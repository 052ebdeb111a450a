import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { resourceNotFound, wrongRevision } from '../../errors.ts';
import { LATEST } from '../../model/address.ts';
import { policies } from '../../store.ts';
import type { Control } from '../control.ts';
import { policySubject, writePolicy } from './function-policy.ts';
import { policyAddress } from './resource-policies.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_DeleteResourcePolicy.html */
export function deleteResourcePolicy(control: Control): Operations['DeleteResourcePolicy'] {
  return async (context, { ResourceArn, RevisionId }) => {
    const address = policyAddress(context, ResourceArn, 'lambda:DeleteResourcePolicy');
    const { functionName, qualifier = LATEST } = address;
    await control.database.transact(async (tx) => {
      const policy = await policies.get(tx, address, functionName, qualifier);
      if (policy === undefined) throw resourceNotFound();
      if (RevisionId !== undefined && RevisionId !== policy.revisionId) {
        throw wrongRevision('GetPolicy');
      }
      const subject = await policySubject(control, tx, address);
      await writePolicy(control, tx, address, { subject, statements: [] });
    });
    return {};
  };
}
