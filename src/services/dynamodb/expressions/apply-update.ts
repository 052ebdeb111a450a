/**
 * Applies an update to an item: values come from the item as it was, and paths name elements as
 * they were.
 */
import { assert, present, unreachable } from '#kernel/assert.ts';
import { validation } from '../errors.ts';
import { areEqual } from '../value/compare.ts';
import { addNumbers } from '../value/number.ts';
import { attributeOf, typeOf } from '../value/value.ts';
import type { Attributes, Value } from '../value/value.ts';
import { valueAt } from './evaluate-condition.ts';
import { pathTree } from './path-tree.ts';
import type { PathTree } from './path-tree.ts';
import type { Operand, UpdateAction, UpdateValue } from './syntax.ts';

/** What becomes of one value: another one, or `undefined` where it goes. */
type Change = (before: Value | undefined) => Value | undefined;

/**
 * The item after the update.
 * @throws ValidationException where a path or an operand does not fit the item
 */
export function applyUpdate(actions: readonly UpdateAction[], item: Attributes): Attributes {
  const changes = actions.map((action): readonly [readonly (string | number)[], Change] => [
    action.target.path,
    changeOf(action, item),
  ]);
  const after = changeChildren({ M: item }, pathTree(changes));
  assert('M' in after, 'an item stays a map');
  return after.M;
}

/** True where the update can only take away: it makes no item where there is none. */
export function isOnlyRemoving(actions: readonly UpdateAction[]): boolean {
  return (
    actions.length > 0 &&
    actions.every((action) => action.kind === 'remove' || action.kind === 'delete')
  );
}

function changeOf(action: UpdateAction, item: Attributes): Change {
  switch (action.kind) {
    case 'set': {
      const value = evaluate(action.value, item);
      return () => value;
    }
    case 'remove':
      return () => undefined;
    case 'add':
      return (before) => added(before, action.value.value);
    case 'delete':
      return (before) => deleted(before, action.value.value);
    default:
      return unreachable(action);
  }
}

function wrongDataType(): Error {
  return validation('An operand in the update expression has an incorrect data type');
}

function evaluate(value: UpdateValue, item: Attributes): Value {
  switch (value.kind) {
    case 'value':
      return value.value;
    case 'path':
      return valueAt(item, value.path) ?? missing();
    case 'call':
      return value.name === 'list_append'
        ? appended(value.operands, item)
        : ifNotExists(value.operands, item);
    default: {
      const left = evaluate(value.left, item);
      const right = evaluate(value.right, item);
      if (!('N' in left && 'N' in right)) throw wrongDataType();
      return { N: addNumbers(left.N, right.N, value.kind === '-') };
    }
  }
}

function missing(): never {
  throw validation(
    'The provided expression refers to an attribute that does not exist in the item',
  );
}

function ifNotExists([target, otherwise]: readonly Operand[], item: Attributes): Value {
  assert(target?.kind === 'path', 'checked to be a path');
  return valueAt(item, target.path) ?? evaluate(present(otherwise, 'counted'), item);
}

function appended([first, second]: readonly Operand[], item: Attributes): Value {
  const left = evaluate(present(first, 'counted when checked'), item);
  const right = evaluate(present(second, 'counted when checked'), item);
  if (!('L' in left && 'L' in right)) throw wrongDataType();
  return { L: [...left.L, ...right.L] };
}

/** ADD: a number grows, a set takes members; what is missing begins as 0 or empty. */
function added(before: Value | undefined, operand: Value): Value {
  if (before === undefined) return operand;
  if ('N' in before && 'N' in operand) return { N: addNumbers(before.N, operand.N, false) };
  // Only the legacy parameters can ask for lists.
  if ('L' in before && 'L' in operand) return { L: [...before.L, ...operand.L] };
  if ('SS' in before && 'SS' in operand) return { SS: union(before.SS, operand.SS) };
  if ('NS' in before && 'NS' in operand) return { NS: union(before.NS, operand.NS) };
  if ('BS' in before && 'BS' in operand) {
    return { BS: [...before.BS, ...operand.BS.filter((member) => !holds(before.BS, member))] };
  }
  throw wrongDataType();
}

/** DELETE: a set loses members, and goes with the last. */
function deleted(before: Value | undefined, operand: Value): Value | undefined {
  if (before === undefined) return undefined;
  if (typeOf(before) !== typeOf(operand)) throw wrongDataType();
  if ('SS' in before && 'SS' in operand) {
    const SS = before.SS.filter((member) => !operand.SS.includes(member));
    return SS.length === 0 ? undefined : { SS };
  }
  if ('NS' in before && 'NS' in operand) {
    const NS = before.NS.filter((member) => !operand.NS.includes(member));
    return NS.length === 0 ? undefined : { NS };
  }
  if (!('BS' in before && 'BS' in operand)) throw wrongDataType();
  const BS = before.BS.filter((member) => !holds(operand.BS, member));
  return BS.length === 0 ? undefined : { BS };
}

function union(members: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...members, ...more])];
}

function holds(members: readonly Uint8Array[], member: Uint8Array): boolean {
  return members.some((other) => areEqual({ B: other }, { B: member }));
}

function changeChildren(value: Value | undefined, tree: PathTree<Change>): Value {
  const isList = tree.children.some(([element]) => typeof element === 'number');
  if (isList && value && 'L' in value) return { L: changeList(value.L, tree) };
  if (!isList && value && 'M' in value) return { M: changeMap(value.M, tree) };
  throw validation('The document path provided in the update expression is invalid for update');
}

function changeMap(map: Attributes, tree: PathTree<Change>): Attributes {
  const entries = new Map(Object.entries(map));
  for (const [name, child] of tree.children) {
    const after = changeOne(attributeOf(map, String(name)), child);
    if (after === undefined) entries.delete(String(name));
    else entries.set(String(name), after);
  }
  return Object.fromEntries(entries);
}

/**
 * Elements keep their numbers until all is done: removed ones close up then, and what is past the
 * end is appended.
 */
function changeList(list: readonly Value[], tree: PathTree<Change>): readonly Value[] {
  const elements: (Value | undefined)[] = [...list];
  const byIndex = tree.children.toSorted(([one], [two]) => Number(one) - Number(two));
  for (const [element, child] of byIndex) {
    const index = Number(element);
    const after = changeOne(list[index], child);
    if (index < list.length) elements[index] = after;
    else elements.push(after);
  }
  return elements.filter((element) => element !== undefined);
}

function changeOne(before: Value | undefined, child: PathTree<Change>): Value | undefined {
  return child.leaf === undefined ? changeChildren(before, child) : child.leaf(before);
}
