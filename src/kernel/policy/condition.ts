/** Whether the conditions of a statement hold. */
import type { Condition } from './document.ts';
import type { Operator } from './operator.ts';
import { fillIn } from './pattern.ts';
import type { ConditionKeys } from './request.ts';

/** All must hold. One whose operator nobody knows never lets anybody in, and always keeps them out. */
export function holdAll(
  conditions: readonly Condition[],
  keys: ConditionKeys,
  effect: 'Allow' | 'Deny',
): boolean {
  return conditions.every(({ operator, key, values }) => {
    if (operator === undefined) return effect === 'Deny';
    const expected = values.flatMap((value) => fillIn(value, keys) ?? []);
    return holds(operator, expected, keys.get(key));
  });
}

function holds(
  operator: Operator,
  expected: readonly string[],
  actual: readonly string[] | undefined,
): boolean {
  const { kind, set, isNegated, isIfExists, matches } = operator;
  const isMissing = actual === undefined || actual.length === 0;
  if (kind === 'null') return expected.some((one) => matches(one, String(isMissing)));
  if (isMissing) {
    if (isIfExists || set === 'all') return true;
    return isNegated && set === undefined;
  }
  const isOne = (value: string): boolean => expected.some((one) => matches(one, value));
  const isMet = (value: string): boolean => isOne(value) !== isNegated;
  if (set === 'any') return actual.some(isMet);
  if (set === 'all') return actual.every(isMet);
  return isNegated ? !actual.some(isOne) : actual.some(isOne);
}
