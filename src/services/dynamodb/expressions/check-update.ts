/** What an update must keep beyond its grammar, refused in AWS's order. */
import { typeOf } from '../value/value.ts';
import type { ValueType } from '../value/value.ts';
import { undefinedPlaceholder, wrongType } from './check-condition.ts';
import type { ParsedUpdate } from './parse-update.ts';
import { formatPath } from './syntax.ts';
import type { Path, PathOperand, UpdateAction, UpdateValue } from './syntax.ts';

const FUNCTIONS: ReadonlySet<string> = new Set(['if_not_exists', 'list_append']);
const OPERANDS_OF_EACH_FUNCTION = 2;

const TYPE_WORDS: Readonly<Partial<Record<ValueType, string>>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
};

/** @throws ValidationException for the first fault */
export function checkUpdate({ actions, sections, reader }: ParsedUpdate): void {
  const nodes = actions.flatMap(nodesOf);
  const fault =
    find(nodes, reservedWord) ??
    find(nodes, unknownFunction) ??
    repeatedSection(sections) ??
    find(nodes, (node) => (node.kind === 'path' ? undefinedPlaceholder(node) : undefined)) ??
    find(nodes, (node) => (node.kind === 'value' ? undefinedPlaceholder(node) : undefined)) ??
    pathsClash(actions.map((action) => action.target.path)) ??
    find(actions, wrongSetOperand) ??
    find(nodes, faultOfFunction);
  if (fault !== undefined) throw reader.error(fault);
}

function find<T>(parts: readonly T[], check: (part: T) => string | undefined): string | undefined {
  for (const part of parts) {
    const fault = check(part);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Target and values, each after what it holds. */
function nodesOf(action: UpdateAction): readonly UpdateValue[] {
  const target: readonly UpdateValue[] = [action.target];
  return action.kind === 'remove' ? target : [...target, ...flatten(action.value)];
}

function flatten(value: UpdateValue): readonly UpdateValue[] {
  switch (value.kind) {
    case 'call':
      return [...value.operands.flatMap(flatten), value];
    case '+':
    case '-':
      return [...flatten(value.left), ...flatten(value.right), value];
    default:
      return [value];
  }
}

function reservedWord(node: UpdateValue): string | undefined {
  return node.kind === 'path' ? faultOfWord(node) : undefined;
}

function faultOfWord({ reservedWord: word }: PathOperand): string | undefined {
  return word === undefined
    ? undefined
    : `Attribute name is a reserved keyword; reserved keyword: ${word}`;
}

function unknownFunction(node: UpdateValue): string | undefined {
  if (node.kind !== 'call' || FUNCTIONS.has(node.name)) return undefined;
  return `Invalid function name; function: ${node.name}`;
}

function repeatedSection(sections: readonly string[]): string | undefined {
  const repeated = sections.find((section, index) => sections.indexOf(section) < index);
  if (repeated === undefined) return undefined;
  return `The "${repeated}" section can only be used once in an update expression;`;
}

/** Overlaps first, then paths that want one value to be a list and a map. */
export function pathsClash(paths: readonly Path[]): string | undefined {
  let conflict: string | undefined;
  for (const [index, path] of paths.entries()) {
    for (const earlier of paths.slice(0, index)) {
      const clash = clashOf(earlier, path);
      if (clash === undefined) continue;
      const fault =
        `Two document paths ${clash} with each other; must remove or rewrite one of these paths; ` +
        `path one: ${formatPath(earlier)}, path two: ${formatPath(path)}`;
      if (clash === 'overlap') return fault;
      conflict ??= fault;
    }
  }
  return conflict;
}

function clashOf(one: Path, two: Path): 'overlap' | 'conflict' | undefined {
  for (const [index, element] of one.entries()) {
    const other = two[index];
    if (other === undefined) break;
    if (typeof other !== typeof element) return 'conflict';
    if (other !== element) return undefined;
  }
  return 'overlap';
}

/** ADD takes numbers and sets, DELETE takes sets. */
function wrongSetOperand(action: UpdateAction): string | undefined {
  if (action.kind !== 'add' && action.kind !== 'delete') return undefined;
  const type = typeOf(action.value.value);
  const word = TYPE_WORDS[type];
  if (word === undefined || (action.kind === 'add' && type === 'N')) return undefined;
  return (
    'Incorrect operand type for operator or function; ' +
    `operator: ${action.kind.toUpperCase()}, operand type: ${word}`
  );
}

function faultOfFunction(node: UpdateValue): string | undefined {
  if (node.kind === '+' || node.kind === '-') {
    return wrongLiteral(node.kind, [node.left, node.right], 'N');
  }
  if (node.kind !== 'call') return undefined;
  const { name, operands } = node;
  if (operands.length !== OPERANDS_OF_EACH_FUNCTION) {
    return (
      'Incorrect number of operands for operator or function; ' +
      `operator or function: ${name}, number of operands: ${operands.length}`
    );
  }
  if (name === 'list_append') return wrongLiteral(name, operands, 'L');
  if (operands[0]?.kind === 'path') return undefined;
  return `Operator or function requires a document path; operator or function: ${name}`;
}

function wrongLiteral(
  name: string,
  operands: readonly UpdateValue[],
  expected: ValueType,
): string | undefined {
  return find(operands, (operand) => {
    const type = operand.kind === 'value' ? typeOf(operand.value) : undefined;
    return type === undefined || type === expected ? undefined : wrongType(name, type);
  });
}
