/**
 * What a template demands of its parameters before anything is made. Pure.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
 */
import { isObject, type Json } from '#kernel/json.ts';
import { validation } from '../errors.ts';
import type { TemplateRule } from '../template/rules.ts';
import { textOf, type Scope } from './evaluate.ts';

/** @throws AwsError ValidationError where an assertion does not hold, in the words that it has for that */
export function checkRules(rules: readonly TemplateRule[], scope: Pick<Scope, 'ref'>): void {
  for (const { name, condition, assertions } of rules) {
    if (condition !== undefined && !holds(condition, scope)) continue;
    for (const { assertion, description } of assertions) {
      if (holds(assertion, scope)) continue;
      throw validation(description ?? `Template error: an assertion of rule ${name} does not hold`);
    }
  }
}

/** @throws AwsError ValidationError for what is neither true nor false */
function holds(value: Json, scope: Pick<Scope, 'ref'>): boolean {
  const [name = '', argument] = only(value) ?? [];
  const evaluated = BOOLEANS.get(name);
  if (evaluated !== undefined && Array.isArray(argument)) {
    return evaluated(argument as readonly Json[], scope);
  }
  throw validation(
    `Template error: every condition and assertion of a rule is one of ${[...BOOLEANS.keys()].join(', ')}, with a list`,
  );
}

type Evaluated = (list: readonly Json[], scope: Pick<Scope, 'ref'>) => boolean;

const BOOLEANS: ReadonlyMap<string, Evaluated> = new Map<string, Evaluated>([
  ['Fn::And', (list, scope) => list.every((one) => holds(one, scope))],
  ['Fn::Or', (list, scope) => list.some((one) => holds(one, scope))],
  ['Fn::Not', ([one = null], scope) => !holds(one, scope)],
  ['Fn::Equals', ([one, other], scope) => textIn(one, scope) === textIn(other, scope)],
  ['Fn::Contains', ([list, one], scope) => textsIn(list, scope).includes(textIn(one, scope))],
  [
    'Fn::EachMemberEquals',
    ([list, one], scope) => textsIn(list, scope).every((item) => item === textIn(one, scope)),
  ],
  [
    'Fn::EachMemberIn',
    ([list, others], scope) => {
      const known = new Set(textsIn(others, scope));
      return textsIn(list, scope).every((item) => known.has(item));
    },
  ],
]);

function textIn(value: Json | undefined, scope: Pick<Scope, 'ref'>): string {
  return textOf(valueIn(value, scope));
}

function textsIn(value: Json | undefined, scope: Pick<Scope, 'ref'>): readonly string[] {
  const list = valueIn(value, scope);
  return Array.isArray(list) ? list.map((item: Json) => textIn(item, scope)) : [textOf(list)];
}

/** What a rule compares: text, a list, or a parameter. Of other functions some ask for what is not there: subnets. */
function valueIn(value: Json | undefined, { ref }: Pick<Scope, 'ref'>): Json | undefined {
  if (!isObject(value)) return value;
  const [name = '', argument] = only(value) ?? [];
  const found = name === 'Ref' && typeof argument === 'string' ? ref(argument) : undefined;
  if (found !== undefined) return found;
  throw validation(
    `Template error: Hearth does not know ${name || 'an object'} within the rules of a template`,
  );
}

function only(value: Json): readonly [string, Json | undefined] | undefined {
  const entries = isObject(value) ? Object.entries(value) : [];
  return entries.length === 1 ? entries[0] : undefined;
}
