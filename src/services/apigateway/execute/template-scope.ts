/** What templates see: `$context`, `$input`, `$stageVariables`, `$util`. */
import { textOf } from '#kernel/bytes.ts';
import { inputOf, utilities, type Scope } from '#aws/templates/index.ts';
import { contextOf, type Arrival, type Caller, type Visit } from './visit.ts';

/** `$context`, in which templates may set overrides: one for the whole of a request's way. */
export function contextMap(arrival: Arrival, caller: Caller): Map<string, unknown> {
  const context = deepMap(contextOf(arrival, caller));
  context.set('isCanaryRequest', arrival.isCanary);
  context.set(
    'requestOverride',
    new Map<string, unknown>(['header', 'path', 'querystring'].map((name) => [name, new Map()])),
  );
  context.set('responseOverride', new Map<string, unknown>([['header', new Map()]]));
  return context;
}

function deepMap(node: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const entries = Object.entries(node).map(([key, value]): [string, unknown] => [
    key,
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? deepMap(value as Readonly<Record<string, unknown>>)
      : value,
  ]);
  return new Map(entries);
}

/** The scope of a template that makes a request or a response of a body. */
export function scopeOf(visit: Visit, context: Map<string, unknown>, body: Uint8Array): Scope {
  const { head, pathParameters, stageVariables } = visit;
  const input = inputOf({
    body: textOf(body),
    path: pathParameters,
    querystring: Object.fromEntries(head.query),
    header: head.headers,
  });
  return new Map<string, unknown>([
    ['context', context],
    ['input', input],
    ['stageVariables', new Map(Object.entries(stageVariables))],
    ['util', utilities],
  ]);
}
