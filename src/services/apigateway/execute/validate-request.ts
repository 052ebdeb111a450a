/** What a method's validator looks at: parameters that must be there, and the body by its model. */
import { createRequire } from 'node:module';
import type AjvDraft4 from 'ajv-draft-04';
import type { ValidateFunction } from 'ajv';
import { textOf } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { ApiContent } from '../model.ts';
import { compilePattern } from '#aws/patterns.ts';
import { GatewayFailure } from './failure.ts';
import { mediaTypeOf } from './payload.ts';
import type { Visit } from './visit.ts';

/** @throws GatewayFailure BAD_REQUEST_PARAMETERS, BAD_REQUEST_BODY */
export function validateRequest(visit: Visit): void {
  const { content, method } = visit;
  const validator = content.validators[method.requestValidatorId ?? ''];
  if (validator === undefined) return;
  if (validator.validateRequestParameters === true) checkParameters(visit);
  if (validator.validateRequestBody === true) checkBody(visit);
}

const PLACES = ['header', 'path', 'querystring'];

function checkParameters({ method, head, pathParameters }: Visit): void {
  const required = Object.entries(method.requestParameters ?? {})
    .filter(([, isRequired]) => isRequired)
    .map(([key]) => {
      const [, , place = '', ...rest] = key.split('.');
      return { place, name: rest.join('.') };
    });
  required.sort((a, b) => PLACES.indexOf(a.place) - PLACES.indexOf(b.place));
  const missing = required.filter(({ place, name }) => {
    if (place === 'header') return !head.headers[name.toLowerCase()];
    if (place === 'path') return pathParameters[name] === undefined;
    return place === 'querystring' && !head.query.get(name);
  });
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  throw new GatewayFailure(
    'BAD_REQUEST_PARAMETERS',
    `Missing required request parameters: [${names}]`,
  );
}

function checkBody({ content, method, head, body }: Visit): void {
  const type = mediaTypeOf(head.headers['content-type'] ?? 'application/json');
  const models = method.requestModels ?? {};
  const key = Object.keys(models).find((one) => mediaTypeOf(one) === type);
  const name = key === undefined ? models['$default'] : models[key];
  if (name === undefined) return;
  const validate = validatorOf(content, name);
  const text = textOf(body);
  const value = text === '' ? {} : parseJson(text);
  if (value !== undefined && validate?.(value) === true) return;
  const validationError = (validate?.errors ?? []).map(({ message }) => message ?? '').join(', ');
  throw new GatewayFailure('BAD_REQUEST_BODY', 'Invalid request body', {
    validationError: `[${validationError}]`,
  });
}

/** The library is loaded when a model is first compiled: it takes 5 MiB. */
const load = createRequire(import.meta.url);

/** Compiled once for each deployment that is kept. */
const compiled = new WeakMap<ApiContent, Map<string, ValidateFunction | undefined>>();

function validatorOf(content: ApiContent, name: string): ValidateFunction | undefined {
  const known = compiled.get(content) ?? new Map<string, ValidateFunction | undefined>();
  compiled.set(content, known);
  if (!known.has(name)) known.set(name, compile(content, name));
  return known.get(name);
}

/** The engine for `pattern`. @throws Error for what is no pattern */
const linearRegExp = Object.assign(
  (source: string) => {
    const pattern = compilePattern(source);
    if (pattern === undefined) throw new Error(`no pattern: ${source}`);
    return { test: (text: string) => pattern.finds(text) };
  },
  { code: 'linearRegExp' },
);

/** A model's schema, with those that it refers to; `undefined` where they are no schemas: nothing is then valid. */
function compile({ models }: ApiContent, name: string): ValidateFunction | undefined {
  // The package's own types describe what it exports.
  const library = load('ajv-draft-04') as typeof AjvDraft4;
  const ajv = new library.default({
    strict: false,
    allErrors: true,
    validateFormats: false,
    code: { regExp: linearRegExp },
  });
  try {
    for (const [model, { schema }] of Object.entries(models)) {
      const parsed = withLocalNames(parseJson(schema ?? '{}'));
      if (isObject(parsed)) ajv.addSchema(parsed, `model:${model}`);
    }
    return ajv.getSchema(`model:${name}`);
  } catch {
    return undefined;
  }
}

/** `https://apigateway.amazonaws.com/restapis/ID/models/Pet` is the model `Pet` of this API. */
function withLocalNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withLocalNames);
  if (!isObject(value)) return value;
  const members = Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    if (key === '$schema' || key === 'id')
      return typeof member === 'string' ? [] : [[key, withLocalNames(member)]];
    const model = typeof member === 'string' ? /\/models\/(\w+)$/.exec(member)?.[1] : undefined;
    if (key === '$ref' && model !== undefined) return [[key, `model:${model}`]];
    return [[key, withLocalNames(member)]];
  });
  return Object.fromEntries(members);
}
