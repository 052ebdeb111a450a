/** What functions behind WebSocket APIs get. Pure. */
import { requestMembers } from '#aws/execute-api/index.ts';
import type { RequestHead } from '#aws/operation.ts';
import { utf8 } from '#kernel/bytes.ts';
import { stageVariablesOf } from '../serve/visit.ts';
import { contextOf } from './context.ts';
import { socketRouteArn, type Turn } from './turn.ts';

/**
 * The event of a proxy integration, as bytes of JSON.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 */
export function socketEvent(turn: Turn): Uint8Array {
  const { happening, stage, session } = turn;
  const variables = stageVariablesOf(stage);
  const event = {
    ...(happening.eventType === 'CONNECT' ? askedFor(happening.head, turn) : {}),
    ...(happening.eventType === 'DISCONNECT'
      ? farewellHeaders(session.host, session.sourceIp)
      : {}),
    requestContext: contextOf(turn),
    ...(variables === undefined ? {} : { stageVariables: variables }),
    ...(happening.eventType === 'MESSAGE' ? { body: happening.body } : {}),
    isBase64Encoded: false,
  };
  return utf8(JSON.stringify(event));
}

/** What an authorizer's function is asked. */
export function socketAuthorizerEvent(turn: Turn, head: RequestHead): Uint8Array {
  const event = {
    type: 'REQUEST',
    methodArn: socketRouteArn(turn),
    ...requestMembers(head.query, headersOf(head, turn)),
    stageVariables: stageVariablesOf(turn.stage) ?? {},
    requestContext: contextOf(turn),
  };
  return utf8(
    JSON.stringify({
      ...event,
      queryStringParameters: event.queryStringParameters ?? {},
      multiValueQueryStringParameters: event.multiValueQueryStringParameters ?? {},
    }),
  );
}

function askedFor(head: RequestHead, turn: Turn) {
  const { queryStringParameters, multiValueQueryStringParameters, ...headers } = requestMembers(
    head.query,
    headersOf(head, turn),
  );
  return {
    ...headers,
    ...(queryStringParameters === null
      ? {}
      : { queryStringParameters, multiValueQueryStringParameters }),
  };
}

/** As they are mostly written. */
const SPELLED: Readonly<Record<string, string>> = {
  host: 'Host',
  'sec-websocket-extensions': 'Sec-WebSocket-Extensions',
  'sec-websocket-key': 'Sec-WebSocket-Key',
  'sec-websocket-protocol': 'Sec-WebSocket-Protocol',
  'sec-websocket-version': 'Sec-WebSocket-Version',
};

/** The client's headers as they were spelled, less those of the connection, and those that a gateway adds. */
function headersOf(head: RequestHead, { traceHeader }: Turn): Readonly<Record<string, string>> {
  const { connection: _connection, upgrade: _upgrade, ...rest } = head.headers;
  const spelled = new Map(head.spelledNames?.().map((name) => [name.toLowerCase(), name]));
  const added = {
    'X-Amzn-Trace-Id': traceHeader,
    'X-Forwarded-For': head.sourceIp,
    'X-Forwarded-Port': /:(\d+)$/.exec(rest['host'] ?? '')?.[1] ?? '80',
    'X-Forwarded-Proto': 'http',
  };
  const names = new Set(Object.keys(added).map((name) => name.toLowerCase()));
  const kept = Object.entries(rest).filter(([name]) => !names.has(name));
  const named = kept.map(([name, value]) => [SPELLED[name] ?? spelled.get(name) ?? name, value]);
  return { ...Object.fromEntries(named), ...added };
}

function farewellHeaders(host: string, sourceIp: string) {
  const headers = { Host: host, 'x-api-key': '', 'X-Forwarded-For': sourceIp, 'x-restapi': '' };
  const each = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
  return { headers, multiValueHeaders: Object.fromEntries(each) };
}
