/** What selection expressions and mappings of WebSocket APIs say of a turn. Pure. */
import { textOfValue, valueIn } from '../serve/json-value.ts';
import { contextOf } from './context.ts';
import type { Turn } from './turn.ts';

/** Where expressions look beside the turn. */
export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/**
 * The text that a selection expression gives: `$request.body.action`, `${request.body.kind}/x`, `$default`;
 * `undefined` where something that it names is not there.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
 */
export function selected(expression: string, turn: Turn, body: unknown): string | undefined {
  if (expression === '$default') return expression;
  let isWhole = true;
  const text = expression
    .replaceAll('\\$', '$')
    .replaceAll(/\$\{([^}]+)\}|\$([A-Za-z][\w.[\]-]*)/g, (_, braced?: string, bare?: string) => {
      const value = valueOf(braced ?? bare ?? '', turn, body);
      isWhole &&= value !== undefined;
      return value ?? '';
    });
  return isWhole ? text : undefined;
}

/** The value of a mapping: `route.request.body.x`, `context.connectionId`, `'text'`. */
export function mappedValue(source: string, turn: Turn, body: unknown): string | undefined {
  const literal = /^'(.*)'$/.exec(source)?.[1];
  return literal ?? valueOf(source.replace(/^route\./, ''), turn, body);
}

function valueOf(expression: string, turn: Turn, body: unknown): string | undefined {
  const [root = '', ...names] = expression.split('.');
  if (root === 'context') return textAt(contextOf(turn), names);
  if (root === 'stageVariables') return turn.stage.StageVariables?.[names.join('.')];
  if (root !== 'request') return undefined;
  const [place, ...inner] = names;
  if (place === 'body') return textAt(body, inner);
  const { happening } = turn;
  if (happening.eventType !== 'CONNECT') return undefined;
  const name = inner.join('.');
  const { headers, query } = happening.head;
  if (place === 'header') return headers[name.toLowerCase()];
  return place === 'querystring' ? (query.get(name) ?? undefined) : undefined;
}

function textAt(value: unknown, names: readonly string[]): string | undefined {
  const found = valueIn(value, names);
  return found === undefined || found === null ? undefined : textOfValue(found);
}
