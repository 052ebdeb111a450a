/** What the gateway answers by itself, in the API's own words where it has some. */
import { cleanHeaders } from '#aws/proxy/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import { utf8 } from '#kernel/bytes.ts';
import { responseOf, type GatewayResponseType } from '../gateway-responses.ts';
import { renderTemplate, TemplateError } from '#aws/templates/index.ts';
import { mapped } from './mapping.ts';
import { contextMap } from './template-scope.ts';
import type { Arrival, Caller } from './visit.ts';

/** Ends a request's way before its back end, or where that failed. */
export class GatewayFailure extends Error {
  override readonly name = 'GatewayFailure';
  readonly type: GatewayResponseType;
  /** `null` is said as such. */
  readonly text: string | null;
  readonly status: number | undefined;
  /** What a request's body breaks. */
  readonly validationError: string | undefined;

  constructor(
    type: GatewayResponseType,
    text: string | null,
    more: { readonly status?: number; readonly validationError?: string } = {},
  ) {
    super(text ?? type);
    this.type = type;
    this.text = text;
    this.status = more.status;
    this.validationError = more.validationError;
  }
}

/** What a caller is told of a fault that is not his. */
export function internalFailure(
  type: GatewayResponseType = 'API_CONFIGURATION_ERROR',
  status = 500,
): GatewayFailure {
  return new GatewayFailure(type, 'Internal server error', { status });
}

const ERROR_TYPES: Readonly<Record<GatewayResponseType, string>> = {
  ACCESS_DENIED: 'AccessDeniedException',
  API_CONFIGURATION_ERROR: 'InternalServerErrorException',
  AUTHORIZER_CONFIGURATION_ERROR: 'AuthorizerConfigurationException',
  AUTHORIZER_FAILURE: 'AuthorizerConfigurationException',
  BAD_REQUEST_BODY: 'BadRequestException',
  BAD_REQUEST_PARAMETERS: 'BadRequestException',
  DEFAULT_4XX: 'BadRequestException',
  DEFAULT_5XX: 'InternalServerErrorException',
  EXPIRED_TOKEN: 'ExpiredTokenException',
  INTEGRATION_FAILURE: 'InternalServerErrorException',
  INTEGRATION_TIMEOUT: 'InternalServerErrorException',
  INVALID_API_KEY: 'ForbiddenException',
  INVALID_SIGNATURE: 'InvalidSignatureException',
  MISSING_AUTHENTICATION_TOKEN: 'MissingAuthenticationTokenException',
  QUOTA_EXCEEDED: 'LimitExceededException',
  REQUEST_TOO_LARGE: 'RequestTooLargeException',
  RESOURCE_NOT_FOUND: 'NotFoundException',
  THROTTLED: 'TooManyRequestsException',
  UNAUTHORIZED: 'UnauthorizedException',
  UNSUPPORTED_MEDIA_TYPE: 'BadRequestException',
  WAF_FILTERED: 'ForbiddenException',
};

/** The answer to a request that failed. */
export function failureResponse(
  arrival: Arrival,
  caller: Caller,
  failure: GatewayFailure,
): WireResponse {
  const { type, text } = failure;
  const set = responseOf(arrival.content.gatewayResponses, type);
  const hasOwn =
    arrival.content.gatewayResponses[type] !== undefined || set.defaultResponse !== true;
  const status = hasOwn
    ? Number(set.statusCode ?? failure.status ?? 500)
    : (failure.status ?? Number(set.statusCode ?? 500));
  const [mediaType, template] = templateFor(arrival, set.responseTemplates ?? {});
  const headers: Record<string, string> = {
    'content-type': mediaType,
    'x-amzn-errortype': ERROR_TYPES[type],
  };
  const context = contextMap(arrival, caller);
  for (const [target, source] of Object.entries(set.responseParameters ?? {})) {
    const value = mapped(source, { visit: arrival, context });
    const name = /^gatewayresponse\.header\.(.+)$/.exec(target)?.[1];
    if (name !== undefined && value !== undefined) headers[name.toLowerCase()] = value;
  }
  // Recorded of authorizers that refuse: with a capital letter, where nobody set another.
  const isCapital = type === 'ACCESS_DENIED' && set.defaultResponse === true;
  const body = isCapital
    ? JSON.stringify({ Message: text })
    : rendered(template, { failure, context, arrival });
  return { status, headers: cleanHeaders(headers), body: utf8(body) };
}

/** By what the client accepts; else the first. */
function templateFor(
  { head }: Arrival,
  templates: Readonly<Record<string, string>>,
): readonly [string, string] {
  const accepted = (head.headers['accept'] ?? '')
    .split(',')
    .map((one) => one.split(';')[0]?.trim() ?? '');
  const found = accepted.find((type) => Object.hasOwn(templates, type));
  const type =
    found ??
    (Object.hasOwn(templates, 'application/json') ? 'application/json' : Object.keys(templates)[0]);
  return [type ?? 'application/json', templates[type ?? ''] ?? ''];
}

interface Rendering {
  readonly failure: GatewayFailure;
  readonly context: Map<string, unknown>;
  readonly arrival: Arrival;
}

function rendered(template: string, { failure, context, arrival }: Rendering): string {
  const { text, type, validationError } = failure;
  context.set(
    'error',
    new Map<string, unknown>([
      ['message', text ?? 'null'],
      ['messageString', JSON.stringify(text)],
      ['responseType', type],
      ['validationErrorString', validationError ?? ''],
    ]),
  );
  const scope = new Map<string, unknown>([
    ['context', context],
    ['stageVariables', new Map(Object.entries(arrival.stageVariables))],
  ]);
  try {
    return renderTemplate(template, scope);
  } catch (error) {
    if (error instanceof TemplateError) return JSON.stringify({ message: text });
    throw error;
  }
}
