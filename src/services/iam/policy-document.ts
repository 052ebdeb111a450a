/** What IAM looks at in a policy before it stores it. */
import { isObject, parseJson } from '#kernel/json.ts';
import { malformedPolicy } from './errors.ts';

const VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17'];

/**
 * Checks a policy that is attached to somebody.
 * @throws AwsError MalformedPolicyDocument
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function checkIdentityPolicy(document: string): void {
  for (const statement of statementsOf(document, 'Syntax errors in policy.')) {
    checkStatement(statement);
    if (statement['Principal'] !== undefined || statement['NotPrincipal'] !== undefined) {
      throw malformedPolicy('Policy document should not specify a principal.');
    }
    if (statement['Resource'] === undefined && statement['NotResource'] === undefined) {
      throw malformedPolicy('Policy statement must contain resources.');
    }
  }
}

/**
 * Checks a policy that says who may take a role.
 * @throws AwsError MalformedPolicyDocument
 */
export function checkTrustPolicy(document: string): void {
  for (const statement of statementsOf(document, 'This policy contains invalid Json')) {
    checkStatement(statement);
    if (statement['Resource'] !== undefined || statement['NotResource'] !== undefined) {
      throw malformedPolicy('Has prohibited field Resource');
    }
    if (statement['Principal'] === undefined && statement['NotPrincipal'] === undefined) {
      throw malformedPolicy('Missing required field Principal');
    }
  }
}

/** Characters of a policy as its quota counts them: without white space. */
export function policyCharacters(document: string): number {
  return document.replaceAll(/\s/g, '').length;
}

/** A document as IAM answers it: percent-encoded. @see RFC 3986 */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

type Statement = { readonly [key: string]: unknown };

function statementsOf(document: string, noJson: string): readonly Statement[] {
  const policy = parseJson(document);
  if (!isObject(policy)) throw malformedPolicy(noJson);
  const { Version, Statement } = policy;
  if (Version !== undefined && !VERSIONS.includes(Version)) {
    throw malformedPolicy('Syntax errors in policy.');
  }
  const statements = Array.isArray(Statement) ? Statement : [Statement];
  if (statements.length === 0 || !statements.every(isObject)) {
    throw malformedPolicy('Syntax errors in policy.');
  }
  return statements;
}

function checkStatement(statement: Statement): void {
  const { Effect } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformedPolicy('Syntax errors in policy.');
  if (!isCondition(statement['Condition'])) throw malformedPolicy('Syntax errors in policy.');
  const action = statement['Action'] ?? statement['NotAction'];
  const actions = Array.isArray(action) ? action : [action];
  if (action === undefined) throw malformedPolicy('Policy statement must contain actions.');
  if (!actions.every((one) => typeof one === 'string')) {
    throw malformedPolicy('Syntax errors in policy.');
  }
  if (!actions.every((one) => one === '*' || one.includes(':'))) {
    throw malformedPolicy(
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    );
  }
}

/** Operators, each with keys. */
function isCondition(value: unknown): boolean {
  return value === undefined || (isObject(value) && Object.values(value).every(isObject));
}
