/**
 * Intrinsic functions, evaluated over what is known of a stack. Pure.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { validation } from '../errors.ts';
import { cidrBlocks } from './cidr.ts';
import { toText } from '../text.ts';

/** What stands where a value is known only once a resource is made: as AWS writes it in change sets. */
export const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** What functions ask of a stack. */
export interface Scope {
  /** The value of a parameter, a pseudo parameter or a resource; `undefined` where there is none. */
  ref(name: string): Json | undefined;
  /** @throws AwsError where the resource has no such attribute */
  attribute(logicalId: string, name: string): Json;
  /** @throws AwsError where there is no such condition */
  condition(name: string): boolean;
  mapping(name: string): JsonObject | undefined;
  /** @throws AwsError where nobody exports that */
  importValue(name: string): string;
  readonly region: string;
}

/** What `AWS::NoValue` leaves: nothing. */
type Value = Json | undefined;
type Evaluated = (argument: Json, scope: Scope) => Value;

/** The value with all functions in it done; `undefined` where it is to be left out. */
export function evaluate(value: Json | undefined, scope: Scope): Value {
  if (Array.isArray(value)) {
    return value.map((item: Json) => evaluate(item, scope)).filter((item) => item !== undefined);
  }
  if (!isObject(value)) return value; // JSON's other values.
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[1] !== undefined) {
    const evaluated = FUNCTIONS.get(only[0]);
    if (evaluated !== undefined) return evaluated(only[1], scope);
    if (only[0].startsWith('Fn::')) {
      throw validation(`Template error: unsupported intrinsic function ${only[0]}`);
    }
  }
  return Object.fromEntries(
    entries.flatMap(([key, item]) => {
      const done = evaluate(item, scope);
      return done === undefined ? [] : [[key, done]];
    }),
  );
}

const FUNCTIONS: ReadonlyMap<string, Evaluated> = new Map<string, Evaluated>([
  ['Ref', (name, scope) => (name === 'AWS::NoValue' ? undefined : refTo(toText(name), scope))],
  ['Condition', conditionNamed],
  ['Fn::GetAtt', getAttribute],
  ['Fn::Sub', substitute],
  ['Fn::Join', join],
  ['Fn::Split', split],
  ['Fn::Select', select],
  ['Fn::If', choose],
  ['Fn::Equals', (pair, scope) => isEqual(pair, scope)],
  ['Fn::And', (list, scope) => listOf('Fn::And', list).every((one) => isTrue(one, scope))],
  ['Fn::Or', (list, scope) => listOf('Fn::Or', list).some((one) => isTrue(one, scope))],
  ['Fn::Not', (list, scope) => !isTrue(listOf('Fn::Not', list)[0] ?? null, scope)],
  ['Fn::FindInMap', findInMap],
  [
    'Fn::Base64',
    (text, scope) => withText(evaluate(text, scope), (one) => Buffer.from(one).toString('base64')),
  ],
  ['Fn::ImportValue', (name, scope) => scope.importValue(textOf(evaluate(name, scope)))],
  ['Fn::GetAZs', (region, scope) => zonesOf(textOf(evaluate(region, scope)) || scope.region)],
  ['Fn::Cidr', cidr],
  ['Fn::Length', (list, scope) => lengthOf(evaluate(list, scope))],
  ['Fn::ToJsonString', (value, scope) => JSON.stringify(evaluate(value, scope) ?? null)],
]);

