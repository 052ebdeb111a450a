/**
 * Intrinsic functions, evaluated over what is known of a stack. Pure.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
import type { AwsError } from '#aws/errors.ts';
import { isObject, type Json, type JsonObject } from '#kernel/json.ts';
import { validation } from '../errors.ts';
import { EVALUATION_CHARACTERS_MAX, EVALUATION_STEPS_MAX } from '../limits.ts';
import { cidrBlocks } from './cidr.ts';
import { ownOf } from '../own.ts';
import { replaceVariables, toText } from '../text.ts';

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

/** A scope with what one evaluation may still spend. */
interface Metered extends Scope {
  readonly budget: { steps: number; characters: number };
}

/** What `AWS::NoValue` leaves: nothing. */
type Value = Json | undefined;
type Evaluated = (argument: Json, scope: Metered) => Value;

/**
 * The value with all functions in it done; `undefined` where it is to be left out.
 * @throws AwsError ValidationError, also where it would take too long or become too large
 */
export function evaluate(value: Json | undefined, scope: Scope): Value {
  const budget = { steps: EVALUATION_STEPS_MAX, characters: EVALUATION_CHARACTERS_MAX };
  return valueOf(value, { ...scope, budget });
}

function valueOf(value: Json | undefined, scope: Metered): Value {
  scope.budget.steps -= 1;
  if (scope.budget.steps < 0) throw tooMuch();
  if (Array.isArray(value)) {
    return value.map((item: Json) => valueOf(item, scope)).filter((item) => item !== undefined);
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
      const done = valueOf(item, scope);
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
    (text, scope) =>
      withText(valueOf(text, scope), (one) => spent(Buffer.from(one).toString('base64'), scope)),
  ],
  ['Fn::ImportValue', (name, scope) => scope.importValue(textOf(valueOf(name, scope)))],
  ['Fn::GetAZs', (region, scope) => zonesOf(textOf(valueOf(region, scope)) || scope.region)],
  ['Fn::Cidr', cidr],
  ['Fn::Length', (list, scope) => lengthOf(valueOf(list, scope))],
  [
    'Fn::ToJsonString',
    (value, scope) => spent(JSON.stringify(valueOf(value, scope) ?? null), scope),
  ],
]);

function refTo(name: string, scope: Metered): Value {
  const value = scope.ref(name);
  if (value !== undefined) return value;
  throw validation(
    `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
  );
}

/** As a property, `Condition` is a name like any other: policies have one. */
function conditionNamed(name: Json, scope: Metered): Value {
  return typeof name === 'string' ? scope.condition(name) : { Condition: valueOf(name, scope) };
}

function getAttribute(argument: Json, scope: Metered): Value {
  const [logicalId, ...names] =
    typeof argument === 'string' ? argument.split('.') : listOf('Fn::GetAtt', argument);
  const parts = names.map((name) => textOf(valueOf(name, scope)));
  if (typeof logicalId !== 'string' || parts.length === 0 || parts.includes('')) {
    throw validation(
      'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    );
  }
  return scope.attribute(logicalId, parts.join('.'));
}

function substitute(argument: Json, scope: Metered): Value {
  const [text, own] = Array.isArray(argument) ? (argument as readonly Json[]) : [argument];
  if (typeof text !== 'string' || (own !== undefined && !isObject(own))) {
    throw validation(
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. " +
        'Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string',
    );
  }
  const values = own ?? {};
  let isUnknown = false;
  spent(text, scope);
  // Each name once: a name that stands twice in each of nested texts doubled the work with every level.
  const known = new Map<string, Value>();
  const replaced = replaceVariables(text, (inner) => {
    const name = inner.trim();
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (!known.has(name)) known.set(name, substituted(name, values, scope));
    const value = known.get(name);
    if (value === KNOWN_AFTER_APPLY) isUnknown = true;
    return spent(textOf(value), scope);
  });
  return isUnknown ? KNOWN_AFTER_APPLY : replaced;
}

/** What stands for `${name}`. */
function substituted(name: string, values: JsonObject, scope: Metered): Value {
  if (Object.hasOwn(values, name)) return valueOf(values[name], scope);
  return name.includes('.') ? getAttribute(name, scope) : refTo(name, scope);
}

/** The text, as far as there may be so much of it. @throws AwsError ValidationError */
function spent(text: string, { budget }: Metered, more = 0): string {
  budget.characters -= text.length + more;
  if (budget.characters < 0) throw tooMuch();
  return text;
}

function tooMuch(): AwsError {
  return validation(
    'Template error: the functions of the template make more than can be evaluated',
  );
}

function join(argument: Json, scope: Metered): Value {
  const [separator, list] = listOf('Fn::Join', argument);
  const items = valueOf(list, scope);
  if (items === KNOWN_AFTER_APPLY) return items;
  if (typeof separator !== 'string' || !Array.isArray(items)) {
    throw validation(
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and ' +
        '(2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
    );
  }
  const texts = items.map((item: Json) => spent(textOf(item), scope, separator.length));
  return texts.includes(KNOWN_AFTER_APPLY) ? KNOWN_AFTER_APPLY : texts.join(separator);
}

function split(argument: Json, scope: Metered): Value {
  const [separator, text] = listOf('Fn::Split', argument);
  const whole = valueOf(text, scope);
  if (whole === KNOWN_AFTER_APPLY) return whole;
  if (typeof separator !== 'string' || typeof whole !== 'string') {
    throw validation(
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    );
  }
  return whole.split(separator);
}

function select(argument: Json, scope: Metered): Value {
  const [position, list] = listOf('Fn::Select', argument);
  const items = valueOf(list, scope);
  if (items === KNOWN_AFTER_APPLY) return items;
  const index = Number(valueOf(position, scope));
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

function choose(argument: Json, scope: Metered): Value {
  const [name, whenTrue, whenFalse] = listOf('Fn::If', argument);
  if (typeof name !== 'string' || whenTrue === undefined || whenFalse === undefined) {
    throw validation('Template error: Fn::If requires a list argument with three elements');
  }
  return valueOf(scope.condition(name) ? whenTrue : whenFalse, scope);
}

function isEqual(pair: Json, scope: Metered): boolean {
  const [left, right, ...rest] = listOf('Fn::Equals', pair);
  if (left === undefined || right === undefined || rest.length > 0) {
    throw validation(
      'Template error: every Fn::Equals object requires a list of 2 string parameters.',
    );
  }
  return textOf(valueOf(left, scope)) === textOf(valueOf(right, scope));
}

function isTrue(value: Json, scope: Metered): boolean {
  return textOf(valueOf(value, scope)) === 'true';
}

function findInMap(argument: Json, scope: Metered): Value {
  const [name, first, second, options] = listOf('Fn::FindInMap', argument);
  const keys = [name, first, second].map((key) => textOf(valueOf(key, scope)));
  const [map = '', top = '', below = ''] = keys;
  const level = ownOf(scope.mapping(map) ?? {}, top);
  const value = isObject(level) ? ownOf(level, below) : undefined;
  if (value !== undefined) return value;
  const fallback = isObject(options) ? options['DefaultValue'] : undefined;
  if (fallback !== undefined) return valueOf(fallback, scope);
  throw validation(`Template error: Unable to get mapping for ${keys.join('::')}`);
}

function cidr(argument: Json, scope: Metered): Value {
  const [block, count, bits] = listOf('Fn::Cidr', argument).map((one) => valueOf(one, scope));
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
