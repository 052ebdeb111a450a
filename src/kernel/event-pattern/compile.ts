/** From a pattern's text to its tree, refusing what AWS refuses in AWS's words. */
import { parseCondition } from './compile-condition.ts';
import {
  isLeaf,
  type Condition,
  type EventPattern,
  type PatternDialect,
  type PatternLeaf,
} from './pattern.ts';
import { PatternTokens } from './tokens.ts';

/** Names that match types have, and that a field inside `$or` may therefore not have. */
const RESERVED_IN_OR = new Set([
  'exactly',
  'prefix',
  'suffix',
  'equals-ignore-case',
  'numeric',
  'anything-but',
  'exists',
  'cidr',
  'wildcard',
]);

interface Scope {
  readonly dialect: PatternDialect;
  readonly path: readonly string[];
  readonly isInsideOr: boolean;
}

/** A tree while it is built. */
interface Building {
  readonly fields: Map<string, Building | PatternLeaf>;
  readonly anyOf: EventPattern[][];
}

/**
 * Compiles a pattern. A name with dots is the same as nested names.
 * @throws PatternRefused with AWS's reason and, where AWS tells it, the position
 */
export function compilePattern(
  text: string,
  dialect: PatternDialect = 'eventbridge',
): EventPattern {
  const tokens = new PatternTokens(text);
  const first = tokens.next();
  if (first.kind !== '{') throw tokens.refuse('Filter is not an object', first);
  const root = newBuilding();
  parseObject(tokens, root, { dialect, path: [], isInsideOr: false });
  return root;
}

function newBuilding(): Building {
  return { fields: new Map(), anyOf: [] };
}

function parseObject(tokens: PatternTokens, target: Building, scope: Scope): void {
  let isEmpty = true;
  for (let name = tokens.next(); ; name = tokens.next()) {
    if (name.kind === '}') {
      if (isEmpty) throw tokens.refuse('Empty objects are not allowed', name);
      return;
    }
    isEmpty = false;
    if (name.text === '$or') {
      target.anyOf.push(parseOr(tokens, scope));
      continue;
    }
    if (scope.isInsideOr && RESERVED_IN_OR.has(name.text)) {
      const message = `${name.text} is Ruler reserved fieldName which cannot be used inside $or.`;
      throw tokens.refuse(message, name);
    }
    parseField(tokens, target, name.text, scope);
  }
}

function parseField(
  tokens: PatternTokens,
  target: Building,
  fieldName: string,
  scope: Scope,
): void {
  const value = tokens.next();
  const names = fieldName.split('.');
  const path = [...scope.path, ...names];
  if (value.kind === '{') {
    parseObject(tokens, descend(target, names), { ...scope, path });
  } else if (value.kind === '[') {
    const leaf = { path, conditions: parseConditions(tokens, scope.dialect) };
    descend(target, names.slice(0, -1)).fields.set(names.at(-1) ?? '', leaf);
  } else {
    throw tokens.refuse(`"${fieldName}" must be an object or an array`, value);
  }
}

function descend(from: Building, names: readonly string[]): Building {
  let node = from;
  for (const name of names) {
    const child = node.fields.get(name);
    const next = child === undefined || isLeaf(child) ? newBuilding() : child;
    node.fields.set(name, next);
    node = next;
  }
  return node;
}

function parseOr(tokens: PatternTokens, scope: Scope): EventPattern[] {
  const first = tokens.next();
  if (first.kind !== '[') {
    throw tokens.refuse('It must be an Array followed with $or.', first);
  }
  const alternatives: EventPattern[] = [];
  for (let token = tokens.next(); ; token = tokens.next()) {
    if (token.kind === ']') {
      if (alternatives.length >= 2) return alternatives;
      throw tokens.refuse('There must have at least 2 Objects in $or relationship.', token);
    }
    if (token.kind !== '{') {
      throw tokens.refuse('Only JSON object is allowed in array of $or relationship.', token);
    }
    const alternative = newBuilding();
    parseObject(tokens, alternative, { ...scope, isInsideOr: true });
    alternatives.push(alternative);
  }
}

function parseConditions(tokens: PatternTokens, dialect: PatternDialect): Condition[] {
  const conditions: Condition[] = [];
  for (let token = tokens.next(); ; token = tokens.next()) {
    switch (token.kind) {
      case ']':
        if (conditions.length > 0) return conditions;
        throw tokens.refuse('Empty arrays are not allowed', token);
      case '{':
        conditions.push(parseCondition(tokens, dialect));
        break;
      case 'string':
        conditions.push({ kind: 'equals', value: token.text });
        break;
      case 'number':
      case 'literal':
        conditions.push({
          kind: 'equals',
          value: JSON.parse(token.text) as number | boolean | null,
        });
        break;
      default: {
        const message = 'Match value must be String, number, true, false, or null';
        throw tokens.refuse(message, token);
      }
    }
  }
}
