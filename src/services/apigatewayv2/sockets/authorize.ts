/** Who may open a WebSocket: anybody, whose key or signature holds, or whom a function lets in. */
import { AwsError } from '#aws/errors.ts';
import type { AuthorizerAnswers } from '#aws/execute-api/index.ts';
import type { Authorizer, Route } from '#aws/models/apigatewayv2.types.gen.ts';
import type { SurfaceExchange } from '#aws/operation.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { consult } from '../serve/ask-authorizer.ts';
import { mayInvoke } from '../serve/authorize.ts';
import type { Verdict } from '../serve/authorizer-verdict.ts';
import { socketAuthorizerEvent } from './event.ts';
import { mappedValue, selected } from './expressions.ts';
import { socketRouteArn, type Caller, type Turn } from './turn.ts';

export interface SocketAuthorizeOptions {
  readonly dependencies: Apigatewayv2Dependencies;
  readonly answers: AuthorizerAnswers<Verdict>;
}

/** A status and its message, where somebody is not let in. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: 401 | 403 | 429 | 500;
  readonly message: string;
}

export type SocketAdmission = { readonly kind: 'granted'; readonly caller: Caller } | Refusal;

/** Lets a client in, or says what he is answered. */
export async function authorizeSocket(
  options: SocketAuthorizeOptions,
  turn: Turn,
  route: Route,
  exchange: SurfaceExchange,
): Promise<SocketAdmission> {
  const admission = await admit(options, turn, route, exchange);
  if (admission.kind === 'refused' || route.ApiKeyRequired !== true) return admission;
  return byKey(options, turn, admission.caller);
}

async function admit(
  options: SocketAuthorizeOptions,
  turn: Turn,
  route: Route,
  exchange: SurfaceExchange,
): Promise<SocketAdmission> {
  const { AuthorizationType = 'NONE', AuthorizerId } = route;
  if (AuthorizationType === 'NONE') return { kind: 'granted', caller: {} };
  if (AuthorizationType === 'AWS_IAM') return bySignature(options, turn, exchange);
  const authorizer = turn.snapshot.authorizers.find((one) => one.AuthorizerId === AuthorizerId);
  return authorizer === undefined ? broken() : byFunction(options, turn, authorizer, exchange);
}

function broken(): Refusal {
  return { kind: 'refused', status: 500, message: 'Internal server error' };
}

function unidentified(): Refusal {
  return { kind: 'refused', status: 401, message: 'Unauthorized' };
}

function forbidden(): Refusal {
  return { kind: 'refused', status: 403, message: 'Forbidden' };
}

/** The caller with his key. */
async function byKey(
  { dependencies }: SocketAuthorizeOptions,
  turn: Turn,
  caller: Caller,
): Promise<SocketAdmission> {
  const { accountId, region, apiId } = turn.owned;
  const verdict = await dependencies.apiKeys.use({
    accountId,
    region,
    apiId,
    stageName: turn.stage.StageName,
    method: turn.routeKey,
    value: selected(turn.snapshot.sockets?.keySelection ?? '', turn, undefined) ?? '',
  });
  if (verdict.kind === 'granted') {
    return { kind: 'granted', caller: { ...caller, apiKeyId: verdict.keyId } };
  }
  if (verdict.reason === 'unknown') return forbidden();
  const message = verdict.reason === 'throttled' ? 'Too Many Requests' : 'Limit Exceeded';
  return { kind: 'refused', status: 429, message };
}

async function bySignature(
  { dependencies }: SocketAuthorizeOptions,
  turn: Turn,
  exchange: SurfaceExchange,
): Promise<SocketAdmission> {
  try {
    const { owned, nowMs } = turn;
    const scope = { service: 'execute-api', region: owned.region };
    const principal = (await exchange.authenticate(scope))?.principal;
    const wanted = { owned, http: exchange.request, arn: socketRouteArn(turn), nowMs };
    if (principal !== undefined && (await mayInvoke(dependencies, principal, wanted))) {
      return { kind: 'granted', caller: { principal } };
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
  return forbidden();
}

async function byFunction(
  options: SocketAuthorizeOptions,
  turn: Turn,
  authorizer: Authorizer,
  { request: head }: SurfaceExchange,
): Promise<SocketAdmission> {
  const { IdentitySource = [] } = authorizer;
  const consulted = await consult(options, authorizer, {
    about: turn,
    identity: IdentitySource.map((source) => mappedValue(source, turn, undefined)),
    head,
    arn: socketRouteArn(turn),
    event: () => socketAuthorizerEvent(turn, head),
  });
  if (consulted.kind !== 'granted') {
    return { unidentified, forbidden, broken }[consulted.kind]();
  }
  const { context, principalId } = consulted;
  const told = { ...context, ...(principalId === undefined ? {} : { principalId }) };
  return { kind: 'granted', caller: { authorizer: told } };
}
