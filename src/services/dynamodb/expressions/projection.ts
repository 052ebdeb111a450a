import { TokenReader } from './lexer.ts';
import { parsePath } from './parse-operand.ts';
import { attributeOf } from '../value/value.ts';
import type { Attributes, Value } from '../value/value.ts';
import { undefinedPlaceholder } from './check-condition.ts';
import { pathsClash } from './check-update.ts';
import { pathTree } from './path-tree.ts';
import type { PathTree } from './path-tree.ts';
import type { Placeholders } from './placeholders.ts';
import type { Path } from './syntax.ts';

/**
 * The paths of a projection.
 * @throws ValidationException in AWS's words
 */
export function parseProjection(expression: string, placeholders: Placeholders): readonly Path[] {
  const reader = new TokenReader('ProjectionExpression', expression);
  const parsing = { reader, placeholders, keywords: new Set<string>() };
  const operands = [parsePath(parsing)];
  while (reader.skipSymbol(',')) operands.push(parsePath(parsing));
  if (reader.peek().kind !== 'end') throw reader.unexpected();
  const reserved = operands.find((operand) => operand.reservedWord !== undefined);
  if (reserved) {
    throw reader.error(
      `Attribute name is a reserved keyword; reserved keyword: ${reserved.reservedWord}`,
    );
  }
  const missing = operands.map(undefinedPlaceholder).find((fault) => fault !== undefined);
  const paths = operands.map((operand) => operand.path);
  const fault = missing ?? pathsClash(paths);
  if (fault !== undefined) throw reader.error(fault);
  return paths;
}

/** What of the item the paths lead to. Elements of lists close up, in their order. Pure. */
export function project(paths: readonly Path[], item: Attributes): Attributes {
  const tree = pathTree(paths.map((path) => [path, true] as const));
  return projectMap(item, tree) ?? {};
}

function projectMap(map: Attributes, tree: PathTree<true>): Attributes | undefined {
  const entries: [string, Value][] = [];
  for (const [element, child] of tree.children) {
    const value = typeof element === 'string' ? attributeOf(map, element) : undefined;
    const projected = value && projectValue(value, child);
    if (projected) entries.push([String(element), projected]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function projectValue(value: Value, tree: PathTree<true>): Value | undefined {
  if (tree.leaf) return value;
  if ('M' in value) {
    const map = projectMap(value.M, tree);
    return map && { M: map };
  }
  if (!('L' in value)) return undefined;
  const list = tree.children
    .toSorted(([one], [two]) => Number(one) - Number(two))
    .map(([element, child]) => {
      const held = typeof element === 'number' ? value.L[element] : undefined;
      return held && projectValue(held, child);
    })
    .filter((held) => held !== undefined);
  return list.length === 0 ? undefined : { L: list };
}
