/** Functions that say who may take a route. A policy that is remembered is asked anew for each request. */
import { requestKeys } from '#aws/access/index.ts';
import { withDeadline, type AuthorizerAnswers } from '#aws/execute-api/index.ts';
import type { Authorizer } from '#aws/models/apigatewayv2.types.gen.ts';
import { ANONYMOUS, type RequestHead } from '#aws/operation.ts';
import { collectBytes, textOf } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { AUTHORIZER_TIMEOUT_MS, PAYLOAD_BYTES_MAX } from '../limits.ts';
import { executeArn } from '../model.ts';
import { authorizerEvent } from './authorizer-event.ts';
import { readVerdict, type Verdict } from './authorizer-verdict.ts';
import { callFunction } from './call-function.ts';
import { valueOf } from './variables.ts';
import { internalError, plainAnswer, requestArn, type Authorization, type Visit } from './visit.ts';

/** Who wants in, and of whom a function is asked. */
export interface Asking {
  readonly about: Pick<
    Visit,
    'owned' | 'stage' | 'invocationId' | 'traceHeader' | 'signal' | 'nowMs'
  >;
  /** What identifies the caller: nothing of it may be missing. */
  readonly identity: readonly (string | undefined)[];
  readonly head: RequestHead;
  /** What is to be called. */
  readonly arn: string;
  readonly event: () => Uint8Array;
}

/** What the function said of a caller; `broken` where it failed, or said what is no answer. */
export type Consulted =
  | { readonly kind: 'unidentified' | 'forbidden' | 'broken' }
  | ({ readonly kind: 'granted' } & Pick<Verdict, 'context' | 'principalId'>);

interface ConsultOptions {
  readonly dependencies: Apigatewayv2Dependencies;
  readonly answers: AuthorizerAnswers<Verdict>;
}

/** Asks the function, or remembers what it said. */
export async function consult(
  { dependencies, answers }: ConsultOptions,
  authorizer: Authorizer,
  asking: Asking,
): Promise<Consulted> {
  const { about, identity, head: http, arn } = asking;
  if (identity.some((value) => value === undefined || value === '')) {
    return { kind: 'unidentified' };
  }
  const { owned, stage, nowMs } = about;
  const { AuthorizerId: authorizerId, AuthorizerResultTtlInSeconds: ttlSeconds = 0 } = authorizer;
  const verdict = await answers.find(
    { apiId: owned.apiId, stageName: stage.StageName, authorizerId, identity, ttlSeconds },
    () => ask(dependencies, authorizer, asking),
  );
  if (verdict === undefined) return { kind: 'broken' };
  const keys = requestKeys({ principal: ANONYMOUS, http, region: owned.region, nowMs });
  if (!verdict.allows(arn, keys)) return { kind: 'forbidden' };
  const { context, principalId } = verdict;
  return { kind: 'granted', context, ...(principalId === undefined ? {} : { principalId }) };
}

/**
 * Of a request: 401 without what identifies the caller, 403 where the function refuses, 500 where it is broken.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export async function askAuthorizer(
  options: ConsultOptions,
  visit: Visit,
  authorizer: Authorizer,
): Promise<
  Authorization | { readonly kind: 'refused'; readonly response: ReturnType<typeof internalError> }
> {
  const consulted = await consult(options, authorizer, {
    about: visit,
    identity: (authorizer.IdentitySource ?? []).map((source) => valueOf(source, { visit })),
    head: visit.head,
    arn: requestArn(visit),
    event: () => authorizerEvent(visit, authorizer),
  });
  if (consulted.kind === 'granted') return { ...consulted, kind: 'lambda' };
  const responses = {
    unidentified: () => plainAnswer(401, 'Unauthorized'),
    forbidden: () => plainAnswer(403, 'Forbidden'),
    broken: internalError,
  };
  return { kind: 'refused', response: responses[consulted.kind]() };
}

/** What the function says; `undefined` where that is no answer. */
async function ask(
  dependencies: Apigatewayv2Dependencies,
  authorizer: Authorizer,
  { about, event }: Asking,
): Promise<Verdict | undefined> {
  const { AuthorizerUri: uri = '', AuthorizerCredentialsArn: roleArn, AuthorizerId } = authorizer;
  const target = {
    uri,
    sourceArn: executeArn(about.owned, `authorizers/${AuthorizerId}`),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
  const call = callFunction(dependencies, about, target, event());
  const outcome = await withDeadline(dependencies.clock, AUTHORIZER_TIMEOUT_MS, call);
  if (outcome === 'late' || outcome?.kind !== 'returned') return undefined;
  const returned = parseJson(textOf(await collectBytes(outcome.payload, PAYLOAD_BYTES_MAX)));
  return readVerdict(returned, authorizer);
}
