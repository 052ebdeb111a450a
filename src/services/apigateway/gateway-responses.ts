/** What a gateway answers by itself, type by type, and what was set in its place. */
import type { GatewayResponse } from '#aws/models/apigateway.types.gen.ts';
import type { ById } from './model.ts';

const TEMPLATE = '{"message":$context.error.messageString}';

/** The status of each type, in the order of their names; the two defaults have none of their own. */
const STATUSES = {
  ACCESS_DENIED: '403',
  API_CONFIGURATION_ERROR: '500',
  AUTHORIZER_CONFIGURATION_ERROR: '500',
  AUTHORIZER_FAILURE: '500',
  BAD_REQUEST_BODY: '400',
  BAD_REQUEST_PARAMETERS: '400',
  DEFAULT_4XX: undefined,
  DEFAULT_5XX: undefined,
  EXPIRED_TOKEN: '403',
  INTEGRATION_FAILURE: '504',
  INTEGRATION_TIMEOUT: '504',
  INVALID_API_KEY: '403',
  INVALID_SIGNATURE: '403',
  MISSING_AUTHENTICATION_TOKEN: '403',
  QUOTA_EXCEEDED: '429',
  REQUEST_TOO_LARGE: '413',
  RESOURCE_NOT_FOUND: '404',
  THROTTLED: '429',
  UNAUTHORIZED: '401',
  UNSUPPORTED_MEDIA_TYPE: '415',
  WAF_FILTERED: '403',
} as const;

export type GatewayResponseType = keyof typeof STATUSES;

/** All types, sorted. */
export const RESPONSE_TYPES = Object.keys(STATUSES) as readonly GatewayResponseType[];

/** True for the name of a type. */
export function isResponseType(name: string): name is GatewayResponseType {
  return Object.hasOwn(STATUSES, name);
}

/** A response as AWS has it where nobody set another. */
export function defaultResponse(type: GatewayResponseType): GatewayResponse {
  const statusCode = STATUSES[type];
  return {
    responseType: type,
    ...(statusCode === undefined ? {} : { statusCode }),
    responseParameters: {},
    responseTemplates: { 'application/json': TEMPLATE },
    defaultResponse: true,
  };
}

/** What an API answers by a type: its own, else what was set for all of its kind, else AWS's. */
export function responseOf(set: ById<GatewayResponse>, type: GatewayResponseType): GatewayResponse {
  const own = set[type];
  const plain = defaultResponse(type);
  if (own !== undefined) return own;
  const isServer = plain.statusCode?.startsWith('5') === true;
  const general = set[isServer ? 'DEFAULT_5XX' : 'DEFAULT_4XX'];
  if (general === undefined || type.startsWith('DEFAULT')) return plain;
  const statusCode = general.statusCode ?? plain.statusCode;
  return {
    ...general,
    responseType: type,
    ...(statusCode === undefined ? {} : { statusCode }),
    defaultResponse: true,
  };
}

/** A response as it was set, with AWS's in place of what was left out. */
export function setResponse(
  type: GatewayResponseType,
  { statusCode, responseParameters = {}, responseTemplates }: GatewayResponse,
): GatewayResponse {
  const plain = defaultResponse(type);
  const status = statusCode ?? plain.statusCode;
  const isEmpty = responseTemplates === undefined || Object.keys(responseTemplates).length === 0;
  return {
    responseType: type,
    ...(status === undefined ? {} : { statusCode: status }),
    responseParameters,
    responseTemplates: isEmpty ? { 'application/json': TEMPLATE } : responseTemplates,
    defaultResponse: false,
  };
}
