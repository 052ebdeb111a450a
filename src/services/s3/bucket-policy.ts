import { isObject, parseJson } from '#kernel/json.ts';
import { s3Error } from './errors.ts';
import { POLICY_BYTES_MAX } from './limits.ts';

/**
 * Checks the shape of a policy; what it allows is decided elsewhere.
 * @throws AwsError MalformedPolicy. Recorded: s3_api.json TestS3BucketPolicy::test_bucket_policy_exc
 */
export function checkPolicy(text: string, bucket: string): void {
  if (Buffer.byteLength(text) > POLICY_BYTES_MAX) {
    throw malformed('The policy exceeds the maximum allowed document size.');
  }
  const policy = parseJson(text);
  if (!text.startsWith('{') || !isObject(policy)) throw s3Error('MalformedPolicy');
  const { Statement } = policy;
  if (Statement === undefined) throw malformed('Missing required field Statement');
  const statements: unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  if (statements.length === 0) {
    throw malformed('Could not parse the policy: Statement is empty!');
  }
  for (const statement of statements) checkStatement(statement, bucket);
}

function checkStatement(statement: unknown, bucket: string): void {
  if (!isObject(statement)) throw malformed('Statement must be a JSON object');
  for (const [field, opposite] of [
    ['Effect', undefined],
    ['Principal', 'NotPrincipal'],
    ['Action', 'NotAction'],
    ['Resource', 'NotResource'],
  ] as const) {
    const isThere =
      statement[field] !== undefined || (opposite && statement[opposite] !== undefined);
    if (!isThere) throw malformed(`Missing required field ${field}`);
  }
  if (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny') {
    throw malformed(`Invalid effect: ${String(statement['Effect'])}`);
  }
  const resources = textsOf(statement['Resource'] ?? statement['NotResource']);
  const arn = `arn:aws:s3:::${bucket}`;
  if (
    !resources.every(
      (resource) => resource === arn || resource.startsWith(`${arn}/`) || /[*?]/.test(resource),
    )
  ) {
    throw malformed('Policy has invalid resource');
  }
  if (
    !textsOf(statement['Action'] ?? statement['NotAction']).every((one) =>
      /^(\*|s3:.+)$/i.test(one),
    )
  ) {
    throw malformed('Policy has invalid action');
  }
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function malformed(message: string): Error {
  return s3Error('MalformedPolicy', {}, message);
}
