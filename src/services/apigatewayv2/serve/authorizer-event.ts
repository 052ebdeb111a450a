/** What an authorizer's function gets, in payload format 1.0 or 2.0. Pure. */
import type { Authorizer } from '#aws/models/apigatewayv2.types.gen.ts';
import { forwardedHeaders, proxyEvent } from '#aws/proxy/index.ts';
import { EMPTY_BYTES, textOf, utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { contextV1, visitMembers } from './event-v1.ts';
import { valueOf } from './variables.ts';
import { domainPrefixOf, requestArn, stageVariablesOf, type Visit } from './visit.ts';

/**
 * The event, as bytes of JSON.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function authorizerEvent(visit: Visit, authorizer: Authorizer): Uint8Array {
  const identity = (authorizer.IdentitySource ?? []).map((source) => valueOf(source, { visit }));
  const event =
    authorizer.AuthorizerPayloadFormatVersion === '1.0'
      ? eventOf(visit, identity.join(','))
      : { ...eventV2(visit), routeArn: requestArn(visit), identitySource: identity };
  return utf8(JSON.stringify(event));
}

function eventOf(visit: Visit, identity: string) {
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn: requestArn(visit),
    identitySource: identity,
    authorizationToken: identity,
    ...visitMembers(visit),
    requestContext: contextV1(visit, { kind: 'none' }),
  };
}

/** The event of an integration without a body, which authorizers are not told. */
function eventV2(visit: Visit): Readonly<Record<string, unknown>> {
  const { owned, stage, match, head, path, requestId, nowMs, traceHeader } = visit;
  const { pathParameters } = match;
  const stageVariables = stageVariablesOf(stage);
  const bytes = proxyEvent({
    head,
    body: EMPTY_BYTES,
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
    },
  });
  const event = parseJson(textOf(bytes));
  const { isBase64Encoded: _, ...rest } = isObject(event) ? event : {};
  return { ...rest, type: 'REQUEST', headers: forwardedHeaders(visit) };
}
