/** Functions that say who may take a route. A policy that is remembered is asked anew for each request. */
import { requestKeys } from '#aws/access/index.ts';
import { withDeadline, type AuthorizerAnswers } from '#aws/execute-api/index.ts';
import type { Authorizer } from '#aws/models/apigatewayv2.types.gen.ts';
import { ANONYMOUS } from '#aws/operation.ts';
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

/**
 * Asks the function, or remembers what it said: 401 without what identifies the caller, 403 where it refuses, 500
 * where it fails or says what is no answer.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export async function askAuthorizer(
  dependencies: Apigatewayv2Dependencies,
  answers: AuthorizerAnswers<Verdict>,
  visit: Visit,
  authorizer: Authorizer,
): Promise<
  Authorization | { readonly kind: 'refused'; readonly response: ReturnType<typeof internalError> }
> {
  const { IdentitySource = [], AuthorizerResultTtlInSeconds: ttlSeconds = 0 } = authorizer;
  const identity = IdentitySource.map((source) => valueOf(source, { visit }));
  if (identity.some((value) => value === undefined || value === '')) {
    return { kind: 'refused', response: plainAnswer(401, 'Unauthorized') };
  }
  const { owned, stage } = visit;
  const verdict = await answers.find(
    {
      apiId: owned.apiId,
      stageName: stage.StageName,
      authorizerId: authorizer.AuthorizerId,
      identity,
      ttlSeconds,
    },
    () => ask(dependencies, visit, authorizer),
  );
  if (verdict === undefined) return { kind: 'refused', response: internalError() };
  const { head: http, nowMs } = visit;
  const keys = requestKeys({ principal: ANONYMOUS, http, region: owned.region, nowMs });
  if (!verdict.allows(requestArn(visit), keys)) {
    return { kind: 'refused', response: plainAnswer(403, 'Forbidden') };
  }
  const { context, principalId } = verdict;
  return { kind: 'lambda', context, ...(principalId === undefined ? {} : { principalId }) };
}

/** What the function says; `undefined` where that is no answer. */
async function ask(
  dependencies: Apigatewayv2Dependencies,
  visit: Visit,
  authorizer: Authorizer,
): Promise<Verdict | undefined> {
  const { AuthorizerUri: uri = '', AuthorizerCredentialsArn: roleArn, AuthorizerId } = authorizer;
  const target = {
    uri,
    sourceArn: executeArn(visit.owned, `authorizers/${AuthorizerId}`),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
  const call = callFunction(dependencies, visit, target, authorizerEvent(visit, authorizer));
  const outcome = await withDeadline(dependencies.clock, AUTHORIZER_TIMEOUT_MS, call);
  if (outcome === 'late' || outcome?.kind !== 'returned') return undefined;
  const returned = parseJson(textOf(await collectBytes(outcome.payload, PAYLOAD_BYTES_MAX)));
  return readVerdict(returned, authorizer);
}
