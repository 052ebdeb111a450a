/** What sets WebSocket APIs apart from HTTP APIs. Pure. */
import type {
  Api,
  CreateApiRequest,
  UpdateApiRequest,
} from '#aws/models/apigatewayv2.types.gen.ts';
import { badRequest } from './errors.ts';

/** True for an API of WebSockets, false for one of HTTP. */
export function isWebSocket({ ProtocolType }: Pick<Api, 'ProtocolType'>): boolean {
  return ProtocolType === 'WEBSOCKET';
}

const HTTP_SELECTION = '$request.method $request.path';
/** `$request.body.action`, `${request.body.service}/${request.body.action}`. */
const EXPRESSION = /^(?:[^$]|\$\{[^{}$]+\}|\$[A-Za-z])+$/;
const SELECTION_LENGTH_MAX = 1024;

/**
 * Whether an API of a protocol may have settings.
 * @throws AwsError BadRequestException
 */
export function checkProtocolSettings(
  api: Pick<Api, 'ProtocolType'>,
  settings: Partial<CreateApiRequest> & Partial<UpdateApiRequest>,
): void {
  const { RouteSelectionExpression: selection } = settings;
  if (!isWebSocket(api)) {
    const isKnown = selection?.replaceAll(/\$\{(.*?)\}/g, '$$$1') === HTTP_SELECTION;
    if (selection === undefined || isKnown) return;
    throw badRequest(
      'RouteSelectionExpression must be ${request.method} ${request.path} for HTTP APIs.',
    );
  }
  if (selection !== undefined && !isExpression(selection)) {
    throw badRequest(`Invalid route selection expression specified: ${selection}`);
  }
  const { CorsConfiguration, Target, RouteKey, CredentialsArn } = settings;
  for (const [name, value] of Object.entries({
    CorsConfiguration,
    Target,
    RouteKey,
    CredentialsArn,
  })) {
    if (value !== undefined) throw badRequest(`${name} is not supported for WebSocket APIs`);
  }
}

function isExpression(text: string): boolean {
  return text.length <= SELECTION_LENGTH_MAX && text.includes('$') && EXPRESSION.test(text);
}

/** @throws AwsError BadRequestException where a WebSocket API has none */
export function selectionOf({
  ProtocolType,
  RouteSelectionExpression,
}: Pick<CreateApiRequest, 'ProtocolType' | 'RouteSelectionExpression'>): string {
  if (!isWebSocket({ ProtocolType })) return HTTP_SELECTION;
  if (RouteSelectionExpression !== undefined) return RouteSelectionExpression;
  throw badRequest('RouteSelectionExpression is a required parameter for WebSocket APIs');
}
