/** Resource policies of functions and layers: how AWS writes a statement, and whether one lets a caller in. Pure. */
import { parseArn } from '#kernel/arn.ts';

/** One value or several: AddPermission writes one, a whole policy may have more. */
export type OneOrMore = string | readonly string[];

export type PolicyPrincipal = '*' | { readonly Service?: OneOrMore; readonly AWS?: OneOrMore };

export type PolicyCondition = Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: PolicyPrincipal;
  readonly Action: OneOrMore;
  readonly Resource: OneOrMore;
  readonly Condition?: PolicyCondition;
}

/** The whole policy as GetPolicy answers it. */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements });
}

/**
 * The principal of a statement for AddPermission's text: `*`, an account, an ARN or a service;
 * `undefined` for what is none of them.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html Principal
 */
export function principalOf(text: string): PolicyPrincipal | undefined {
  if (text === '*') return '*';
  if (/^\d{12}$/.test(text)) return { AWS: `arn:aws:iam::${text}:root` };
  if (text.startsWith('arn:')) return parseArn(text) === undefined ? undefined : { AWS: text };
  return /^[\w.-]+\.(amazonaws|amazon)\.com(\.cn)?$/.test(text) ? { Service: text } : undefined;
}

export interface PermissionTerms {
  readonly SourceAccount?: string;
  readonly SourceArn?: string;
  readonly FunctionUrlAuthType?: string;
  readonly PrincipalOrgID?: string;
  readonly EventSourceToken?: string;
  readonly InvokedViaFunctionUrl?: boolean;
}

/** The conditions of AddPermission, with AWS's keys; recorded as `test_add_lambda_permission_fields`. */
export function conditionOf(terms: PermissionTerms): PolicyCondition | undefined {
  const equals = withoutUndefined({
    'AWS:SourceAccount': terms.SourceAccount,
    'lambda:FunctionUrlAuthType': terms.FunctionUrlAuthType,
    'aws:PrincipalOrgID': terms.PrincipalOrgID,
    'lambda:EventSourceToken': terms.EventSourceToken,
  });
  const like = withoutUndefined({ 'AWS:SourceArn': terms.SourceArn });
  const via = terms.InvokedViaFunctionUrl;
  const condition = {
    ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
    ...(Object.keys(like).length === 0 ? {} : { ArnLike: like }),
    ...(via === undefined ? {} : { Bool: { 'lambda:InvokedViaFunctionUrl': String(via) } }),
  };
  return Object.keys(condition).length === 0 ? undefined : condition;
}

function withoutUndefined(members: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(members).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Who wants what, as the conditions of a policy see it. */
export interface PolicyRequest {
  /** `lambda:InvokeFunction`. */
  readonly action: string;
  readonly service?: string;
  /** The caller's ARN, for a principal of an account. */
  readonly principalArn?: string;
  /** Values of condition keys, lower case: `aws:sourcearn`. */
  readonly values: Readonly<Record<string, string | undefined>>;
}

/** True where one of the statements allows the request and none denies it. */
export function isAllowed(statements: readonly PolicyStatement[], request: PolicyRequest): boolean {
  const matching = statements.filter((statement) => matchesStatement(statement, request));
  return matching.length > 0 && matching.every((statement) => statement.Effect === 'Allow');
}

function matchesStatement(statement: PolicyStatement, request: PolicyRequest): boolean {
  return (
    [statement.Action].flat().some((action) => matchesAction(action, request.action)) &&
    matchesPrincipal(statement.Principal, request) &&
    matchesCondition(statement.Condition ?? {}, request.values)
  );
}

function matchesAction(pattern: string, action: string): boolean {
  return matchesWildcards(pattern.toLowerCase(), action.toLowerCase());
}

function matchesPrincipal(principal: PolicyPrincipal, request: PolicyRequest): boolean {
  if (principal === '*') return true;
  const services = [principal.Service ?? []].flat();
  if (request.service !== undefined && services.includes(request.service)) return true;
  return [principal.AWS ?? []].flat().some((allowed) => {
    if (allowed === '*') return true;
    return request.principalArn !== undefined && matchesAccount(allowed, request.principalArn);
  });
}

function matchesAccount(allowed: string, principalArn: string): boolean {
  const arn = /^\d{12}$/.test(allowed) ? `arn:aws:iam::${allowed}:root` : allowed;
  if (arn === principalArn) return true;
  const owner = parseArn(arn);
  return owner?.resource === 'root' && owner.accountId === parseArn(principalArn)?.accountId;
}

function matchesCondition(
  condition: PolicyCondition,
  values: Readonly<Record<string, string | undefined>>,
): boolean {
  return Object.entries(condition).every(([operator, terms]) =>
    Object.entries(terms).every(([key, expected]) => {
      const actual = values[key.toLowerCase()];
      if (actual === undefined) return false;
      return [expected].flat().some((one) => matchesValue(operator, one, actual));
    }),
  );
}

/** An operator that is none of these holds for nothing. */
function matchesValue(operator: string, expected: string, actual: string): boolean {
  if (operator.startsWith('Arn')) return matchesArn(expected, actual);
  if (operator === 'StringLike') return matchesWildcards(expected, actual);
  return (operator === 'StringEquals' || operator === 'Bool') && expected === actual;
}

/**
 * ArnLike: each of the six parts by itself, `*` and `?` for any characters in it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function matchesArn(pattern: string, arn: string): boolean {
  const patterns = splitArn(pattern);
  const parts = splitArn(arn);
  return (
    patterns.length === parts.length &&
    patterns.every((p, n) => matchesWildcards(p, parts[n] ?? ''))
  );
}

function splitArn(text: string): readonly string[] {
  const parts = text.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** Linear in the text for each `*`: no pattern of a user's can make it hang. */
function matchesWildcards(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
