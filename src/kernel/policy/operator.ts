/**
 * The operators of conditions.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { isInBlock, parseAddressBlock } from '#kernel/ip-address.ts';
import { isLike, isLikeArn, withoutWildcards } from './pattern.ts';

/** An operator's name in its parts: `ForAnyValue:StringNotLikeIfExists`. */
export interface Operator {
  readonly kind: 'compare' | 'null';
  /** How the values of a key with several are quantified. */
  readonly set?: 'all' | 'any';
  readonly isNegated: boolean;
  readonly isIfExists: boolean;
  /** Whether one value of the request matches one of the policy's, whose wildcards are marked. */
  readonly matches: Comparison;
}

type Comparison = (expected: string, actual: string) => boolean;

const equals: Comparison = (expected, actual) => withoutWildcards(expected) === actual;
const equalsIgnoringCase: Comparison = (expected, actual) =>
  withoutWildcards(expected).toLowerCase() === actual.toLowerCase();

/** By what an operator's name begins and ends with; those that say Not are made of these. */
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: isLike,
  ArnEquals: isLikeArn,
  ArnLike: isLikeArn,
  BinaryEquals: equals,
  Bool: equalsIgnoringCase,
  IpAddress: isAddressOf,
  ...ordered('Numeric', numberOf),
  ...ordered('Date', dateOf),
};

const NAME = /^(?:For(All|Any)Values?:)?([A-Za-z]+?)(IfExists)?$/;

/** The operator of that name; `undefined` where there is none. */
export function parseOperator(name: string): Operator | undefined {
  const [, set, base = '', ifExists] = NAME.exec(name) ?? [];
  const isNegated = /^(?:String|Arn|Numeric|Date)Not|^NotIpAddress$/.test(base);
  const kind = base === 'Null' ? 'null' : 'compare';
  const plain = base.replace('Not', '');
  const matches = kind === 'null' ? equalsIgnoringCase : own(isNegated ? plain : base);
  if (matches === undefined) return undefined;
  return {
    kind,
    matches,
    isNegated,
    isIfExists: ifExists !== undefined,
    ...(set === undefined ? {} : { set: set === 'All' ? 'all' : 'any' }),
  };
}

function own(name: string): Comparison | undefined {
  return Object.hasOwn(COMPARISONS, name) ? COMPARISONS[name] : undefined;
}

function ordered(
  type: string,
  valueOf: (text: string) => number,
): Readonly<Record<string, Comparison>> {
  const by =
    (holds: (actual: number, expected: number) => boolean): Comparison =>
    (expected, actual) =>
      holds(valueOf(actual), valueOf(withoutWildcards(expected)));
  return {
    [`${type}Equals`]: by((actual, expected) => actual === expected),
    [`${type}LessThan`]: by((actual, expected) => actual < expected),
    [`${type}LessThanEquals`]: by((actual, expected) => actual <= expected),
    [`${type}GreaterThan`]: by((actual, expected) => actual > expected),
    [`${type}GreaterThanEquals`]: by((actual, expected) => actual >= expected),
  };
}

/** NaN, which is in no order with anything, for what is no number. */
function numberOf(text: string): number {
  return /^\s*$/.test(text) ? Number.NaN : Number(text);
}

/** A date of ISO 8601, or seconds since 1970, as ms since 1970. */
function dateOf(text: string): number {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function isAddressOf(expected: string, actual: string): boolean {
  const block = parseAddressBlock(withoutWildcards(expected));
  return block !== undefined && isInBlock(actual, block);
}
