/** The three ways in which AWS writes a moment. Inside, it is a number: ms since 1970. */
import type { Member, TimestampFormat } from '../model.ts';

/** The format that the model names for a member, or the one that its place asks for. */
export function timestampFormat(member: Member, fallback: TimestampFormat): TimestampFormat {
  if (member.timestampFormat) return member.timestampFormat;
  return (member.shape.kind === 'timestamp' && member.shape.format) || fallback;
}

/** `2015-10-21T07:28:00Z`, `Wed, 21 Oct 2015 07:28:00 GMT`, or seconds since 1970. */
export function formatTimestamp(ms: number, format: TimestampFormat): string {
  if (format === 'unixTimestamp') return String(ms / 1000);
  const date = new Date(ms);
  if (format === 'rfc822') return date.toUTCString();
  const text = date.toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?$/;
const ISO_DATE = /^\d{4}-\d\d-\d\d$/;
const HTTP_DATE =
  /^(?:[A-Za-z]{3,9}, )?\d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} \d\d:\d\d:\d\d(?: (?:GMT|UTC|[+-]\d{4}))?$/;

/** Ms since 1970 of a moment in any of the formats; `undefined` where it is none. */
export function parseTimestamp(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(trimmed)) return finite(Number(trimmed) * 1000);
  if (ISO_8601.test(trimmed)) {
    const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(trimmed);
    return finite(Date.parse(hasZone ? trimmed : `${trimmed}Z`));
  }
  if (ISO_DATE.test(trimmed) || HTTP_DATE.test(trimmed)) return finite(Date.parse(trimmed));
  return undefined;
}

function finite(ms: number): number | undefined {
  return Math.abs(ms) <= 8.64e15 ? Math.round(ms) : undefined;
}
