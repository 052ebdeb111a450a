import type { Throttles } from '#aws/execute-api/index.ts';
import type { Visit } from './visit.ts';

/**
 * Whether a stage lets one more request to a route in, and counts it: by the route's own settings, and where those say
 * nothing by the stage's. Each route has a bucket of its own, which all callers share.
 * @param nowMs of a steady clock
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
export function isWithinThrottle(
  throttles: Throttles,
  { owned, stage, match }: Visit,
  nowMs: number,
): boolean {
  const { RouteKey } = match.route;
  const { DefaultRouteSettings = {}, RouteSettings = {} } = stage;
  const own = Object.hasOwn(RouteSettings, RouteKey) ? RouteSettings[RouteKey] : undefined;
  const { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit } = {
    ...DefaultRouteSettings,
    ...own,
  };
  const limits = {
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(burstLimit === undefined ? {} : { burstLimit }),
  };
  return throttles.take(`${owned.apiId}/${stage.StageName}/${RouteKey}`, limits, nowMs);
}
