/** Statements of resource policies that operations add one by one: of functions and of layers, in the same words. */
import { AwsError } from '#aws/errors.ts';

import { conflict, invalidParameter } from '../../errors.ts';
import { RESOURCE_POLICY_BYTES_MAX } from '../../limits.ts';
import type { PolicyStatement } from '../../model/policy.ts';
import { policyDocument, principalOf } from '../../model/policy.ts';

/** What the operation that adds it says of a statement. */
interface Permission {
  readonly StatementId: string;
  readonly Principal: string;
  readonly Action: string;
}

/**
 * The statement that lets a principal do something with a resource.
 * @throws AwsError InvalidParameterValueException for no principal
 */
export function statementOf(
  { StatementId, Principal, Action }: Permission,
  resource: string,
  condition: PolicyStatement['Condition'],
): PolicyStatement {
  const principal = principalOf(Principal);
  if (principal === undefined) {
    throw invalidParameter(
      'The provided principal was invalid. Please check the principal and try again.',
    );
  }
  return {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: principal,
    Action,
    Resource: resource,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

/** 409. */
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
