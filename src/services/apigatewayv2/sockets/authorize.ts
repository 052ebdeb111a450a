/** Who may open a WebSocket: anybody, whose key or signature holds, or whom a function lets in. */
import { requestKeys } from '#aws/access/index.ts';
import { AwsError } from '#aws/errors.ts';
import { withDeadline, type AuthorizerAnswers } from '#aws/execute-api/index.ts';
import type { Authorizer, Route } from '#aws/models/apigatewayv2.types.gen.ts';
import { ANONYMOUS, type SurfaceExchange } from '#aws/operation.ts';
import { collectBytes, textOf } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { AUTHORIZER_TIMEOUT_MS, PAYLOAD_BYTES_MAX } from '../limits.ts';
import { executeArn } from '../model.ts';
import { readVerdict, type Verdict } from '../serve/authorizer-verdict.ts';
import { callFunction } from '../serve/call-function.ts';
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
    const principal = (await exchange.authenticate())?.principal;
    if (principal !== undefined && (await mayConnect(dependencies, turn, principal, exchange))) {
      return { kind: 'granted', caller: { principal } };
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
  return forbidden();
}

/** Callers are of the API's own account; where policies are evaluated, theirs have to allow it. */
async function mayConnect(
  { access }: Apigatewayv2Dependencies,
  turn: Turn,
  principal: Principal,
  { request: http }: SurfaceExchange,
): Promise<boolean> {
  const { owned, nowMs } = turn;
  if (principal.accountId !== owned.accountId) return false;
  if (access === undefined) return true;
  const keys = requestKeys({ principal, http, region: owned.region, nowMs });
  const who = { kind: 'principal', principal } as const;
  const action = 'execute-api:Invoke';
  const decision = await access.decide({ who, action, resource: socketRouteArn(turn), keys });
  return decision.kind === 'allowed';
}

async function byFunction(
  { dependencies, answers }: SocketAuthorizeOptions,
  turn: Turn,
  authorizer: Authorizer,
  { request: http }: SurfaceExchange,
): Promise<SocketAdmission> {
  const { IdentitySource = [], AuthorizerResultTtlInSeconds: ttlSeconds = 0 } = authorizer;
  const identity = IdentitySource.map((source) => mappedValue(source, turn, undefined));
  if (identity.some((value) => value === undefined || value === '')) {
    return { kind: 'refused', status: 401, message: 'Unauthorized' };
  }
  const { owned, nowMs } = turn;
  const verdict = await answers.find(
    {
      apiId: owned.apiId,
      stageName: turn.stage.StageName,
      authorizerId: authorizer.AuthorizerId,
      identity,
      ttlSeconds,
    },
    () => ask(dependencies, turn, authorizer, http),
  );
  if (verdict === undefined) return broken();
  const keys = requestKeys({ principal: ANONYMOUS, http, region: owned.region, nowMs });
  if (!verdict.allows(socketRouteArn(turn), keys)) return forbidden();
  const { context, principalId } = verdict;
  const told = { ...context, ...(principalId === undefined ? {} : { principalId }) };
  return { kind: 'granted', caller: { authorizer: told } };
}

/** What the function says; `undefined` where that is no answer. */
async function ask(
  dependencies: Apigatewayv2Dependencies,
  turn: Turn,
  authorizer: Authorizer,
  head: SurfaceExchange['request'],
): Promise<Verdict | undefined> {
  const { AuthorizerUri: uri = '', AuthorizerCredentialsArn: roleArn, AuthorizerId } = authorizer;
  const sourceArn = executeArn(turn.owned, `authorizers/${AuthorizerId}`);
  const target = { uri, sourceArn, ...(roleArn === undefined ? {} : { roleArn }) };
  const call = callFunction(dependencies, turn, target, socketAuthorizerEvent(turn, head));
  const outcome = await withDeadline(dependencies.clock, AUTHORIZER_TIMEOUT_MS, call);
  if (outcome === 'late' || outcome?.kind !== 'returned') return undefined;
  const returned = parseJson(textOf(await collectBytes(outcome.payload, PAYLOAD_BYTES_MAX)));
  return readVerdict(returned, authorizer);
}
