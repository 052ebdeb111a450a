/**
 * Policy documents, parsed.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { isObject, parseJson } from '#kernel/json.ts';
import { parseOperator, type Operator } from './operator.ts';
import { compileText, type Pattern } from './pattern.ts';

export interface Policy {
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Absent in the policies of identities. */
  readonly principals?: Principals;
  /** In lower case; actions have no variables. */
  readonly actions: Clause;
  /** Absent in the trust policies of roles. */
  readonly resources?: Clause;
  readonly conditions: readonly Condition[];
}

/** `Action` or `NotAction`, `Resource` or `NotResource`. */
export interface Clause {
  readonly isNegated: boolean;
  readonly patterns: readonly Pattern[];
}

/** `Principal` or `NotPrincipal`, by kind: `AWS`, `Service`, `CanonicalUser`. Everybody is `*` of AWS. */
export interface Principals {
  readonly isNegated: boolean;
  readonly aws: readonly string[];
  readonly services: readonly string[];
}

export interface Condition {
  /** Absent where nobody knows it. */
  readonly operator?: Operator;
  /** In lower case. */
  readonly key: string;
  readonly values: readonly Pattern[];
}

type Element = { readonly [key: string]: unknown };

/** A policy's statements; a text that is none has no statements, and a statement without effect or action is left out. */
export function parsePolicy(text: string): Policy {
  return compilePolicy(parseJson(text));
}

/** As `parsePolicy`, of a document that was read from JSON. */
export function compilePolicy(document: unknown): Policy {
  if (!isObject(document)) return { statements: [] };
  const hasVariables = document['Version'] === '2012-10-17';
  const statements = listOf(document['Statement']).filter(isObject);
  return { statements: statements.flatMap((one) => parseStatement(one, hasVariables)) };
}

function parseStatement(element: Element, hasVariables: boolean): readonly Statement[] {
  const { Effect: effect, Condition: condition } = element;
  const actions = clauseOf(element, 'Action', (text) => compileText(text.toLowerCase(), false));
  if ((effect !== 'Allow' && effect !== 'Deny') || actions === undefined) return [];
  const resources = clauseOf(element, 'Resource', (text) => compileText(text, hasVariables));
  const principals = principalsOf(element);
  const conditions = condition === undefined ? [] : conditionsOf(condition, hasVariables);
  return [
    {
      effect,
      actions,
      conditions,
      ...(resources === undefined ? {} : { resources }),
      ...(principals === undefined ? {} : { principals }),
    },
  ];
}

function clauseOf(
  element: Element,
  name: string,
  compile: (text: string) => Pattern,
): Clause | undefined {
  const isNegated = element[name] === undefined;
  const value = element[isNegated ? `Not${name}` : name];
  if (value === undefined) return undefined;
  return { isNegated, patterns: textsOf(value).map(compile) };
}

function principalsOf(element: Element): Principals | undefined {
  const { Principal: principal, NotPrincipal: excluded } = element;
  const value = principal ?? excluded;
  if (value === undefined) return undefined;
  const isNegated = principal === undefined;
  if (!isObject(value)) return { isNegated, aws: textsOf(value), services: [] };
  const { AWS: aws = [], CanonicalUser: canonical = [], Service: services = [] } = value;
  return {
    isNegated,
    aws: [...textsOf(aws), ...textsOf(canonical)],
    services: textsOf(services),
  };
}

/** What is no condition is one that nobody knows: left out, it would let everybody in. */
const UNKNOWN: Condition = { key: '', values: [] };

function conditionsOf(element: unknown, hasVariables: boolean): readonly Condition[] {
  if (!isObject(element)) return [UNKNOWN];
  return Object.entries(element).flatMap(([name, terms]) => {
    const operator = parseOperator(name);
    if (!isObject(terms)) return [UNKNOWN];
    return Object.entries(terms).map(([name, values]) => {
      const [key, scalars] = [name.toLowerCase(), listOf(values)];
      if (operator === undefined || !scalars.every(isScalar)) return { ...UNKNOWN, key };
      const texts = scalars.map((one) => compileText(String(one), hasVariables));
      return { operator, key, values: texts };
    });
  });
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((one) => typeof one === 'string');
}

/** Conditions may have numbers and booleans as such. */
function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
