/** A back end's answer becomes the response that the integration's responses describe. */
import type { Integration, IntegrationResponse } from '#aws/models/apigateway.types.gen.ts';
import type { WireResponse } from '#aws/wire.ts';
import { utf8 } from '#kernel/bytes.ts';
import { compilePattern } from '#aws/patterns.ts';
import { internalFailure } from './failure.ts';
import { answeredHeaders } from './headers.ts';
import { mapped } from './mapping.ts';
import { convertResponse, mediaTypeOf, render } from './payload.ts';
import type { Answer, Visit } from './visit.ts';

/** No message is compared beyond this: patterns are the user's. */
const SELECTOR_CHARACTERS_MAX = 4096;

export interface Answered {
  readonly visit: Visit;
  readonly integration: Integration;
  readonly context: Map<string, unknown>;
  readonly answer: Answer;
  /** A status, or a failed function's message: what patterns are compared with. */
  readonly selector: string;
}

/**
 * The response.
 * @throws GatewayFailure where none of the responses is for the answer
 */
export function respond(answered: Answered): WireResponse {
  const { visit, integration, context, answer } = answered;
  const response = selected(integration, answered.selector);
  const contentType = answer.headers['content-type'];
  const body = convertResponse(visit, response.contentHandling, { contentType, body: answer.body });
  const [type, template] = templateOf(visit, response);
  const rendered = template === undefined ? body : utf8(render(template, visit, context, body));
  const headers: Record<string, string> = { 'content-type': type };
  for (const [target, source] of Object.entries(response.responseParameters ?? {})) {
    const name = /^method\.response\.(?:header|multivalueheader)\.(.+)$/.exec(target)?.[1];
    const value = mapped(source, { visit, context, answer });
    if (name !== undefined && value !== undefined) headers[name.toLowerCase()] = value;
  }
  const override = context.get('responseOverride');
  const overrides =
    override instanceof Map ? (override as ReadonlyMap<string, unknown>) : new Map();
  const extra: unknown = overrides.get('header');
  if (extra instanceof Map) {
    for (const [name, value] of extra as ReadonlyMap<string, unknown>) {
      headers[name.toLowerCase()] = String(value);
    }
  }
  const status = Number(overrides.get('status') ?? response.statusCode ?? 200);
  const shown = isSendable(status) ? status : 500;
  return { status: shown, headers: answeredHeaders(headers), body: rendered };
}

function isSendable(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 599;
}

/** The response whose pattern the selector matches as a whole; else the one without a pattern. */
function selected(
  { integrationResponses = {} }: Integration,
  selector: string,
): IntegrationResponse {
  const responses = Object.values(integrationResponses);
  const subject = selector.slice(0, SELECTOR_CHARACTERS_MAX);
  const matching = responses.find(
    ({ selectionPattern = '' }) =>
      selectionPattern !== '' &&
      subject !== '' &&
      compilePattern(selectionPattern)?.matches(subject) === true,
  );
  const found = matching ?? responses.find(({ selectionPattern = '' }) => selectionPattern === '');
  if (found === undefined) throw internalFailure();
  return found;
}

/** By what the client accepts; else JSON's; else the first. A type without a template passes the body. */
function templateOf(
  { head }: Visit,
  { responseTemplates = {} }: IntegrationResponse,
): readonly [type: string, template: string | undefined] {
  const types = Object.keys(responseTemplates);
  const accepted = (head.headers['accept'] ?? '').split(',').map(mediaTypeOf);
  const found =
    accepted
      .map((one) => types.find((type) => mediaTypeOf(type) === one))
      .find((one) => one !== undefined) ??
    types.find((type) => mediaTypeOf(type) === 'application/json') ??
    types[0];
  const template = found === undefined ? undefined : responseTemplates[found];
  return [found ?? 'application/json', template === '' || template === null ? undefined : template];
}
