/**
 * Functions that say who may take a route.
 * I1 An answer is kept under the authorizer and what identifies the caller, for as long as the authorizer says; a
 *    policy that is kept is asked anew for each request. I2 What is kept is bounded, the oldest goes first.
 */
import { requestKeys } from '#aws/access/index.ts';
import type { Authorizer } from '#aws/models/apigatewayv2.types.gen.ts';
import { ANONYMOUS } from '#aws/operation.ts';
import { collectBytes, textOf } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { AUTHORIZER_TIMEOUT_MS, PAYLOAD_BYTES_MAX } from '../limits.ts';
import { executeArn } from '../model.ts';
import { authorizerEvent } from './authorizer-event.ts';
import { readVerdict, type Verdict } from './authorizer-verdict.ts';
import { callFunction } from './call-function.ts';
import { valueOf } from './variables.ts';
import { withDeadline } from './with-deadline.ts';
import { internalError, plainAnswer, requestArn, type Authorization, type Visit } from './visit.ts';

const ANSWERS_MAX = 10_000;

/** What authorizers said, by authorizer and identity. */
export class AuthorizerAnswers {
  readonly #clock: Clock;
  readonly #kept = new Map<string, { readonly verdict: Verdict; readonly untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find(key: string): Verdict | undefined {
    const found = this.#kept.get(key);
    return found !== undefined && found.untilMs > this.#clock.monotonicMs()
      ? found.verdict
      : undefined;
  }

  keep(key: string, verdict: Verdict, ageMsMax: number): void {
    this.#kept.delete(key);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= ANSWERS_MAX && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, { verdict, untilMs: this.#clock.monotonicMs() + ageMsMax });
  }

  /** Forgets what was said of one stage. */
  forget(stageKey: string): void {
    for (const key of this.#kept.keys()) if (key.startsWith(stageKey)) this.#kept.delete(key);
  }
}

/** Under what a stage's answers are kept; the beginning of the keys. */
export function stageKey(apiId: string, stageName: string): string {
  return `${apiId} ${stageName} `;
}

/**
 * Asks the function, or remembers what it said: 401 without what identifies the caller, 403 where it refuses, 500
 * where it fails or says what is no answer.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export async function askAuthorizer(
  dependencies: Apigatewayv2Dependencies,
  answers: AuthorizerAnswers,
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
  const place = stageKey(owned.apiId, stage.StageName);
  const key = `${place}${authorizer.AuthorizerId} ${JSON.stringify(identity)}`;
  const isKept = ttlSeconds > 0 && identity.length > 0;
  const known = isKept ? answers.find(key) : undefined;
  const verdict = known ?? (await ask(dependencies, visit, authorizer));
  if (verdict === undefined) return { kind: 'refused', response: internalError() };
  if (isKept && known === undefined) answers.keep(key, verdict, ttlSeconds * SECOND_MS);
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
