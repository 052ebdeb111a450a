/** How values are compared, counted and shown. */
import type { Value } from './syntax.ts';

/** A value as a number; `undefined` where it is none. */
export function numberOf(value: Value): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** A value as it stands in an answer. Decimals have four places. */
export function textOf(value: Exclude<Value, undefined>): string {
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', '');
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? String(value) : String(Math.round(value * 10_000) / 10_000);
}

/** Below zero where `a` comes first: numbers by size, texts by their characters, nothing at the end. */
export function compareValues(a: Value, b: Value): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  const [s, t] = [textOf(a), textOf(b)];
  return s < t ? -1 : Number(s > t);
}

/** False, nothing, an empty text and zero are false. */
export function isTrue(value: Value): boolean {
  return value instanceof Date || Boolean(value);
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `5m` in ms; `undefined` where the text is no length of time. */
export function periodMs(text: string): number | undefined {
  const [, count = '', unit = ''] =
    /^(\d+)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$/.exec(
      text,
    ) ?? [];
  const known = unit.startsWith('mil') ? 'ms' : unit === 'ms' ? unit : unit.charAt(0);
  const ms = Number(count) * (UNITS_MS[known] ?? 0);
  return ms > 0 ? ms : undefined;
}
