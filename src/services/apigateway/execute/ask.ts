/** Servers outside and services of AWS's, as integrations ask them. */
import { parseArn } from '#kernel/arn.ts';
import { cleanHeaders } from '#aws/proxy/index.ts';
import type { HttpAnswer } from '#ports/world/http-client.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { INTEGRATION_TIMEOUT_MS_MAX, PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { BackendRequest } from './backend-request.ts';
import { sourceArnOf } from './call-function.ts';
import { GatewayFailure, internalFailure } from './failure.ts';
import { passedHeaders, sendableHeaders } from './headers.ts';
import type { Answer, Turn } from './visit.ts';

/** @throws GatewayFailure */
function answerOf(answered: HttpAnswer): Answer {
  if (answered.kind === 'answered') {
    const { status, headers = {}, body = new Uint8Array(0) } = answered;
    return { status, headers, body };
  }
  if (answered.reason === 'timeout') {
    throw new GatewayFailure('INTEGRATION_TIMEOUT', 'Endpoint request timed out');
  }
  throw internalFailure();
}

/** Headers that every request of the gateway's has. */
function gatewayHeaders({ visit }: Turn): Readonly<Record<string, string>> {
  return {
    accept: 'application/json',
    'user-agent': `AmazonAPIGateway_${visit.apiId}`,
    'x-amzn-apigateway-api-id': visit.apiId,
    'x-amzn-trace-id': visit.traceHeader,
  };
}

/**
 * Asks a server by HTTP.
 * @throws GatewayFailure where none answers, or what is mapped cannot be sent
 */
export async function askHttp(
  { http }: ApiGatewayDependencies,
  turn: Turn,
  request: BackendRequest,
): Promise<Answer> {
  const { visit, integration } = turn;
  const url = URL.parse(request.uri);
  const isSendable = url !== null && /^https?:$/.test(url.protocol);
  // Recorded: what frames a message cannot be mapped.
  const framing = 'content-length' in request.headers || 'transfer-encoding' in request.headers;
  if (!isSendable || framing) throw internalFailure();
  for (const [name, value] of request.query) url.searchParams.append(name, value);
  const own = integration.type === 'HTTP_PROXY' ? passedHeaders(visit.head.headers) : {};
  const hasBody = request.body.byteLength > 0 || !['GET', 'HEAD'].includes(request.method);
  const type = visit.head.headers['content-type'] ?? 'application/json';
  const answered = await http.post(
    {
      url: url.toString(),
      method: request.method,
      headers: {
        ...gatewayHeaders(turn),
        ...(hasBody ? { 'content-type': type } : {}),
        ...own,
        ...cleanHeaders(sendableHeaders(request.headers)),
        ...(hasBody ? { 'content-length': String(request.body.byteLength) } : {}),
        host: url.host,
      },
      body: request.body,
      timeoutMs: integration.timeoutInMillis ?? INTEGRATION_TIMEOUT_MS_MAX,
      answerBytesMax: PAYLOAD_BYTES_MAX + 1,
    },
    visit.signal,
  );
  return answerOf(answered);
}

/** Services whose hosts are named otherwise than their signatures. */
const SIGNING_NAMES: Readonly<Record<string, string>> = {
  runtime: 'lambda',
  'states-express': 'states',
};

/**
 * Asks a service of AWS's with the integration's role: `arn:aws:apigateway:REGION:SERVICE:path/…` or `:action/…`.
 * @throws GatewayFailure
 */
export async function askService(
  { caller }: ApiGatewayDependencies,
  turn: Turn,
  request: BackendRequest,
): Promise<Answer> {
  const { visit, integration } = turn;
  const arn = parseArn(request.uri);
  const roleArn = integration.credentials;
  if (arn === undefined || roleArn === undefined) throw internalFailure();
  // An ARN's fifth part names the service, with a host of its own before a dot.
  const service = arn.accountId.split('.').at(-1) ?? '';
  const [kind = '', ...rest] = arn.resource.split('/');
  const query = new URLSearchParams(request.query);
  if (kind === 'action') query.set('Action', rest.join('/'));
  const path = kind === 'action' ? '/' : `/${rest.join('/')}`;
  const text = query.toString().replaceAll('+', '%20');
  const type =
    request.headers['content-type'] ?? visit.head.headers['content-type'] ?? 'application/json';
  const target = kind === 'action' ? actionTarget(service, rest.join('/')) : {};
  const signingName = SIGNING_NAMES[service] ?? service;
  try {
    const answered = await caller.call(
      {
        service: signingName,
        region: arn.region,
        roleArn,
        sourceArn: sourceArnOf(visit),
        sourceAccountId: visit.accountId,
        method: request.method,
        path: text === '' || 'x-amz-target' in target ? path : `${path}?${text}`,
        headers: {
          ...gatewayHeaders(turn),
          'content-type': type,
          ...target,
          ...cleanHeaders(sendableHeaders(request.headers)),
          host: `${signingName}.${arn.region}.amazonaws.com`,
        },
        body: request.body,
        timeoutMs: integration.timeoutInMillis ?? INTEGRATION_TIMEOUT_MS_MAX,
      },
      visit.signal,
    );
    return answerOf(answered);
  } catch (error) {
    if (error instanceof GatewayFailure || visit.signal.aborted) throw error;
    // No credentials of that role.
    throw internalFailure();
  }
}

/** Services of JSON, whose operations are told by a header. */
const TARGETS: Readonly<Record<string, readonly [prefix: string, version: string]>> = {
  dynamodb: ['DynamoDB_20120810', '1.0'],
  kinesis: ['Kinesis_20131202', '1.1'],
  events: ['AWSEvents', '1.1'],
  states: ['AWSStepFunctions', '1.0'],
  logs: ['Logs_20140328', '1.1'],
  ssm: ['AmazonSSM', '1.1'],
};

function actionTarget(service: string, action: string): Readonly<Record<string, string>> {
  const target = TARGETS[service];
  if (target === undefined) return {};
  const [prefix, version] = target;
  return {
    'x-amz-target': `${prefix}.${action}`,
    'content-type': `application/x-amz-json-${version}`,
  };
}
