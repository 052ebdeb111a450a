import type { Operations } from '#aws/models/lambda.types.gen.ts';

import { notFound, wrongRevision } from '../../errors.ts';
import { LATEST, functionArn } from '../../model/address.ts';
import { functions, policies } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf } from '../control.ts';
import { policySubject, subjectRevision, writePolicy } from './function-policy.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html */
export function removePermission(control: Control): Operations['RemovePermission'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:RemovePermission');
    const { functionName, qualifier = LATEST } = address;
    await control.database.transact(async (tx) => {
      if ((await functions.get(tx, address, functionName)) === undefined) {
        throw notFound(`No policy found for: ${functionArn(address)}`);
      }
      const subject = await policySubject(control, tx, address);
      const policy = await policies.get(tx, address, functionName, qualifier);
      if (policy === undefined) throw noPolicy();
      const { StatementId, RevisionId } = input;
      const statements = policy.statements.filter((statement) => statement.Sid !== StatementId);
      if (statements.length === policy.statements.length) throw statementMissing(StatementId);
      if (RevisionId !== undefined && RevisionId !== subjectRevision(subject)) {
        throw wrongRevision('GetFunction/GetAlias');
      }
      await writePolicy(control, tx, address, { subject, statements });
    });
    return {};
  };
}

/** 404: layers say it in the same words. */
export function noPolicy(): Error {
  return notFound('No policy is associated with the given resource.');
}

/** 404: layers say it in the same words. */
export function statementMissing(statementId: string): Error {
  return notFound(`Statement ${statementId} is not found in resource policy.`);
}
