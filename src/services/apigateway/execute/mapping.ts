/**
 * Parameter mappings: where the value of a header, a query parameter or a part of a path comes from.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
 */
import { textOf } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import { TemplateError, valueAt } from '#aws/templates/index.ts';
import type { Arrival, Visit } from './visit.ts';

export interface MappingSources {
  readonly visit: Arrival | Visit;
  readonly context: ReadonlyMap<string, unknown>;
  /** What a back end answered. */
  readonly answer?: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  };
}

/** The value that a source stands for; `undefined` where there is none. */
export function mapped(source: string, sources: MappingSources): string | undefined {
  if (source.length > 1 && source.startsWith("'") && source.endsWith("'"))
    return source.slice(1, -1);
  const [area = '', kind = '', place = '', ...rest] = source.split('.');
  const name = rest.join('.');
  const { visit, context, answer } = sources;
  if (area === 'context') return contextValue(context, source.split('.').slice(1));
  if (area === 'stageVariables') {
    return visit.stageVariables[source.slice('stageVariables.'.length)];
  }
  if (area === 'method' && kind === 'request') return requestValue(visit, place, name);
  if (area !== 'integration' || kind !== 'response' || answer === undefined) return undefined;
  if (place === 'body') return bodyValue(answer.body, name);
  return place === 'header' || place === 'multivalueheader'
    ? answer.headers[name.toLowerCase()]
    : undefined;
}

function requestValue(visit: Arrival | Visit, place: string, name: string): string | undefined {
  const { head } = visit;
  switch (place) {
    case 'header':
    case 'multivalueheader':
      return head.headers[name.toLowerCase()];
    case 'querystring':
      return head.query.getAll(name).at(-1);
    case 'multivaluequerystring': {
      const all = head.query.getAll(name);
      return all.length === 0 ? undefined : all.join(',');
    }
    case 'path':
      return 'pathParameters' in visit ? visit.pathParameters[name] : undefined;
    case 'body':
      return bodyValue(visit.body, name);
    default:
      return undefined;
  }
}

/** A body, or what a JSON path leads to in it. */
function bodyValue(body: Uint8Array, path: string): string | undefined {
  const text = textOf(body);
  if (path === '') return text;
  try {
    const value = valueAt(`$.${path}`, parseJson(text));
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : JSON.stringify(value);
  } catch (error) {
    // What leads to too much, or nests too deep, is nothing.
    if (error instanceof TemplateError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function contextValue(
  context: ReadonlyMap<string, unknown>,
  names: readonly string[],
): string | undefined {
  let value: unknown = context;
  for (const name of names) value = value instanceof Map ? value.get(name) : undefined;
  if (value === undefined || value === null || value instanceof Map) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A text with `${stageVariables.name}` filled in. */
export function withStageVariables(text: string, { stageVariables }: Arrival): string {
  return text.replaceAll(
    /\$\{stageVariables\.([\w-]+)\}/g,
    (_, name: string) => stageVariables[name] ?? '',
  );
}
