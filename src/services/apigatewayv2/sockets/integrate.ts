/** What stands behind a route of a WebSocket API: it is asked, and what it says is made the client's answer. */
import { withDeadline } from '#aws/execute-api/index.ts';
import type { Integration } from '#aws/models/apigatewayv2.types.gen.ts';
import { TemplateError } from '#aws/templates/index.ts';
import { AwsError } from '#aws/errors.ts';
import { collectBytes, textOf, utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { PAYLOAD_BYTES_MAX, SOCKET_TIMEOUT_MS_MAX } from '../limits.ts';
import { callFunction } from '../serve/call-function.ts';
import { askSocketServer } from './ask-server.ts';
import { socketEvent } from './event.ts';
import type { Outcome, Reply } from './outcome.ts';
import { answerOf, payloadFor } from './transform.ts';
import { bodyOf, socketRouteArn, type Turn } from './turn.ts';

const BROKEN: Outcome = { kind: 'failed', status: 502, message: 'Internal server error' };
const LATE: Outcome = { kind: 'failed', status: 504, message: 'Endpoint request timed out' };

/** Asks once, and never longer than the integration's timeout. */
export async function integrate(
  dependencies: Apigatewayv2Dependencies,
  turn: Turn,
  integration: Integration,
): Promise<Outcome> {
  const { TimeoutInMillis: timeoutMs = SOCKET_TIMEOUT_MS_MAX } = integration;
  try {
    const work = ask(dependencies, turn, integration);
    const outcome = await withDeadline(dependencies.clock, timeoutMs, work);
    return outcome === 'late' ? LATE : outcome;
  } catch (error) {
    if (error instanceof AwsError || error instanceof TemplateError) return BROKEN;
    throw error;
  }
}

async function ask(
  dependencies: Apigatewayv2Dependencies,
  turn: Turn,
  integration: Integration,
): Promise<Outcome> {
  const { IntegrationType: type } = integration;
  if (type === 'AWS_PROXY') return askProxy(dependencies, turn, integration);
  const payload = type === 'HTTP_PROXY' ? bodyOf(turn) : payloadFor(turn, integration);
  if (payload === undefined) return BROKEN;
  const reply =
    type === 'MOCK'
      ? mockReply(payload)
      : await askBackEnd(dependencies, turn, integration, payload);
  if (reply === undefined) return BROKEN;
  if (type !== 'HTTP_PROXY') return answerOf(turn, integration, reply) ?? BROKEN;
  return { kind: 'answered', status: reply.status, payload: reply.payload, headers: {} };
}

function askBackEnd(
  dependencies: Apigatewayv2Dependencies,
  turn: Turn,
  integration: Integration,
  payload: string,
): Promise<Reply | undefined> {
  return integration.IntegrationType === 'AWS'
    ? askFunction(dependencies, turn, integration, utf8(payload))
    : askSocketServer(dependencies, turn, integration, payload);
}

async function askProxy(
  dependencies: Apigatewayv2Dependencies,
  turn: Turn,
  integration: Integration,
): Promise<Outcome> {
  const reply = await askFunction(dependencies, turn, integration, socketEvent(turn));
  const returned = reply?.status === 200 ? parseJson(reply.payload) : undefined;
  if (!isObject(returned)) return BROKEN;
  const status = Number(returned['statusCode']);
  const { body = '', headers = {} } = returned;
  if (!Number.isInteger(status) || status < 100 || status > 599) return BROKEN;
  if (body !== null && typeof body !== 'string') return BROKEN;
  const isBase64 = returned['isBase64Encoded'] === true;
  const payload = isBase64 ? Buffer.from(body ?? '', 'base64').toString() : (body ?? '');
  return { kind: 'answered', status, payload, headers: textsOf(headers) };
}

/** Headers by lower-case names. */
function textsOf(headers: unknown): Record<string, string> {
  const entries = Object.entries(isObject(headers) ? headers : {});
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** What the function returned; 500 with its message where it failed. */
async function askFunction(
  dependencies: Apigatewayv2Dependencies,
  turn: Turn,
  { IntegrationUri: uri = '', CredentialsArn: roleArn }: Integration,
  payload: Uint8Array,
): Promise<Reply | undefined> {
  const sourceArn = socketRouteArn(turn);
  const target = { uri, sourceArn, ...(roleArn === undefined ? {} : { roleArn }) };
  const outcome = await callFunction(dependencies, turn, target, payload);
  if (outcome?.kind === 'returned') {
    const bytes = await collectBytes(outcome.payload, PAYLOAD_BYTES_MAX);
    return { status: 200, payload: textOf(bytes) };
  }
  if (outcome?.kind !== 'failed') return undefined;
  const text = textOf(outcome.payload);
  const error = parseJson(text);
  const message = isObject(error) ? error['errorMessage'] : undefined;
  const errorMessage = typeof message === 'string' ? message : '';
  return { status: 500, payload: text, errorMessage };
}

/** A mock says the status that its request template makes. */
function mockReply(payload: string): Reply | undefined {
  const made = payload === '' ? { statusCode: 200 } : parseJson(payload);
  const status = isObject(made) ? Number(made['statusCode']) : NaN;
  return Number.isInteger(status) ? { status, payload: '' } : undefined;
}
