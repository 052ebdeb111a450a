/** The constraints of one shape, compiled once, each with AWS's sentence. */
import type { Shape } from './model.ts';
import { compilePattern } from './validate-pattern.ts';
import { doubleText, inHashOrder } from './validate-text.ts';

export interface Constraint {
  /** `Member must have length less than or equal to 64`. */
  readonly text: string;
  readonly kind: 'max' | 'min' | 'pattern' | 'enum';
  holds(value: unknown): boolean;
}

const constraintsOf = new WeakMap<Shape, readonly Constraint[]>();

/** A shape's constraints in the order in which AWS lists them within brackets: most, least, pattern, values. */
export function shapeConstraints(shape: Shape): readonly Constraint[] {
  let constraints = constraintsOf.get(shape);
  if (!constraints) {
    constraints = compile(shape);
    constraintsOf.set(shape, constraints);
  }
  return constraints;
}

function compile(shape: Shape): readonly Constraint[] {
  switch (shape.kind) {
    case 'string':
      return [...lengths(shape, stringLength), ...patterns(shape), ...values(shape)];
    case 'list':
      return lengths(shape, (value) => (value as readonly unknown[]).length); // Parsed along this shape.
    case 'map':
      return lengths(shape, (value) => Object.keys(value as object).length); // As above.
    case 'blob':
      return lengths(shape, (value) =>
        value instanceof Uint8Array ? value.byteLength : undefined,
      );
    case 'integer':
    case 'long':
      return range(shape, String);
    case 'float':
    case 'double':
      return range(shape, doubleText);
    default:
      return [];
  }
}

const stringLength = (value: unknown): number => (value as string).length; // Parsed along its shape.

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** A stream's length is not known, and holds. */
function lengths(
  { min, max }: Bounds,
  lengthOf: (value: unknown) => number | undefined,
): readonly Constraint[] {
  const constraints: Constraint[] = [];
  if (max !== undefined) {
    const text = `Member must have length less than or equal to ${max}`;
    constraints.push({ text, kind: 'max', holds: (value) => (lengthOf(value) ?? 0) <= max });
  }
  if (min !== undefined) {
    const text = `Member must have length greater than or equal to ${min}`;
    constraints.push({ text, kind: 'min', holds: (value) => (lengthOf(value) ?? min) >= min });
  }
  return constraints;
}

function range({ min, max }: Bounds, write: (bound: number) => string): readonly Constraint[] {
  const constraints: Constraint[] = [];
  if (max !== undefined) {
    const text = `Member must have value less than or equal to ${write(max)}`;
    constraints.push({ text, kind: 'max', holds: (value) => Number(value) <= max });
  }
  if (min !== undefined) {
    const text = `Member must have value greater than or equal to ${write(min)}`;
    constraints.push({ text, kind: 'min', holds: (value) => Number(value) >= min });
  }
  return constraints;
}

function patterns(shape: Shape & { readonly kind: 'string' }): readonly Constraint[] {
  if (shape.pattern === undefined) return [];
  const text = `Member must satisfy regular expression pattern: ${shape.pattern}`;
  const pattern = compilePattern(shape.pattern, shape.max);
  return [{ text, kind: 'pattern', holds: (value) => pattern.matches(value as string) }]; // As above.
}

function values(shape: Shape & { readonly kind: 'string' }): readonly Constraint[] {
  if (!shape.enum) return [];
  const known = new Set(shape.enum);
  const text = `Member must satisfy enum value set: [${inHashOrder(shape.enum).join(', ')}]`;
  return [{ text, kind: 'enum', holds: (value) => known.has(value as string) }]; // As above.
}
