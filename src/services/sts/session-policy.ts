import { isObject, parseJson } from '#kernel/json.ts';
import { malformedPolicy } from './errors.ts';

/**
 * Looks at a policy that is to limit a session: one that says nothing would let the session do nothing.
 * @throws AwsError MalformedPolicyDocument
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html Errors
 */
export function checkSessionPolicy(text: string | undefined): void {
  if (text === undefined) return;
  const policy = parseJson(text);
  if (!isObject(policy)) throw malformedPolicy('This policy contains invalid Json');
  const statements = [policy['Statement']].flat();
  if (statements.length === 0 || !statements.every(isStatement)) {
    throw malformedPolicy('Syntax errors in policy.');
  }
}

function isStatement(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { Effect, Action, NotAction, Resource, NotResource, Principal } = value;
  const isWhole = (Action ?? NotAction) !== undefined && (Resource ?? NotResource) !== undefined;
  return (Effect === 'Allow' || Effect === 'Deny') && isWhole && Principal === undefined;
}
