/** Values written as text: in headers, queries, paths and XML. */
import type { Member, Shape, TimestampFormat } from '../model.ts';
import { base64OfBytes, bytesFrom } from './json.ts';
import { formatTimestamp, parseTimestamp, timestampFormat } from './timestamps.ts';

/** The value that a text says for a simple shape; `undefined` where it is not of the type. */
export function parseText(shape: Shape, text: string): unknown {
  switch (shape.kind) {
    case 'string':
      return text;
    case 'boolean':
      return parseBoolean(text.trim().toLowerCase());
    case 'integer':
    case 'long':
      return /^[+-]?\d{1,19}$/.test(text.trim()) ? Number(text) : undefined;
    case 'float':
    case 'double':
      return parseDouble(text.trim());
    case 'timestamp':
      return parseTimestamp(text);
    case 'blob':
      return parseBase64(text.replaceAll(/\s/g, ''));
    default:
      return undefined;
  }
}

function parseBoolean(text: string): boolean | undefined {
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

function parseDouble(text: string): number | undefined {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text);
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function parseBase64(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? bytesFrom(text) : undefined;
}

/** A simple value as text; the fallback is the place's usual format of a timestamp. */
export function formatText(member: Member, value: unknown, fallback: TimestampFormat): string {
  const { shape } = member;
  if (shape.kind === 'timestamp') {
    return formatTimestamp(value as number, timestampFormat(member, fallback)); // The output's type says so.
  }
  if (shape.kind === 'blob') return base64OfBytes(value as Uint8Array); // As above.
  return String(value);
}

/** What no header may hold: line ends, other control characters, and what is not ISO 8859-1. */
const NOT_IN_HEADERS = /[^\t\x20-\x7E\x80-\xFF]/g;

/** A text as a header's value: what none may hold becomes a space, so that no value ends its header. */
export function headerSafe(text: string): string {
  return text.search(NOT_IN_HEADERS) < 0 ? text : text.replaceAll(NOT_IN_HEADERS, ' ');
}

/** Text of a scalar that no shape describes: an attribute, a header's value, a field of an error. */
export function scalarText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
