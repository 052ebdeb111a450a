/** What functions get in payload format 2.0, as integrations and as authorizers. Pure. */
import { proxyEvent } from '#aws/proxy/index.ts';
import type { RequestHead } from '#aws/operation.ts';
import { domainPrefixOf, stageVariablesOf, type Visit } from './visit.ts';

/** What of the request an event tells otherwise than it came. */
interface Told {
  readonly head: RequestHead;
  readonly path: string;
  readonly body: Uint8Array;
  readonly authorizer?: object | undefined;
}

/**
 * The event, as bytes of JSON.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function eventV2(visit: Visit, { head, path, body, authorizer }: Told): Uint8Array {
  const { owned, stage, match, requestId, nowMs, traceHeader } = visit;
  const { pathParameters } = match;
  const stageVariables = stageVariablesOf(stage);
  return proxyEvent({
    head,
    body,
    requestId,
    nowMs,
    traceHeader,
    route: {
      accountId: owned.accountId,
      apiId: owned.apiId,
      domainPrefix: domainPrefixOf(visit),
      stage: stage.StageName,
      routeKey: match.route.RouteKey,
      path,
      ...(pathParameters === undefined ? {} : { pathParameters }),
      ...(stageVariables === undefined ? {} : { stageVariables }),
      ...(authorizer === undefined ? {} : { authorizer }),
    },
  });
}
