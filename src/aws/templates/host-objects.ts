/** What API Gateway gives to templates: `$input` and `$util`. */
import { parseJson } from '#kernel/json.ts';
import { valueAt } from './json-path.ts';
import type { Budget } from './budget.ts';
import { fromJson, HostObject, show, textOfJson, toJson } from './values.ts';

type Texts = Readonly<Record<string, string>>;

export interface TemplateInput {
  readonly body: string;
  readonly path: Texts;
  readonly querystring: Texts;
  readonly header: Texts;
}

/**
 * `$input`: the payload and the parameters.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#input-variable-reference
 */
export function inputOf({ body, path, querystring, header }: TemplateInput): HostObject {
  const params = new Map<string, unknown>([
    ['path', new Map(Object.entries(path))],
    ['querystring', new Map(Object.entries(querystring))],
    ['header', new Map(Object.entries(header))],
  ]);
  let parsed: { readonly value: unknown } | undefined;
  const root = (): unknown => {
    parsed ??= { value: body.trim() === '' ? {} : (parseJson(body) ?? body) };
    return parsed.value;
  };
  return new HostObject(
    { body },
    {
      path: (budget, given) => fromJson(valueAt(show(given, budget), root(), budget), budget),
      json: (budget, given) =>
        textOfJson(valueAt(show(given, budget), root(), budget) ?? '', budget),
      params: (budget, name) =>
        name === undefined ? params : findParameter(params, show(name, budget)),
    },
  );
}

/** In the path, then the query, then the headers, which are found whatever their case. */
function findParameter(params: ReadonlyMap<string, unknown>, name: string): unknown {
  for (const place of ['path', 'querystring', 'header']) {
    const values = params.get(place);
    if (!(values instanceof Map)) continue;
    if (values.has(name)) return values.get(name);
    if (place !== 'header') continue;
    const entry = [...values].find(([key]) => String(key).toLowerCase() === name.toLowerCase());
    if (entry !== undefined) return entry[1];
  }
  return '';
}

/**
 * `$util`
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#util-template-reference
 */
export const utilities = new HostObject(
  {},
  {
    escapeJavaScript: (budget, text) => escapeJavaScript(taken(text, budget)),
    parseJson: (budget, text) => fromJson(parseJson(taken(text, budget)), budget),
    toJson: (budget, value) => JSON.stringify(toJson(value, budget)),
    urlEncode: (budget, text) => encodeUrl(taken(text, budget)),
    urlDecode: (budget, text) => decodeUrl(taken(text, budget)),
    base64Encode: (budget, text) => Buffer.from(taken(text, budget)).toString('base64'),
    base64Decode: (budget, text) => Buffer.from(taken(text, budget), 'base64').toString(),
  },
);

/** A text that is read as a whole, and for which another is made. */
function taken(value: unknown, budget: Budget): string {
  const text = show(value, budget);
  budget.charge(2 * text.length);
  return text;
}

function encodeUrl(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escapeJavaScript(text: string): string {
  return text.replaceAll(
    /["'\\/\u0000-\u001f\u007f-\uffff]/g,
    (one) => ESCAPES[one] ?? `\\u${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
