/** Patterns of fields, `[ip, user, ..., status=4*, bytes>1000]`, for events whose fields are set apart by spaces. */
import { readConditions } from './conditions.ts';
import type { Condition } from './conditions.ts';
import type { Scanner } from './scanner.ts';

const FIELD_NAME = /[\w*.-]*/y;
const FIELDS_MAX = 128;
/** A field: `"…"`, `[…]`, or what has no space in it. */
const EVENT_FIELD = /"((?:[^"\\]|\\[^])*)"|\[([^\]]*)\]|(\S+)/g;

interface Field {
  /** `$status`; `$3` where the pattern gives no name. */
  readonly name: string;
  readonly condition: Condition | undefined;
}

/** Reads an event's fields; `undefined` where the event does not match. */
export type MatchFields = (message: string) => Record<string, string> | undefined;

/**
 * Reads what follows `[`, to the pattern's end.
 * @throws InvalidFilterPattern
 */
export function readFields(scanner: Scanner): MatchFields {
  const before: Field[] = [];
  const after: Field[] = [];
  let hasEllipsis = false;
  do {
    scanner.skipSpace();
    if (scanner.take('...')) {
      if (hasEllipsis) throw scanner.error();
      hasEllipsis = true;
    } else {
      const fields = hasEllipsis ? after : before;
      fields.push(readField(scanner, before.length + after.length + 1));
    }
    if (before.length + after.length > FIELDS_MAX) throw scanner.error();
    scanner.skipSpace();
  } while (scanner.take(','));
  scanner.skipSpace();
  if (!scanner.take(']')) throw scanner.error();
  scanner.skipSpace();
  if (!scanner.isAtEnd) throw scanner.error();
  return (message) => matchFields(splitFields(message), before, hasEllipsis ? after : undefined);
}

function readField(scanner: Scanner, number: number): Field {
  const start = scanner.peek(/[\s(]*([\w*.-]*)/y) ?? '';
  const name = start === '' || start === '*' ? `$${number}` : `$${start}`;
  const isBare = scanner.peek(/\s*([\w*.-]*)\s*[,\]]/y) !== undefined;
  if (!isBare) return { name, condition: readConditions(scanner, { selector: FIELD_NAME }) };
  scanner.match(FIELD_NAME);
  return { name, condition: undefined };
}

function matchFields(
  values: readonly string[],
  before: readonly Field[],
  after: readonly Field[] | undefined,
): Record<string, string> | undefined {
  const named = before.length + (after?.length ?? 0);
  if (after === undefined ? values.length !== named : values.length < named) return undefined;
  const extracted: Record<string, string> = {};
  const skipped = values.length - named;
  for (const [index, field] of before.entries()) extracted[field.name] = values[index] ?? '';
  const skippedValues = values.slice(before.length, before.length + skipped);
  for (const [index, value] of skippedValues.entries()) {
    extracted[`$${before.length + index + 1}`] = value;
  }
  for (const [index, field] of (after ?? []).entries()) {
    extracted[field.name] = values[before.length + skipped + index] ?? '';
  }
  const isMatch = [...before, ...(after ?? [])].every(
    ({ name, condition }) => condition?.(() => [extracted[name] ?? '']) ?? true,
  );
  return isMatch ? extracted : undefined;
}

function splitFields(message: string): string[] {
  return Array.from(
    message.matchAll(EVENT_FIELD),
    ([, quoted, bracketed, bare]) => quoted ?? bracketed ?? bare ?? '',
  );
}
