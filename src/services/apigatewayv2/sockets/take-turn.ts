/** One turn behind a route: throttle, integration, and what the client is answered. */
import type { Throttles } from '#aws/execute-api/index.ts';
import type { Route } from '#aws/models/apigatewayv2.types.gen.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { integrationIdOf } from '../check-route.ts';
import { integrate } from './integrate.ts';
import { settingsOf, type TurnEnd } from './observe.ts';
import type { Outcome } from './outcome.ts';
import type { Turn } from './turn.ts';

export interface TurnTaken {
  /** `undefined` where the route has no integration. */
  readonly outcome: Outcome | undefined;
  readonly end: TurnEnd;
}

/** Whether a stage lets one more turn of a route in, and counts it. */
export function isTurnWithinThrottle(throttles: Throttles, turn: Turn, nowMs: number): boolean {
  const { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit } = settingsOf(turn);
  const limits = {
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(burstLimit === undefined ? {} : { burstLimit }),
  };
  const { owned, stage, routeKey } = turn;
  return throttles.take(`${owned.apiId}/${stage.StageName}/${routeKey}`, limits, nowMs);
}

/** Asks the route's integration, and measures it. */
export async function askRoute(
  dependencies: Apigatewayv2Dependencies,
  turn: Turn,
  route: Route,
): Promise<TurnTaken> {
  const id = integrationIdOf(route);
  const integration = turn.snapshot.integrations.find((one) => one.IntegrationId === id);
  if (integration === undefined) return { outcome: undefined, end: { status: 200 } };
  const beganMs = dependencies.clock.monotonicMs();
  const outcome = await integrate(dependencies, turn, integration);
  const integrationMs = dependencies.clock.monotonicMs() - beganMs;
  const { status } = outcome;
  if (outcome.kind === 'failed') {
    const end = { status, integrationMs, fault: 'gateway', message: outcome.message } as const;
    return { outcome, end };
  }
  const hasFailed = status >= 400;
  const fault = hasFailed ? { fault: 'integration' as const } : {};
  return { outcome, end: { status, integrationMs, ...fault } };
}
