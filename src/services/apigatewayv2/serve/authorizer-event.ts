/** What an authorizer's function gets, in payload format 1.0 or 2.0. Pure. */
import type { Authorizer } from '#aws/models/apigatewayv2.types.gen.ts';
import { forwardedHeaders } from '#aws/proxy/index.ts';
import { EMPTY_BYTES, textOf, utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { contextV1, visitMembers } from './event-v1.ts';
import { eventV2 } from './event-v2.ts';
import { valueOf } from './variables.ts';
import { requestArn, type Visit } from './visit.ts';

/**
 * The event, as bytes of JSON.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function authorizerEvent(visit: Visit, authorizer: Authorizer): Uint8Array {
  const identity = (authorizer.IdentitySource ?? []).map((source) => valueOf(source, { visit }));
  const event =
    authorizer.AuthorizerPayloadFormatVersion === '1.0'
      ? eventOf(visit, identity.join(','))
      : { ...bodilessEventV2(visit), routeArn: requestArn(visit), identitySource: identity };
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
function bodilessEventV2(visit: Visit): Readonly<Record<string, unknown>> {
  const { head, path } = visit;
  const event = parseJson(textOf(eventV2(visit, { head, path, body: EMPTY_BYTES })));
  const { isBase64Encoded: _, ...rest } = isObject(event) ? event : {};
  return { ...rest, type: 'REQUEST', headers: forwardedHeaders(visit) };
}
