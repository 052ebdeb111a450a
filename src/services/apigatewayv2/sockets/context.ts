/** What is told of a turn: in events, to templates, in mappings and in logs. Pure. */
import { requestTime } from '#aws/proxy/index.ts';
import type { Turn } from './turn.ts';

/**
 * `requestContext` of events, `$context` elsewhere.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export function contextOf({ session, stage, routeKey, happening, requestId, nowMs }: Turn) {
  const { caller } = session;
  return {
    routeKey,
    ...(caller.authorizer === undefined ? {} : { authorizer: caller.authorizer }),
    ...(happening.eventType === 'MESSAGE' ? { messageId: happening.messageId } : {}),
    ...(happening.eventType === 'DISCONNECT'
      ? { disconnectStatusCode: happening.code, disconnectReason: happening.reason }
      : {}),
    eventType: happening.eventType,
    extendedRequestId: requestId,
    requestTime: requestTime(nowMs),
    messageDirection: 'IN',
    stage: stage.StageName,
    connectedAt: session.connectedAtMs,
    requestTimeEpoch: nowMs,
    identity: identityOf(session),
    requestId,
    domainName: session.host,
    connectionId: session.connectionId,
    apiId: session.owned.apiId,
  };
}

function identityOf({ sourceIp, userAgent, caller: { principal, apiKeyId } }: Turn['session']) {
  return {
    ...(userAgent === undefined ? {} : { userAgent }),
    sourceIp,
    ...(apiKeyId === undefined ? {} : { apiKeyId }),
    ...(principal === undefined
      ? {}
      : {
          accountId: principal.accountId,
          caller: principal.userId,
          user: principal.userId,
          userArn: principal.arn,
        }),
  };
}
