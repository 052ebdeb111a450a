/** What is behind a method is asked, and what it answers becomes the response. */
import type { Integration } from '#aws/models/apigateway.types.gen.ts';
import type { WireResponse } from '#aws/wire.ts';
import { EMPTY_BYTES, textOf, utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { INTEGRATION_TIMEOUT_MS_MAX } from '../limits.ts';
import { askHttp, askService } from './ask.ts';
import { backendRequest } from './backend-request.ts';
import {
  callFunction,
  errorMessageOf,
  functionArnOf,
  roleOf,
  sourceArnOf,
} from './call-function.ts';
import { internalFailure } from './failure.ts';
import { answeredHeaders } from './headers.ts';
import { withStageVariables } from './mapping.ts';
import { requestBody } from './payload.ts';
import { proxyEvent } from './proxy-event.ts';
import { proxyResponse } from './proxy-response.ts';
import { respond } from './respond.ts';
import type { Answer, Turn } from './visit.ts';

/**
 * The response to a request that was let in.
 * @throws GatewayFailure
 */
export function integrate(dependencies: ApiGatewayDependencies, turn: Turn): Promise<WireResponse> {
  switch (turn.integration.type) {
    case 'MOCK':
      return Promise.resolve(mock(turn));
    case 'AWS_PROXY':
      return proxyToFunction(dependencies, turn);
    case 'HTTP':
    case 'HTTP_PROXY':
      return http(dependencies, turn);
    case 'AWS':
      return aws(dependencies, turn);
    default:
      throw internalFailure();
  }
}

/** Nothing is asked: what the template makes says which response it is. */
function mock({ visit, integration, context }: Turn): WireResponse {
  const text = textOf(requestBody(visit, integration, context));
  const value = parseJson(text);
  const given = isObject(value) ? value['statusCode'] : undefined;
  // Names without quotes are taken, too. Recorded: test_integration_mock_with_path_param.
  const status = Number(given ?? /["']?statusCode["']?\s*:\s*["']?(\d+)/.exec(text)?.[1]);
  if (!Number.isInteger(status)) throw internalFailure();
  const answer = { status, headers: {}, body: EMPTY_BYTES };
  return respond({ visit, integration, context, answer, selector: String(status) });
}

function timeoutOf({ timeoutInMillis = INTEGRATION_TIMEOUT_MS_MAX }: Integration): number {
  return timeoutInMillis;
}

async function proxyToFunction(
  dependencies: ApiGatewayDependencies,
  { visit, caller, integration }: Turn,
): Promise<WireResponse> {
  const functionArn = functionArnOf(withStageVariables(integration.uri ?? '', visit));
  if (functionArn === undefined) throw internalFailure();
  const answer = await callFunction(dependencies, visit, {
    functionArn,
    sourceArn: sourceArnOf(visit),
    ...roleOf(integration),
    payload: utf8(JSON.stringify(proxyEvent(visit, caller))),
    timeoutMs: timeoutOf(integration),
  });
  const response = answer.isError ? undefined : proxyResponse(visit, answer.payload);
  if (response === undefined) throw internalFailure('API_CONFIGURATION_ERROR', 502);
  return withTrace(response, answer.traceHeader ?? visit.traceHeader);
}

function withTrace(response: WireResponse, traceHeader: string): WireResponse {
  return { ...response, headers: { 'x-amzn-trace-id': traceHeader, ...response.headers } };
}

async function http(dependencies: ApiGatewayDependencies, turn: Turn): Promise<WireResponse> {
  const { visit, integration, context } = turn;
  const request = backendRequest(integration, visit, context);
  const answer = await askHttp(dependencies, turn, request);
  if (integration.type === 'HTTP_PROXY') {
    return { status: answer.status, headers: answeredHeaders(answer.headers), body: answer.body };
  }
  const selector = String(answer.status);
  const response = respond({ visit, integration, context, answer, selector });
  return withTrace(response, visit.traceHeader);
}

async function aws(dependencies: ApiGatewayDependencies, turn: Turn): Promise<WireResponse> {
  const { visit, integration, context } = turn;
  const functionArn = functionArnOf(withStageVariables(integration.uri ?? '', visit));
  if (functionArn !== undefined) return await withFunction(dependencies, turn, functionArn);
  const request = backendRequest(integration, visit, context);
  const answer = await askService(dependencies, turn, request);
  const selector = String(answer.status);
  const response = respond({ visit, integration, context, answer, selector });
  return withTrace(response, visit.traceHeader);
}

/** The template's text is the event, and what the function returned is the answer's body. */
async function withFunction(
  dependencies: ApiGatewayDependencies,
  turn: Turn,
  functionArn: string,
): Promise<WireResponse> {
  const { visit, integration, context } = turn;
  const request = backendRequest(integration, visit, context);
  const payload = request.body.byteLength === 0 ? utf8('{}') : request.body;
  const sourceArn = sourceArnOf(visit);
  const isAsynchronous = request.headers['x-amz-invocation-type'] === 'Event';
  if (isAsynchronous) {
    const check = await dependencies.database.transact((tx) =>
      dependencies.deliverer.deliver(
        {
          targetArn: functionArn,
          sourceArn,
          sourceService: 'apigateway.amazonaws.com',
          sourceAccountId: visit.accountId,
          ...roleOf(integration),
          payload,
        },
        tx,
      ),
    );
    if (check !== 'deliverable') throw internalFailure();
    const answer: Answer = { status: 202, headers: {}, body: EMPTY_BYTES };
    return respond({ visit, integration, context, answer, selector: '' });
  }
  const called = await callFunction(dependencies, visit, {
    functionArn,
    sourceArn,
    ...roleOf(integration),
    payload,
    timeoutMs: timeoutOf(integration),
  });
  const headers = { 'content-type': 'application/json' };
  const answer: Answer = { status: 200, headers, body: called.payload };
  const selector = errorMessageOf(called);
  const response = respond({ visit, integration, context, answer, selector });
  return withTrace(response, called.traceHeader ?? visit.traceHeader);
}
