/** Integrations of WebSocket APIs: what may be, and AWS's defaults. Pure. */
import type { CreateIntegrationRequest, Integration } from '#aws/models/apigatewayv2.types.gen.ts';
import { badRequest } from '../errors.ts';
import { functionArnOf } from '../function-arn.ts';
import { SOCKET_TIMEOUT_MS_MAX, TIMEOUT_MS_MIN } from '../limits.ts';

type Settings = Omit<CreateIntegrationRequest, 'ApiId'>;

/** What decides which integration response is taken. */
const SELECTIONS: Readonly<Record<string, string>> = {
  AWS: '${integration.response.body.errorMessage}',
  AWS_PROXY: '${integration.response.body.errorMessage}',
  HTTP: '${integration.response.statuscode}',
  HTTP_PROXY: '${integration.response.statuscode}',
  MOCK: '${integration.response.statuscode}',
};

/**
 * The integration that settings describe.
 * @throws AwsError BadRequestException
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integrations.html
 */
export function socketIntegrationOf(settings: Settings): Integration {
  const { IntegrationType: type } = settings;
  const selection = SELECTIONS[type];
  if (selection === undefined) throw badRequest(`Invalid integration type specified: ${type}`);
  checkSettings(settings);
  const isFunction = type === 'AWS' || type === 'AWS_PROXY';
  if (isFunction) checkFunction(settings);
  else if (type !== 'MOCK') checkServer(settings);
  return {
    ...settings,
    ConnectionType: 'INTERNET',
    ...(isFunction ? { IntegrationMethod: settings.IntegrationMethod ?? 'POST' } : {}),
    IntegrationResponseSelectionExpression: selection,
    PassthroughBehavior: settings.PassthroughBehavior ?? 'WHEN_NO_MATCH',
    PayloadFormatVersion: '1.0',
    TimeoutInMillis: settings.TimeoutInMillis ?? SOCKET_TIMEOUT_MS_MAX,
  };
}

function checkSettings(settings: Settings): void {
  const {
    ConnectionType = 'INTERNET',
    PayloadFormatVersion = '1.0',
    IntegrationSubtype,
  } = settings;
  if (ConnectionType !== 'INTERNET') {
    throw badRequest(`ConnectionType ${ConnectionType} is not supported for WebSocket APIs`);
  }
  if (PayloadFormatVersion !== '1.0') {
    throw badRequest('PayloadFormatVersion must be 1.0 for WebSocket APIs');
  }
  if (IntegrationSubtype !== undefined) {
    throw badRequest('IntegrationSubtype is not supported for WebSocket APIs');
  }
  const { TimeoutInMillis: timeoutMs = SOCKET_TIMEOUT_MS_MAX } = settings;
  if (timeoutMs < TIMEOUT_MS_MIN || timeoutMs > SOCKET_TIMEOUT_MS_MAX) {
    throw badRequest(
      `TimeoutInMillis must be between ${TIMEOUT_MS_MIN} and ${SOCKET_TIMEOUT_MS_MAX}`,
    );
  }
  for (const [target, source] of Object.entries(settings.RequestParameters ?? {})) {
    if (TARGET.test(target) && SOURCE.test(source)) continue;
    throw badRequest(`Invalid mapping expression specified: ${target}: ${source}`);
  }
}

const TARGET = /^integration\.request\.(?:header|querystring|path)\.\S+$/;
const SOURCE =
  /^(?:route\.request\.(?:header|querystring|body)(?:\.\S+)?|context\.[\w.]+|stageVariables\.\w+|'[^']*')$/;

function checkFunction({ IntegrationUri: uri = '' }: Settings): void {
  if (functionArnOf(uri) !== undefined) return;
  throw badRequest('Invalid IntegrationUri specified: it is no ARN of a function');
}

function checkServer({ IntegrationMethod: method, IntegrationUri: uri, ...rest }: Settings): void {
  if (method === undefined) {
    const { IntegrationType } = rest;
    throw badRequest(
      `IntegrationMethod is a required parameter for integration type ${IntegrationType}`,
    );
  }
  if (uri === undefined || !/^https?:\/\/[^/\s]+/i.test(uri)) {
    throw badRequest('Invalid HTTP endpoint specified for URI');
  }
}
