/** Integrations: what may be, and AWS's defaults. Pure. */
import type {
  Api,
  CreateIntegrationRequest,
  Integration,
  UpdateIntegrationRequest,
} from '#aws/models/apigatewayv2.types.gen.ts';
import { badRequest } from './errors.ts';
import { functionArnOf } from './function-arn.ts';
import { TIMEOUT_MS_MAX } from './limits.ts';
import { checkRequestMapping, checkResponseMapping } from './mapping.ts';
import { isWebSocket } from './protocol.ts';
import { subtypeOf } from './service-subtypes.ts';
import { socketIntegrationOf } from './sockets/integration.ts';

/** Every setting of an integration, less whose it is. */
export type IntegrationSettings = Omit<CreateIntegrationRequest, 'ApiId'>;

/**
 * The integration that settings describe.
 * @throws AwsError BadRequestException
 */
export function integrationOf(
  api: Pick<Api, 'ProtocolType'>,
  settings: IntegrationSettings,
): Integration {
  if (isWebSocket(api)) return socketIntegrationOf(settings);
  checkIntegration(settings);
  const { IntegrationType, IntegrationSubtype } = settings;
  const isFunction = IntegrationType === 'AWS_PROXY' && IntegrationSubtype === undefined;
  return {
    ...settings,
    ConnectionType: settings.ConnectionType ?? 'INTERNET',
    ...(isFunction ? { IntegrationMethod: settings.IntegrationMethod ?? 'POST' } : {}),
    PayloadFormatVersion: settings.PayloadFormatVersion ?? '1.0',
    TimeoutInMillis: settings.TimeoutInMillis ?? TIMEOUT_MS_MAX,
  };
}

/**
 * The integration with what an update says; of maps what is given, and an empty text takes a parameter away.
 * @throws AwsError BadRequestException
 */
export function updatedIntegration(
  api: Pick<Api, 'ProtocolType'>,
  known: Integration,
  { ApiId: _api, IntegrationId: _id, ...changes }: UpdateIntegrationRequest,
): Integration {
  const { IntegrationType = '', ...rest } = { ...known, ...changes };
  const { RequestParameters, ResponseParameters } = changes;
  const merged = {
    ...rest,
    IntegrationType,
    ...(RequestParameters === undefined
      ? {}
      : { RequestParameters: mergedTexts(known.RequestParameters, RequestParameters) }),
    ...(ResponseParameters === undefined
      ? {}
      : { ResponseParameters: mergedMaps(known.ResponseParameters, ResponseParameters) }),
  };
  if (isWebSocket(api)) return socketIntegrationOf(merged);
  checkIntegration(merged);
  return merged;
}

/** What is known with what is given; empty texts take away. */
export function mergedTexts(
  known: Readonly<Record<string, string>> = {},
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...known, ...given }).filter(([, value]) => value !== ''),
  );
}

function mergedMaps(
  known: Integration['ResponseParameters'] = {},
  given: NonNullable<Integration['ResponseParameters']>,
) {
  const entries = Object.entries(given).map(([status, values]) => {
    const isEmpty = Object.keys(values).length === 0;
    return [status, isEmpty ? {} : mergedTexts(known[status], values)] as const;
  });
  const all = { ...known, ...Object.fromEntries(entries) };
  return Object.fromEntries(
    Object.entries(all).filter(([, values]) => Object.keys(values).length > 0),
  );
}

function checkIntegration(settings: IntegrationSettings): void {
  const { IntegrationType, IntegrationSubtype, ConnectionType, PayloadFormatVersion } = settings;
  if (ConnectionType === 'VPC_LINK' && settings.ConnectionId === undefined) {
    throw badRequest('ConnectionId must be set for ConnectionType VPC_LINK');
  }
  if (PayloadFormatVersion !== undefined && !/^[12]\.0$/.test(PayloadFormatVersion)) {
    throw badRequest('Invalid PayloadFormatVersion specified. Must be 1.0 or 2.0');
  }
  if (IntegrationType === 'HTTP_PROXY') checkHttp(settings);
  else if (IntegrationType !== 'AWS_PROXY') {
    throw badRequest(`Integration type ${IntegrationType} is not supported for HTTP APIs`);
  } else if (IntegrationSubtype === undefined) checkFunction(settings);
  else checkService(settings, IntegrationSubtype);
  checkRequestMapping(settings.RequestParameters ?? {}, IntegrationSubtype !== undefined);
  checkResponseMapping(settings.ResponseParameters ?? {});
}

function checkHttp(settings: IntegrationSettings): void {
  const { IntegrationUri: uri, IntegrationMethod: method, PayloadFormatVersion } = settings;
  if (method === undefined) {
    throw badRequest('IntegrationMethod is a required parameter for integration type HTTP_PROXY');
  }
  if (PayloadFormatVersion === '2.0') {
    throw badRequest('PayloadFormatVersion 2.0 is not supported for integration type HTTP_PROXY');
  }
  const isOutside = settings.ConnectionType !== 'VPC_LINK';
  if (uri === undefined || (isOutside && !/^https?:\/\/[^/\s]+/i.test(uri))) {
    throw badRequest('Invalid HTTP endpoint specified for URI');
  }
}

function checkFunction({ IntegrationUri: uri, PayloadFormatVersion }: IntegrationSettings): void {
  if (PayloadFormatVersion === undefined) {
    throw badRequest('PayloadFormatVersion is a required parameter for integration type AWS_PROXY');
  }
  if (uri === undefined || functionArnOf(uri) === undefined) {
    throw badRequest('Invalid IntegrationUri specified: it is no ARN of a function');
  }
}

function checkService(settings: IntegrationSettings, name: string): void {
  const subtype = subtypeOf(name);
  if (subtype === undefined) throw badRequest(`Integration subtype ${name} is not supported`);
  if (settings.CredentialsArn === undefined) {
    throw badRequest(`CredentialsArn must be set for integration subtype ${name}`);
  }
  const parameters = Object.keys(settings.RequestParameters ?? {});
  const missing = subtype.required.filter((one) => !parameters.includes(one));
  if (missing.length > 0) {
    throw badRequest(`Parameters ${missing.join(', ')} are required for subtype ${name}`);
  }
  const known = [...subtype.required, ...subtype.optional];
  const unknown = parameters.find((one) => !known.includes(one));
  if (unknown !== undefined) throw badRequest(`Parameter ${unknown} is unknown to subtype ${name}`);
}
