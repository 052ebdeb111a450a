/** Templates of integrations that are no proxies: of what is sent, and of what is answered. */
import type { Integration, IntegrationResponse } from '#aws/models/apigatewayv2.types.gen.ts';
import { compilePattern } from '#aws/patterns.ts';
import { inputOf, renderTemplate, utilities, type Scope } from '#aws/templates/index.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { contextOf } from './context.ts';
import { selected } from './expressions.ts';
import type { Outcome, Reply } from './outcome.ts';
import { RESPONSE_KEY } from './keys.ts';
import { bodyOf, type Turn } from './turn.ts';

type Templates = Readonly<Record<string, string>>;

/** No message is compared beyond this: patterns are the user's. */
const SELECTOR_CHARACTERS_MAX = 4096;

/**
 * What is sent to a back end; `undefined` where nothing may pass as it is.
 * @throws TemplateError
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html
 */
export function payloadFor(turn: Turn, integration: Integration): string | undefined {
  const { RequestTemplates: templates = {}, PassthroughBehavior: passes } = integration;
  const body = bodyOf(turn);
  const template = templateOf(templates, integration, turn, body);
  if (template !== undefined) return renderTemplate(template, scopeOf(turn, body));
  // A mock has no back end to which anything could pass.
  if (integration.IntegrationType === 'MOCK') return '';
  const hasNone = Object.keys(templates).length === 0;
  const isPassed = passes === 'WHEN_NO_MATCH' || (passes === 'WHEN_NO_TEMPLATES' && hasNone);
  return isPassed ? body : undefined;
}

/**
 * The answer of a back end as the integration's responses make it; `undefined` where none of them is for it.
 * @throws TemplateError
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
 */
export function answerOf(
  turn: Turn,
  { IntegrationId: id, IntegrationType: type }: Integration,
  { status, payload, errorMessage }: Reply,
): Outcome | undefined {
  const responses = (turn.snapshot.sockets?.integrationResponses ?? [])
    .filter(({ parentId }) => parentId === id)
    .map(({ response }) => response);
  const isFunction = type === 'AWS';
  const selector = isFunction ? (errorMessage ?? '') : String(status);
  const response = chosen(responses, selector);
  if (response === undefined) {
    // Nobody has said what is answered: a mock's status alone, or what a back end said where it did not fail.
    return errorMessage === undefined
      ? { kind: 'answered', status, payload, headers: {} }
      : undefined;
  }
  const { ResponseTemplates: templates = {} } = response;
  const template = templateOf(templates, response, turn, payload);
  const made = template === undefined ? payload : renderTemplate(template, scopeOf(turn, payload));
  return { kind: 'answered', status, payload: made, headers: {} };
}

function chosen(
  responses: readonly IntegrationResponse[],
  selector: string,
): IntegrationResponse | undefined {
  const subject = selector.slice(0, SELECTOR_CHARACTERS_MAX);
  const matching = responses.find(({ IntegrationResponseKey: key }) => {
    const source = /^\/(.+)\/$/.exec(key)?.[1];
    return (
      source !== undefined && subject !== '' && compilePattern(source)?.matches(subject) === true
    );
  });
  return matching ?? responses.find(({ IntegrationResponseKey: key }) => key === RESPONSE_KEY);
}

/** By the selection expression's value, else `$default`, else JSON's as REST APIs have it. */
function templateOf(
  templates: Templates,
  {
    TemplateSelectionExpression: expression = RESPONSE_KEY,
  }: Pick<Integration, 'TemplateSelectionExpression'>,
  turn: Turn,
  body: string,
): string | undefined {
  const key = selected(expression, turn, parseJson(body));
  const named = key === undefined ? undefined : templates[key];
  return named ?? templates[RESPONSE_KEY] ?? templates['application/json'];
}

function scopeOf(turn: Turn, body: string): Scope {
  const { happening, stage } = turn;
  const head = happening.eventType === 'CONNECT' ? happening.head : undefined;
  const input = inputOf({
    body,
    path: {},
    querystring: Object.fromEntries(head?.query ?? []),
    header: head?.headers ?? {},
  });
  return new Map<string, unknown>([
    ['context', deepMap(contextOf(turn))],
    ['input', input],
    ['stageVariables', new Map(Object.entries(stage.StageVariables ?? {}))],
    ['util', utilities],
  ]);
}

function deepMap(node: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const entries = Object.entries(node).map(([key, value]): [string, unknown] => [
    key,
    isObject(value) ? deepMap(value) : value,
  ]);
  return new Map(entries);
}
