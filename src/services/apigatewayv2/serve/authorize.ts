/** Who may take a route: nobody is asked, signatures, tokens or a function. */
import type { RequestHead, SurfaceExchange } from '#aws/operation.ts';
import { requestKeys } from '#aws/access/index.ts';
import { AwsError } from '#aws/errors.ts';
import type { AuthorizerAnswers } from '#aws/execute-api/index.ts';
import type { Authorizer } from '#aws/models/apigatewayv2.types.gen.ts';
import type { WireResponse } from '#aws/wire.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { askAuthorizer } from './ask-authorizer.ts';
import type { Verdict } from './authorizer-verdict.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { claimProblem, claimTexts, isSignedBy, readToken, scopesOf } from './jwt.ts';
import { valueOf } from './variables.ts';
import { plainAnswer, requestArn, type Authorization, type Visit } from './visit.ts';

export interface AuthorizeOptions {
  readonly dependencies: Apigatewayv2Dependencies;
  readonly issuerKeys: IssuerKeys;
  readonly answers: AuthorizerAnswers<Verdict>;
}

export type Admission =
  | {
      readonly kind: 'granted';
      readonly authorization: Authorization;
      readonly body: AsyncIterable<Uint8Array>;
    }
  | { readonly kind: 'refused'; readonly response: WireResponse };

/** Lets a visit in, or says what it is answered. */
export async function authorize(
  options: AuthorizeOptions,
  visit: Visit,
  exchange: SurfaceExchange,
): Promise<Admission> {
  const { AuthorizationType = 'NONE', AuthorizerId } = visit.match.route;
  const { body } = exchange.request;
  if (AuthorizationType === 'NONE') {
    return { kind: 'granted', authorization: { kind: 'none' }, body };
  }
  if (AuthorizationType === 'AWS_IAM') return bySignature(options, visit, exchange);
  const authorizer = visit.snapshot.authorizers.find((one) => one.AuthorizerId === AuthorizerId);
  if (authorizer === undefined) return refused(500, 'Internal Server Error');
  const told =
    AuthorizationType === 'JWT'
      ? await byToken(options, visit, authorizer)
      : await askAuthorizer(options, visit, authorizer);
  return told.kind === 'refused' ? told : { kind: 'granted', authorization: told, body };
}

function refused(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Admission & { readonly kind: 'refused' } {
  return { kind: 'refused', response: plainAnswer(status, message, headers) };
}

async function bySignature(
  { dependencies }: AuthorizeOptions,
  visit: Visit,
  exchange: SurfaceExchange,
): Promise<Admission> {
  try {
    const { owned, head: http } = visit;
    const scope = { service: 'execute-api', region: owned.region };
    const sender = await exchange.authenticate(scope);
    const wanted = { owned, http, arn: requestArn(visit), nowMs: dependencies.clock.now() };
    if (sender !== undefined && (await mayInvoke(dependencies, sender.principal, wanted))) {
      const { principal: caller, accessKeyId } = sender;
      const authorization = { kind: 'iam', caller, accessKeyId } as const;
      return { kind: 'granted', authorization, body: sender.request.body };
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
  return refused(403, 'Forbidden');
}

/** What somebody wants to call, and the request by which he does. */
export interface Wanted extends Pick<Visit, 'owned' | 'nowMs'> {
  readonly http: RequestHead;
  readonly arn: string;
}

/** Callers are of the API's own account; where policies are evaluated, theirs have to allow it. */
export async function mayInvoke(
  { access }: Apigatewayv2Dependencies,
  principal: Principal,
  { owned, http, arn, nowMs }: Wanted,
): Promise<boolean> {
  if (principal.accountId !== owned.accountId) return false;
  if (access === undefined) return true;
  const keys = requestKeys({ principal, http, region: owned.region, nowMs });
  const who = { kind: 'principal', principal } as const;
  const action = 'execute-api:Invoke';
  const decision = await access.decide({ who, action, resource: arn, keys });
  return decision.kind === 'allowed';
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
async function byToken(
  { issuerKeys, dependencies: { clock } }: AuthorizeOptions,
  visit: Visit,
  { IdentitySource: [source = ''] = [], JwtConfiguration }: Authorizer,
): Promise<Authorization | (Admission & { readonly kind: 'refused' })> {
  const text = valueOf(source, { visit })?.replace(/^Bearer\s+/i, '');
  if (text === undefined || text === '') {
    return refused(401, 'Unauthorized', { 'www-authenticate': 'Bearer' });
  }
  const { Issuer: issuer = '', Audience: audience = [] } = JwtConfiguration ?? {};
  const token = readToken(text);
  if (token === undefined) return invalidToken('the token is malformed');
  const problem = claimProblem(token.claims, { issuer, audience, nowMs: clock.now() });
  if (problem !== undefined) return invalidToken(problem);
  const keys = await issuerKeys.find(issuer, token.keyId);
  if (!isSignedBy(token, keys)) return invalidToken('the signature is invalid');
  const scopes = scopesOf(token.claims);
  const { AuthorizationScopes: wanted = [] } = visit.match.route;
  if (wanted.length > 0 && !wanted.some((scope) => scopes.includes(scope))) {
    const told = `Bearer scope="${wanted.join(' ')}" error="insufficient_scope"`;
    return refused(403, 'Forbidden', { 'www-authenticate': told });
  }
  const granted = wanted.length === 0 ? null : wanted;
  return { kind: 'jwt', claims: claimTexts(token.claims), scopes: granted };
}

function invalidToken(description: string) {
  const told = `Bearer scope="" error="invalid_token" error_description="${description}"`;
  return refused(401, 'Unauthorized', { 'www-authenticate': told });
}
