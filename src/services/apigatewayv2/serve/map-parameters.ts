/** Rewrites requests and answers as an integration's parameter mappings say. Pure. */
import { cleanHeaders } from '#aws/proxy/index.ts';
import type { RequestHead } from '#aws/operation.ts';
import type { WireResponse } from '#aws/wire.ts';
import { valueOf, type Scope } from './variables.ts';

type Mapping = Readonly<Record<string, string>>;

/** What of a request can be rewritten. */
export interface MappedRequest {
  readonly head: RequestHead;
  readonly path: string;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html */
export function mapRequest(mapping: Mapping, scope: Scope): MappedRequest {
  const { head, path } = scope.visit;
  if (Object.keys(mapping).length === 0) return { head, path };
  const headers = new Map(Object.entries(head.headers));
  const query = new URLSearchParams(head.query);
  let mapped = path;
  for (const [key, text] of Object.entries(mapping)) {
    const { action, place, name } = parsedKey(key);
    const value = action === 'remove' ? undefined : valueOf(text, scope);
    if (place === 'path') mapped = value ?? mapped;
    else if (place === 'header') changeHeader(headers, action, name, value);
    else changeQuery(query, action, name, value);
  }
  const changed = { ...head, headers: cleanHeaders(Object.fromEntries(headers)), query };
  return { head: { ...changed, rawQuery: query.toString() }, path: mapped };
}

/** @param mappings by status: `200`, `4xx` is none of AWS's, whole numbers alone are */
export function mapResponse(
  mappings: Readonly<Record<string, Mapping>>,
  response: WireResponse,
  scope: Scope,
): WireResponse {
  const mapping = mappings[String(response.status)];
  if (mapping === undefined) return response;
  const headers = new Map(Object.entries(response.headers));
  let { status } = response;
  for (const [key, text] of Object.entries(mapping)) {
    const { action, place, name } = parsedKey(key);
    const value = action === 'remove' ? undefined : valueOf(text, scope);
    if (place === 'header') changeHeader(headers, action, name, value);
    else status = statusOf(value) ?? status;
  }
  return { ...response, status, headers: cleanHeaders(Object.fromEntries(headers)) };
}

function statusOf(value: string | undefined): number | undefined {
  return value !== undefined && /^[2-5]\d\d$/.test(value) ? Number(value) : undefined;
}

interface ParsedKey {
  readonly action: string;
  readonly place: string;
  readonly name: string;
}

/** `append:header.x-name`. */
function parsedKey(key: string): ParsedKey {
  const [, action = '', place = '', name = ''] = /^(\w+):(\w+)(?:\.(.+))?$/.exec(key) ?? [];
  return { action, place, name };
}

function changeHeader(
  headers: Map<string, string>,
  action: string,
  given: string,
  value: string | undefined,
): void {
  const name = given.toLowerCase();
  if (action === 'remove') headers.delete(name);
  if (value === undefined) return;
  const before = action === 'append' ? headers.get(name) : undefined;
  headers.set(name, before === undefined ? value : `${before},${value}`);
}

function changeQuery(
  query: URLSearchParams,
  action: string,
  name: string,
  value: string | undefined,
): void {
  if (action === 'remove') query.delete(name);
  if (value === undefined) return;
  if (action === 'append') query.append(name, value);
  else query.set(name, value);
}
