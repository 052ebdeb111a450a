/**
 * What expressions mean, once parsed: the same for expressions and for the legacy parameters before
 * them.
 */
import type { Value } from '../value/value.ts';

/** A document path: names, and numbers for elements of lists. The first is a name. */
export type Path = readonly (string | number)[];

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export interface PathOperand {
  readonly kind: 'path';
  readonly path: Path;
  /** What is wrong with its names; such a path is refused before it is used. */
  readonly reservedWord?: string;
  readonly undefinedName?: string;
}

export interface ValueOperand {
  readonly kind: 'value';
  readonly value: Value;
  /** The placeholder, where it stands for nothing; refused before it is used. */
  readonly undefinedName?: string;
}

/** A call of any function; only `size` may be an operand, only the others a condition. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly operands: readonly Operand[];
}

export type Operand = PathOperand | ValueOperand | Call;

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | {
      readonly kind: 'compare';
      readonly comparator: Comparator;
      readonly left: Operand;
      readonly right: Operand;
    }
  | {
      readonly kind: 'between';
      readonly operand: Operand;
      readonly low: Operand;
      readonly high: Operand;
    }
  | { readonly kind: 'in'; readonly operand: Operand; readonly list: readonly Operand[] }
  | Call;

/** The right side of SET. */
export type UpdateValue =
  | PathOperand
  | ValueOperand
  | Call
  | { readonly kind: '+' | '-'; readonly left: UpdateValue; readonly right: UpdateValue };

export type UpdateAction =
  | { readonly kind: 'set'; readonly target: PathOperand; readonly value: UpdateValue }
  | { readonly kind: 'remove'; readonly target: PathOperand }
  | { readonly kind: 'add'; readonly target: PathOperand; readonly value: ValueOperand }
  | { readonly kind: 'delete'; readonly target: PathOperand; readonly value: ValueOperand };

/** As AWS's messages write a path: `[a, [0], b]`. */
export function formatPath(path: Path): string {
  return `[${path.map((element) => (typeof element === 'number' ? `[${element}]` : element)).join(', ')}]`;
}
