/** Resource policies of functions and layers: how AWS writes a statement, and whether one lets a caller in. Pure. */
import { parseArn } from '#kernel/arn.ts';
import {
  compilePolicy,
  evaluateResource,
  type PolicyRequest,
  type Requester,
} from '#kernel/policy/index.ts';

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

/** True where one of the statements allows the request and none denies it. */
export function isAllowed(
  statements: readonly PolicyStatement[],
  request: PolicyRequest,
  requester: Requester,
): boolean {
  const policy = compilePolicy({ Version: '2012-10-17', Statement: statements });
  const { isDenied, grant } = evaluateResource(policy, request, requester);
  return !isDenied && grant !== undefined;
}
