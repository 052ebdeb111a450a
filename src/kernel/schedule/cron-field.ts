/** One field of a cron expression: lists, ranges and steps of numbers or names. */

export interface FieldBounds {
  readonly min: number;
  readonly max: number;
  /** `JAN` for 1, where the field has names; in the order of their numbers, from `min`. */
  readonly names?: readonly string[];
}

export const MINUTES: FieldBounds = { min: 0, max: 59 };
export const HOURS: FieldBounds = { min: 0, max: 23 };
export const DAYS_OF_MONTH: FieldBounds = { min: 1, max: 31 };
export const MONTHS: FieldBounds = {
  min: 1,
  max: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
};
export const DAYS_OF_WEEK: FieldBounds = {
  min: 1,
  max: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};
export const YEARS: FieldBounds = { min: 1970, max: 2199 };

/**
 * The numbers that a field allows, ascending; `undefined` where it is malformed.
 * Takes `*`, `a`, `a-b`, each with an optional `/step`, and lists of these.
 */
export function parseField(text: string, bounds: FieldBounds): readonly number[] | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const range = parsePart(part, bounds);
    if (range === undefined) return undefined;
    for (let value = range.first; value <= range.last; value += range.step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

function parsePart(part: string, bounds: FieldBounds): Range | undefined {
  const [span = '', stepText, ...rest] = part.split('/');
  if (rest.length > 0) return undefined;
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  if (step === undefined || step < 1) return undefined;
  if (span === '*') return { first: bounds.min, last: bounds.max, step };
  const ends = span.split('-');
  if (ends.length > 2) return undefined;
  const first = parseValue(ends[0] ?? '', bounds);
  if (first === undefined) return undefined;
  // `5/15` begins at 5 and goes to the field's end.
  if (ends.length === 1) return { first, last: stepText === undefined ? first : bounds.max, step };
  const last = parseValue(ends[1] ?? '', bounds);
  return last === undefined || last < first ? undefined : { first, last, step };
}

/** A number or name within the bounds; `undefined` where it is neither. */
export function parseValue(text: string, { min, max, names }: FieldBounds): number | undefined {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  if (named !== -1) return min + named;
  const value = parseNumber(text);
  return value === undefined || value < min || value > max ? undefined : value;
}

function parseNumber(text: string): number | undefined {
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}
