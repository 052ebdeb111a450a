/**
 * Filter criteria over records: the pattern language over what a pattern may name of each source. Pure.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
import type { FilterCriteria } from '#aws/models/lambda.types.gen.ts';
import { compilePattern, matchPattern, type EventPattern } from '#kernel/event-pattern/index.ts';
import { isObject, parseJson } from '#kernel/json.ts';

import type { SourceKind } from '../model.ts';

/** True for a record, as an element of `Records`, that the function shall get. */
export type RecordFilter = (event: unknown) => boolean;

/**
 * Compiles the criteria; a record passes that any one pattern matches, and all pass where there is none.
 * @throws PatternRefused
 */
export function compileFilter(
  criteria: FilterCriteria | undefined,
  kind: SourceKind,
): RecordFilter {
  const patterns = (criteria?.Filters ?? [])
    .map(({ Pattern = '{}' }) => Pattern)
    .filter((text) => !isEmptyPattern(text))
    .map((text) => compilePattern(text));
  if (patterns.length === 0) return () => true;
  const dataKey = DATA_KEYS[kind];
  return (event) =>
    patterns.some((pattern) => matchPattern(pattern, viewOf(event, kind, dataKey, pattern)));
}

/** What of a record is text that may be JSON; DynamoDB's records are JSON throughout. */
const DATA_KEYS: Readonly<Record<SourceKind, string | undefined>> = {
  sqs: 'body',
  kinesis: 'data',
  dynamodb: undefined,
};

/** `{}` lets everything pass; the pattern language itself refuses it. */
function isEmptyPattern(text: string): boolean {
  const value = parseJson(text);
  return isObject(value) && Object.keys(value).length === 0;
}

/**
 * The record as a pattern sees it. A pattern of objects under the data's key asks for JSON, one of a list asks
 * for plain text; data of the other form does not match.
 */
function viewOf(
  event: unknown,
  kind: SourceKind,
  dataKey: string | undefined,
  pattern: EventPattern,
): unknown {
  if (dataKey === undefined || !isObject(event)) return event;
  const text = textOfRecord(event, kind);
  const node = pattern.fields.get(dataKey);
  const asksForText = node !== undefined && 'conditions' in node;
  const parsed = parseJson(text);
  const isStructured = isObject(parsed) || Array.isArray(parsed);
  if (asksForText) return { ...event, [dataKey]: isStructured ? undefined : text };
  return { ...event, [dataKey]: isStructured ? parsed : undefined };
}

function textOfRecord(event: { readonly [key: string]: unknown }, kind: SourceKind): string {
  if (kind === 'sqs') return String(event['body']);
  const { kinesis } = event;
  const data = isObject(kinesis) ? kinesis['data'] : undefined;
  return typeof data === 'string' ? Buffer.from(data, 'base64').toString() : '';
}