function refTo(name: string, scope: Scope): Value {
  const value = scope.ref(name);
  if (value !== undefined) return value;
  throw validation(
    `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
  );
}

/** As a property, `Condition` is a name like any other: policies have one. */
function conditionNamed(name: Json, scope: Scope): Value {
  return typeof name === 'string' ? scope.condition(name) : { Condition: evaluate(name, scope) };
}

function getAttribute(argument: Json, scope: Scope): Value {
  const [logicalId, ...names] =
    typeof argument === 'string' ? argument.split('.') : listOf('Fn::GetAtt', argument);
  const parts = names.map((name) => textOf(evaluate(name, scope)));
  if (typeof logicalId !== 'string' || parts.length === 0 || parts.includes('')) {
    throw validation(
      'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    );
  }
  return scope.attribute(logicalId, parts.join('.'));
}

function substitute(argument: Json, scope: Scope): Value {
  const [text, own] = Array.isArray(argument) ? (argument as readonly Json[]) : [argument];
  if (typeof text !== 'string' || (own !== undefined && !isObject(own))) {
    throw validation(
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. " +
        'Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string',
    );
  }
  const values = own ?? {};
  let isUnknown = false;
  const replaced = text.replaceAll(/\$\{([^}]*)\}/g, (_whole, inner: string) => {
    const name = inner.trim();
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const value = Object.hasOwn(values, name)
      ? evaluate(values[name], scope)
      : name.includes('.')
        ? getAttribute(name, scope)
        : refTo(name, scope);
    if (value === KNOWN_AFTER_APPLY) isUnknown = true;
    return textOf(value);
  });
  return isUnknown ? KNOWN_AFTER_APPLY : replaced;
}

function join(argument: Json, scope: Scope): Value {
  const [separator, list] = listOf('Fn::Join', argument);
  const items = evaluate(list, scope);
  if (items === KNOWN_AFTER_APPLY) return items;
  if (typeof separator !== 'string' || !Array.isArray(items)) {
    throw validation(
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and ' +
        '(2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
    );
  }
  const texts = items.map((item: Json) => textOf(item));
  return texts.includes(KNOWN_AFTER_APPLY) ? KNOWN_AFTER_APPLY : texts.join(separator);
}

function split(argument: Json, scope: Scope): Value {
  const [separator, text] = listOf('Fn::Split', argument);
  const whole = evaluate(text, scope);
  if (whole === KNOWN_AFTER_APPLY) return whole;
  if (typeof separator !== 'string' || typeof whole !== 'string') {
    throw validation(
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    );
  }
  return whole.split(separator);
}

function select(argument: Json, scope: Scope): Value {
  const [position, list] = listOf('Fn::Select', argument);
  const items = evaluate(list, scope);
  if (items === KNOWN_AFTER_APPLY) return items;
  const index = Number(evaluate(position, scope));
  if (!Array.isArray(items) || !Number.isInteger(index)) {
    throw validation(
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list',
    );
  }
  const item = items[index] as Json | undefined;
  if (item === undefined) {
    throw validation(
      `Template error: Fn::Select cannot select nonexistent value at index ${index}`,
    );
  }
  return item;
}

function choose(argument: Json, scope: Scope): Value {
  const [name, whenTrue, whenFalse] = listOf('Fn::If', argument);
  if (typeof name !== 'string' || whenTrue === undefined || whenFalse === undefined) {
    throw validation('Template error: Fn::If requires a list argument with three elements');
  }
  return evaluate(scope.condition(name) ? whenTrue : whenFalse, scope);
}

function isEqual(pair: Json, scope: Scope): boolean {
  const [left, right, ...rest] = listOf('Fn::Equals', pair);
  if (left === undefined || right === undefined || rest.length > 0) {
    throw validation(
      'Template error: every Fn::Equals object requires a list of 2 string parameters.',
    );
  }
  return textOf(evaluate(left, scope)) === textOf(evaluate(right, scope));
}

function isTrue(value: Json, scope: Scope): boolean {
  return textOf(evaluate(value, scope)) === 'true';
}

function findInMap(argument: Json, scope: Scope): Value {
  const [name, first, second, options] = listOf('Fn::FindInMap', argument);
  const keys = [name, first, second].map((key) => textOf(evaluate(key, scope)));
  const [map = '', top = '', below = ''] = keys;
  const level = scope.mapping(map)?.[top];
  const value = isObject(level) ? level[below] : undefined;
  if (value !== undefined) return value;
  const fallback = isObject(options) ? options['DefaultValue'] : undefined;
  if (fallback !== undefined) return evaluate(fallback, scope);
  throw validation(`Template error: Unable to get mapping for ${keys.join('::')}`);
}

function cidr(argument: Json, scope: Scope): Value {
  const [block, count, bits] = listOf('Fn::Cidr', argument).map((one) => evaluate(one, scope));
  return cidrBlocks(textOf(block), Number(count), Number(bits ?? 8));
}

function lengthOf(list: Value): Value {
  if (Array.isArray(list)) return list.length;
  throw validation('Template error: Fn::Length requires a list argument');
}

/** Three of each Region. */
function zonesOf(region: string): Json {
  return ['a', 'b', 'c'].map((letter) => `${region}${letter}`);
}

function withText(value: Value, change: (text: string) => string): Value {
  return value === KNOWN_AFTER_APPLY ? value : change(textOf(value));
}

function listOf(name: string, value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  throw validation(`Template error: ${name} requires a list argument`);
}

/** A value within a text: as AWS writes lists and numbers there. */
export function textOf(value: Value): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((item: Json) => textOf(item)).join(',');
  return isObject(value) ? JSON.stringify(value) : toText(value);
}
