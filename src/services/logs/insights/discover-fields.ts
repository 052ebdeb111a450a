/**
 * The fields that an event has of itself: its own, those of a JSON message, those of a report of Lambda's.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
 */
import { isObject, parseJson } from '#kernel/json.ts';
import type { Value } from './syntax.ts';

/** @see the page above */
const JSON_FIELDS_MAX = 200;

export interface EventToQuery {
  readonly timestamp: number;
  readonly ingestedAtMs: number;
  readonly message: string;
  readonly stream: string;
  readonly group: string;
  readonly accountId: string;
  /** What GetLogRecord finds the event by. */
  readonly pointer: string;
}

/** The fields of an event, by name. */
export function fieldsOf(event: EventToQuery): Map<string, Value> {
  const fields = new Map<string, Value>([
    ['@timestamp', new Date(event.timestamp)],
    ['@ingestionTime', new Date(event.ingestedAtMs)],
    ['@message', event.message],
    ['@logStream', event.stream],
    ['@log', `${event.accountId}:${event.group}`],
    ['@ptr', event.pointer],
  ]);
  if (event.group.startsWith('/aws/lambda/')) addLambdaFields(fields, event.message);
  const start = event.message.indexOf('{');
  if (start === -1) return fields;
  const value = parseJson(event.message.slice(start));
  if (isObject(value)) addJson(fields, '', value);
  return fields;
}

function addJson(
  fields: Map<string, Value>,
  path: string,
  value: { readonly [key: string]: unknown } | readonly unknown[],
): void {
  for (const [key, member] of Object.entries(value)) {
    const name = path === '' ? key : `${path}.${key}`;
    if (fields.size >= JSON_FIELDS_MAX) return;
    if (isObject(member)) addJson(fields, name, member);
    else if (Array.isArray(member)) addJson(fields, name, member as unknown[]);
    else if (typeof member === 'string' || typeof member === 'number') fields.set(name, member);
    else if (typeof member === 'boolean') fields.set(name, member ? 1 : 0);
  }
}

const REPORTED: readonly (readonly [name: string, pattern: RegExp, factor: number])[] = [
  ['@duration', /\tDuration: ([\d.]+) ms/, 1],
  ['@billedDuration', /Billed Duration: ([\d.]+) ms/, 1],
  ['@initDuration', /Init Duration: ([\d.]+) ms/, 1],
  ['@memorySize', /Memory Size: (\d+) MB/, 1_000_000],
  ['@maxMemoryUsed', /Max Memory Used: (\d+) MB/, 1_000_000],
];

function addLambdaFields(fields: Map<string, Value>, message: string): void {
  const [, type, started] = /^(START|END|REPORT) RequestId: (\S+)/.exec(message) ?? [];
  const requestId = started ?? /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/.exec(message)?.[0];
  if (requestId !== undefined) fields.set('@requestId', requestId);
  if (type !== undefined) fields.set('@type', type);
  if (type !== 'REPORT') return;
  for (const [name, pattern, factor] of REPORTED) {
    const text = pattern.exec(message)?.[1];
    if (text !== undefined) fields.set(name, Number(text) * factor);
  }
}
