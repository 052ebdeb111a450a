import type { AddPermissionRequest, Operations } from '#aws/models/lambda.types.gen.ts';
import { AwsError } from '#aws/errors.ts';

import { conflict, invalidParameter, wrongRevision } from '../errors.ts';
import { RESOURCE_POLICY_BYTES_MAX } from '../limits.ts';
import { LATEST, qualifiedArn } from '../model/address.ts';
import type { PolicyStatement } from '../model/policy.ts';
import { conditionOf, policyDocument, principalOf } from '../model/policy.ts';
import { policies } from '../store.ts';
import type { Control } from './control.ts';
import { addressOf, loadFunction, unqualified } from './control.ts';
import { policySubject, subjectRevision, writePolicy } from './function-policy.ts';

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
    const statement = statementOf(input, qualifiedArn(address));
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

function statementOf(input: AddPermissionRequest, resource: string): PolicyStatement {
  checkUrlTerms(input);
  const principal = principalOf(input.Principal);
  if (principal === undefined) {
    throw invalidParameter(
      'The provided principal was invalid. Please check the principal and try again.',
    );
  }
  const condition = conditionOf(input);
  return {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: principal,
    Action: input.Action,
    Resource: resource,
    ...(condition === undefined ? {} : { Condition: condition }),
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

/** 409: layers say it in the same words. */
export function statementExists(statementId: string): AwsError {
  return conflict(
    `The statement id (${statementId}) provided already exists. ` +
      'Please provide a new statement id, or remove the existing statement.',
  );
}

/** @throws AwsError PolicyLengthExceededException over 20 KB */
export function checkLength(statements: readonly PolicyStatement[]): void {
  const bytes = Buffer.byteLength(policyDocument(statements));
  if (bytes <= RESOURCE_POLICY_BYTES_MAX) return;
  throw new AwsError({
    code: 'PolicyLengthExceededException',
    status: 400,
    message: `The final policy size (${bytes}) is bigger than the limit (${RESOURCE_POLICY_BYTES_MAX}).`,
    fields: { Type: 'User' },
  });
}
