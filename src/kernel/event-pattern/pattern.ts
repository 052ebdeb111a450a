/** A pattern that was compiled. */
import type { AddressBlock } from '#kernel/ip-address.ts';

/** SNS's language is older: `anything-but` takes no operator but `prefix` there. */
export type PatternDialect = 'eventbridge' | 'sns';

/** A tree in the shape of the event: every field, and one alternative of every `$or`, must match. */
export interface EventPattern {
  readonly fields: ReadonlyMap<string, EventPattern | PatternLeaf>;
  readonly anyOf: readonly (readonly EventPattern[])[];
}

/** Any one condition suffices. */
export interface PatternLeaf {
  /** From the event's root. */
  readonly path: readonly string[];
  readonly conditions: readonly Condition[];
}

export type Condition =
  | { readonly kind: 'equals'; readonly value: string | number | boolean | null }
  | { readonly kind: 'exists'; readonly isPresent: boolean }
  | { readonly kind: 'numeric'; readonly bounds: readonly NumericBound[] }
  | { readonly kind: 'cidr'; readonly range: AddressBlock }
  | TextCondition
  /** None of these may hold of the value, which must be there. */
  | { readonly kind: 'anything-but'; readonly conditions: readonly Condition[] };

export interface TextCondition {
  readonly kind: 'prefix' | 'suffix' | 'equals-ignore-case' | 'wildcard';
  /** In lower case where `ignoresCase`. */
  readonly text: string;
  readonly ignoresCase: boolean;
}

export interface NumericBound {
  readonly operator: '=' | '<' | '<=' | '>' | '>=';
  readonly value: number;
}

/** True for a node that has conditions; false for one that has further fields. */
export function isLeaf(node: object): node is PatternLeaf {
  return 'conditions' in node;
}
