/** Integrations with functions: payload formats 1.0 and 2.0. */
import type { Integration } from '#aws/models/apigatewayv2.types.gen.ts';
import { iamAuthorizer, proxyResponse } from '#aws/proxy/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import { collectBytes, textOf } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import type { CallOutcome } from '#ports/peers/function-caller.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { functionArnOf } from '../function-arn.ts';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import { eventV1, responseV1 } from './event-v1.ts';
import { eventV2 } from './event-v2.ts';
import type { MappedRequest } from './map-parameters.ts';
import { filledUri } from './variables.ts';
import {
  internalError,
  plainAnswer,
  routeArn,
  type Admitted,
  type Authorization,
  type Visit,
} from './visit.ts';

/** What a call of a function needs beside the event. */
export interface FunctionTarget {
  /** In which stage variables may stand. */
  readonly uri: string;
  readonly roleArn?: string;
  /** On account of what it is called. */
  readonly sourceArn: string;
}

/** Calls a function on account of the API; `undefined` where it is not there, or its policy does not let the API in. */
export async function callFunction(
  { functions }: Apigatewayv2Dependencies,
  visit: Pick<Visit, 'owned' | 'stage' | 'invocationId' | 'traceHeader' | 'signal'>,
  { uri, roleArn, sourceArn }: FunctionTarget,
  payload: Uint8Array,
): Promise<CallOutcome | undefined> {
  const functionArn = functionArnOf(filledUri(uri, visit.stage) ?? '');
  if (functionArn === undefined) return undefined;
  return functions.call(
    {
      functionArn,
      sourceService: 'apigateway.amazonaws.com',
      sourceArn,
      sourceAccountId: visit.owned.accountId,
      ...(roleArn === undefined ? {} : { roleArn }),
      invocation: {
        requestId: visit.invocationId,
        payload,
        source: 'api-gateway',
        traceHeader: visit.traceHeader,
      },
    },
    visit.signal,
  );
}

/** The function's answer; 500 where it fails, may not be called or says what is no answer, 503 where it is throttled. */
export async function askFunction(
  dependencies: Apigatewayv2Dependencies,
  visit: Admitted,
  integration: Integration,
  mapped: MappedRequest,
): Promise<WireResponse> {
  const isFirst = integration.PayloadFormatVersion === '1.0';
  const payload = isFirst ? eventV1(visit, mapped) : payloadV2(visit, mapped);
  const { IntegrationUri: uri = '', CredentialsArn: roleArn } = integration;
  const target = { uri, sourceArn: routeArn(visit), ...(roleArn === undefined ? {} : { roleArn }) };
  const outcome = await callFunction(dependencies, visit, target, payload);
  if (outcome?.kind === 'throttled') return plainAnswer(503, 'Service Unavailable');
  if (outcome?.kind !== 'returned') return internalError();
  const returned = await collectBytes(outcome.payload, PAYLOAD_BYTES_MAX);
  const response = isFirst ? responseV1(parseJson(textOf(returned))) : proxyResponse(returned);
  return response ?? internalError();
}

function payloadV2(visit: Admitted, { head, path }: MappedRequest): Uint8Array {
  const { body, authorization } = visit;
  return eventV2(visit, { head, path, body, authorizer: authorizerV2(authorization) });
}

function authorizerV2(authorization: Authorization): object | undefined {
  const { kind } = authorization;
  if (kind === 'iam') {
    const { caller: principal, accessKeyId } = authorization;
    return iamAuthorizer({ principal, accessKeyId });
  }
  if (kind === 'jwt') {
    return { jwt: { claims: authorization.claims, scopes: authorization.scopes } };
  }
  return kind === 'lambda' ? { lambda: authorization.context } : undefined;
}
