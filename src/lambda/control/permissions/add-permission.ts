import type { AddPermissionRequest, Operations } from '#aws/models/lambda.types.gen.ts';

import { invalidParameter, wrongRevision } from '../../errors.ts';
import { LATEST, qualifiedArn } from '../../model/address.ts';
import { conditionOf } from '../../model/policy.ts';
import { policies } from '../../store.ts';
import type { Control } from '../control.ts';
import { addressOf, loadFunction, unqualified } from '../control.ts';
import { policySubject, subjectRevision, writePolicy } from './function-policy.ts';
import { checkLength, statementExists, statementOf } from './policy-statement.ts';

/**
 * Lets a service or an account invoke a function, a version or an alias.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export function addPermission(control: Control): Operations['AddPermission'] {
  return async (context, input) => {
    const address = addressOf(context, input, 'lambda:AddPermission');
    const { qualifier } = address;
    if (qualifier === LATEST) {
      throw invalidParameter('We currently do not support adding policies for $LATEST.');
    }
    checkUrlTerms(input);
    const statement = statementOf(input, qualifiedArn(address), conditionOf(input));
    await control.database.transact(async (tx) => {
      await loadFunction(tx, unqualified(address));
      const subject = await policySubject(control, tx, address);
      const { RevisionId, StatementId } = input;
      if (RevisionId !== undefined && RevisionId !== subjectRevision(subject)) {
        throw wrongRevision(qualifier === undefined ? 'GetFunction/GetAlias' : 'GetPolicy');
      }
      const policy = await policies.get(tx, address, address.functionName, qualifier ?? LATEST);
      const before = policy?.statements ?? [];
      if (before.some((other) => other.Sid === StatementId)) throw statementExists(StatementId);
      const statements = [...before, statement];
      checkLength(statements);
      await writePolicy(control, tx, address, { subject, statements });
    });
    return { Statement: JSON.stringify(statement) };
  };
}

/**
 * The two statements that let a URL's callers in have a condition each.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
function checkUrlTerms({ Action, FunctionUrlAuthType }: AddPermissionRequest): void {
  if (FunctionUrlAuthType === undefined || Action === 'lambda:InvokeFunctionUrl') return;
  throw invalidParameter(
    'FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action',
  );
}
