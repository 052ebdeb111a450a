/** What a template is made of, once it is parsed. */

/** A template that cannot be parsed, or that works for too long. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** A text in double quotes: rendered. */
  | { readonly kind: 'text'; readonly body: readonly Block[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'not' | 'minus'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | Reference;

export interface Reference {
  readonly kind: 'reference';
  readonly name: string;
  readonly steps: readonly Step[];
  /** Shows nothing where there is nothing: `$!name`. */
  readonly isQuiet: boolean;
  /** As it stands in the template. */
  readonly source: string;
}

export type Step =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] }
  | { readonly kind: 'index'; readonly index: Expression };

export type Block =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'show'; readonly reference: Reference }
  | { readonly kind: 'set'; readonly target: Reference; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly Branch[] }
  | {
      readonly kind: 'foreach';
      readonly variable: string;
      readonly list: Expression;
      readonly body: readonly Block[];
    }
  | { readonly kind: 'break' | 'stop' };

export interface Branch {
  /** Absent for what is left. */
  readonly condition?: Expression;
  readonly body: readonly Block[];
}
