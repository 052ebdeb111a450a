/**
 * Conditions on keys: one for each attribute, in the form in which a key schema is met with them.
 */
import type { AwsError } from '#aws/errors.ts';
import { validation } from '../errors.ts';
import type { Value } from '../value/value.ts';
import type { Condition, Operand } from './syntax.ts';

export type KeyOperator = 'EQ' | 'LT' | 'LE' | 'GT' | 'GE' | 'BETWEEN' | 'BEGINS_WITH';

export interface KeyTerm {
  /** KeyConditions can ask for any operator; most are refused when the schema is known. */
  readonly operator: string;
  readonly values: readonly Value[];
}

/** By attribute name. */
export type KeyTerms = ReadonlyMap<string, KeyTerm>;

const OPERATORS = { '=': 'EQ', '<': 'LT', '<=': 'LE', '>': 'GT', '>=': 'GE' } as const;
/** What a comparator becomes when its sides change places. */
const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** @throws ValidationException where the condition is none that keys can have */
export function keyTermsOf(condition: Condition): KeyTerms {
  const terms = new Map<string, KeyTerm>();
  addTerms(condition, terms);
  return terms;
}

function addTerms(condition: Condition, terms: Map<string, KeyTerm>): void {
  switch (condition.kind) {
    case 'and':
      addTerms(condition.left, terms);
      addTerms(condition.right, terms);
      return;
    case 'compare': {
      const { comparator, left, right } = condition;
      if (comparator === '<>') throw invalidOperator('<>');
      const isMirrored = left.kind !== 'path';
      const operator = OPERATORS[isMirrored ? MIRRORED[comparator] : comparator];
      addTerm(terms, operator, isMirrored ? [right, left] : [left, right]);
      return;
    }
    case 'between':
      assertFirstIsPath('BETWEEN', condition.operand);
      addTerm(terms, 'BETWEEN', [condition.operand, condition.low, condition.high]);
      return;
    case 'call':
      if (condition.name !== 'begins_with') throw invalidOperator(condition.name);
      assertFirstIsPath('begins_with', condition.operands[0]);
      addTerm(terms, 'BEGINS_WITH', condition.operands);
      return;
    default:
      throw invalidOperator(condition.kind.toUpperCase());
  }
}

function invalidOperator(operator: string): AwsError {
  return validation(`Invalid operator used in KeyConditionExpression: ${operator}`);
}

function assertFirstIsPath(operator: string, operand: Operand | undefined): void {
  if (operand?.kind === 'call') throw nested();
  if (operand?.kind === 'path') return;
  throw validation(
    `Invalid condition in KeyConditionExpression: ${operator} operator must have the key ` +
      'attribute as its first operand',
  );
}

function nested(): AwsError {
  return validation('KeyConditionExpressions cannot contain nested operations');
}

function addTerm(
  terms: Map<string, KeyTerm>,
  operator: KeyOperator,
  operands: readonly Operand[],
): void {
  const names: string[] = [];
  const values: Value[] = [];
  for (const operand of operands) {
    if (operand.kind === 'call') throw nested();
    if (operand.kind === 'value') values.push(operand.value);
    else names.push(nameOf(operand.path, names));
  }
  const [name] = names;
  if (name === undefined) {
    throw validation('Invalid condition in KeyConditionExpression: No key attribute specified');
  }
  if (terms.has(name)) {
    throw validation('KeyConditionExpressions must only contain one condition per key');
  }
  terms.set(name, { operator, values });
}

function nameOf(path: readonly (string | number)[], known: readonly string[]): string {
  if (known.length > 0) {
    throw validation(
      'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
    );
  }
  if (path.length > 1) {
    throw validation('KeyConditionExpressions cannot have conditions on nested attributes');
  }
  return String(path[0]);
}
