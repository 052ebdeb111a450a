/** Whether a caller may: by a signature, or by what a function of the user's says. */
import { requestKeys } from '#aws/access/index.ts';
import type { AuthorizerAnswers } from '#aws/execute-api/index.ts';
import { ANONYMOUS } from '#aws/operation.ts';
import type { Decision } from '#kernel/policy/index.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { methodArn } from '../model.ts';
import { askAuthorizer, type Said } from './authorizer.ts';
import { GatewayFailure } from './failure.ts';
import { decideByApi } from './policy.ts';
import { decodePart, type Caller, type Visit } from './visit.ts';

/**
 * The ARN that policies name: with the path as it was asked for, decoded part by part as the method was found. A slash
 * within a part stays encoded: it divides nothing.
 */
export function askedArn(visit: Visit): string {
  const { apiId, stage, head } = visit;
  const parts = visit.path.split('/').map((part) => decodePart(part).replaceAll('/', '%2F'));
  const asked = parts.join('/');
  const path = asked === '/' ? '/' : asked.replace(/\/$/, '');
  return methodArn(visit, { apiId, stage: stage.stageName, method: head.method, path });
}

/**
 * Who calls, once he may.
 * @throws GatewayFailure
 */
export async function authorize(
  dependencies: ApiGatewayDependencies,
  answers: AuthorizerAnswers<Said>,
  visit: Visit,
): Promise<Caller> {
  const type = visit.method.authorizationType ?? 'NONE';
  // Whom the API's policy denies for whoever he is, no authorizer is asked about.
  if (type === 'CUSTOM' && saidByPolicy(dependencies, visit, ANONYMOUS) === 'denied') {
    throw denied(ANONYMOUS.arn, askedArn(visit));
  }
  const caller =
    type === 'AWS_IAM'
      ? await signedCaller(dependencies, visit)
      : type === 'CUSTOM'
        ? await askAuthorizer(dependencies, answers, { visit, methodArn: askedArn(visit) })
        : {};
  // There are no user pools here: no token is theirs.
  if (type === 'COGNITO_USER_POOLS') throw new GatewayFailure('UNAUTHORIZED', 'Unauthorized');
  checkPolicy(dependencies, visit, { caller, type });
  return caller;
}

async function signedCaller(
  { access, clock }: ApiGatewayDependencies,
  visit: Visit,
): Promise<Caller> {
  const { sender, head, region } = visit;
  if (sender === undefined) {
    throw new GatewayFailure('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
  }
  const { principal } = sender;
  const resource = askedArn(visit);
  if (access !== undefined) {
    const keys = requestKeys({ principal, http: head, region, nowMs: clock.now() }, {});
    const who = { kind: 'principal', principal } as const;
    const decision = await access.decide({ who, action: 'execute-api:Invoke', resource, keys });
    if (decision.kind !== 'allowed') throw denied(principal.arn, resource);
  } else if (principal.accountId !== visit.accountId && visit.content.api.policy === undefined) {
    throw denied(principal.arn, resource);
  }
  return { principal, accessKey: sender.accessKeyId };
}

function denied(who: string, resource: string): GatewayFailure {
  const name = who === '*' ? 'anonymous' : who;
  return new GatewayFailure(
    'ACCESS_DENIED',
    `User: ${name} is not authorized to perform: execute-api:Invoke on resource: ${resource}`,
  );
}

/** What the API's own policy says of somebody; `undefined` where it has none. */
function saidByPolicy(
  { clock }: ApiGatewayDependencies,
  visit: Visit,
  principal: Principal,
): Decision['kind'] | undefined {
  const { policy } = visit.content.api;
  if (policy === undefined || policy === '') return undefined;
  const { head: http, region } = visit;
  const keys = requestKeys({ principal, http, region, nowMs: clock.now() });
  return decideByApi(policy, { resource: askedArn(visit), principal, keys });
}

/**
 * The API's own policy, where it has one. What it denies is refused. Where it says nothing it refuses, too, but whom
 * an authorizer let in, or IAM within the account.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 */
function checkPolicy(
  dependencies: ApiGatewayDependencies,
  visit: Visit,
  { caller, type }: { readonly caller: Caller; readonly type: string },
): void {
  const { principal = ANONYMOUS } = caller;
  const said = saidByPolicy(dependencies, visit, principal);
  if (said === undefined || said === 'allowed') return;
  const isOwn = type === 'AWS_IAM' && principal.accountId === visit.accountId;
  if (said === 'not-allowed' && (type === 'CUSTOM' || isOwn)) return;
  throw denied(principal.arn, askedArn(visit));
}
