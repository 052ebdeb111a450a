/** Bodies on their way: which template makes them, and whether they are bytes or text. */
import type { Integration } from '#aws/models/apigateway.types.gen.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { renderTemplate, TemplateError } from '#aws/templates/index.ts';
import { GatewayFailure, internalFailure } from './failure.ts';
import { scopeOf } from './template-scope.ts';
import type { Visit } from './visit.ts';

/** `application/json; charset=utf-8` without what follows the type. */
export function mediaTypeOf(contentType: string | undefined): string {
  return contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Whether a type is among those that an API takes for bytes. */
export function isBinary({ content }: Visit, contentType: string | undefined): boolean {
  const types = content.api.binaryMediaTypes ?? [];
  const type = mediaTypeOf(contentType?.split(',')[0]);
  if (types.includes('*/*')) return true;
  if (type === '') return false;
  return types.some(
    (one) => one === type || (one.endsWith('/*') && type.startsWith(one.slice(0, -1))),
  );
}

/**
 * The body that goes to a back end.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
 */
export function requestBody(
  visit: Visit,
  integration: Integration,
  context: Map<string, unknown>,
): Uint8Array {
  const { head } = visit;
  const converted = convertRequest(visit, integration.contentHandling);
  const template = requestTemplate(integration, head.headers['content-type']);
  if (template === undefined) return converted;
  return utf8(render(template, visit, context, converted));
}

function convertRequest(visit: Visit, handling: string | undefined): Uint8Array {
  const { head, body } = visit;
  const isBytes = isBinary(visit, head.headers['content-type']);
  if (handling === 'CONVERT_TO_TEXT' && isBytes) return toBase64(body);
  if (handling === 'CONVERT_TO_BINARY' && !isBytes) return fromBase64(body);
  return isBytes ? body : utf8(textOf(body));
}

function toBase64(body: Uint8Array): Uint8Array {
  return utf8(Buffer.from(body).toString('base64'));
}

/** @throws GatewayFailure where the text is no base64 */
function fromBase64(body: Uint8Array): Uint8Array {
  const text = textOf(body).trim();
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw internalFailure();
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

/**
 * The template for a type; `undefined` where the body passes as it is.
 * @throws GatewayFailure where it may not
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 */
function requestTemplate(
  { requestTemplates = {}, passthroughBehavior = 'WHEN_NO_MATCH' }: Integration,
  contentType = 'application/json',
): string | undefined {
  const type = mediaTypeOf(contentType);
  const key = Object.keys(requestTemplates).find((one) => mediaTypeOf(one) === type);
  const template = key === undefined ? requestTemplates['$default'] : requestTemplates[key];
  if (template !== undefined) return template;
  const hasNone = Object.keys(requestTemplates).length === 0;
  const passes =
    passthroughBehavior === 'WHEN_NO_MATCH' ||
    (passthroughBehavior === 'WHEN_NO_TEMPLATES' && hasNone);
  if (passes) return undefined;
  throw new GatewayFailure('UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type');
}

/** @throws GatewayFailure where a template cannot be rendered */
export function render(
  template: string,
  visit: Visit,
  context: Map<string, unknown>,
  body: Uint8Array,
): string {
  try {
    return renderTemplate(template, scopeOf(visit, context, body));
  } catch (error) {
    if (error instanceof TemplateError) throw internalFailure();
    throw error;
  }
}

/** A back end's body, as bytes or as text, as a response asks for it. */
export function convertResponse(
  visit: Visit,
  handling: string | undefined,
  answer: { readonly contentType: string | undefined; readonly body: Uint8Array },
): Uint8Array {
  const isBytes = isBinary(visit, answer.contentType);
  const wantsBytes = isBinary(visit, visit.head.headers['accept']);
  if (handling === 'CONVERT_TO_TEXT')
    return isBytes ? toBase64(answer.body) : utf8(textOf(answer.body));
  if (handling === 'CONVERT_TO_BINARY') return isBytes ? answer.body : fromBase64(answer.body);
  if (isBytes) return wantsBytes ? answer.body : toBase64(answer.body);
  return wantsBytes ? fromBase64(answer.body) : utf8(textOf(answer.body));
}
