/** What the operations on whole resource policies share: the same policies that AddPermission builds. */
import type { RequestContext } from '#aws/operation.ts';
import { isObject, parseJson } from '#kernel/json.ts';

import { accessDenied, invalidParameter, resourceNotFound } from '../../errors.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { addressOfArn } from '../../model/address.ts';
import type { PolicyStatement } from '../../model/policy.ts';

/**
 * The function that an ARN names, of the caller's own account and Region.
 * @throws AwsError ResourceNotFoundException, AccessDeniedException
 */
export function policyAddress(
  context: RequestContext,
  resourceArn: string,
  action: string,
): FunctionAddress {
  const address = addressOfArn(resourceArn);
  if (address === undefined || address.region !== context.region) throw resourceNotFound();
  if (address.accountId === context.accountId) return address;
  throw accessDenied(context.principal.arn, action, resourceArn);
}

/**
 * The statements of a policy's text.
 * @throws AwsError InvalidParameterValueException for what is no policy
 */
export function statementsOf(text: string): readonly PolicyStatement[] {
  const policy = parseJson(text);
  const given = isObject(policy) ? [policy['Statement']].flat() : [];
  if (given.length === 0 || !given.every(isStatement)) {
    throw invalidParameter('The provided policy document is not valid.');
  }
  return given;
}

function isStatement(value: unknown): value is PolicyStatement {
  if (!isObject(value)) return false;
  const { Effect, Principal, Action, Resource, Condition = {}, Sid = '' } = value;
  const isPrincipal = Principal === '*' || (isObject(Principal) && areTexts(Principal));
  const hasConditions = isObject(Condition) && Object.values(Condition).every(areTexts);
  const isEffect = Effect === 'Allow' || Effect === 'Deny';
  const isNamed = isText(Action) && isText(Resource) && typeof Sid === 'string';
  return isEffect && isPrincipal && isNamed && hasConditions;
}

function areTexts(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isText);
}

function isText(value: unknown): boolean {
  const texts: readonly unknown[] = [value].flat();
  return texts.length > 0 && texts.every((one) => typeof one === 'string');
}
