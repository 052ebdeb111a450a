/** What a function behind a proxy integration returned, as a response. */
import { isHeaderName, isHeaderText } from '#aws/proxy/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { isBinary } from './payload.ts';
import type { Visit } from './visit.ts';

const MEMBERS: ReadonlySet<string> = new Set([
  'statusCode',
  'headers',
  'multiValueHeaders',
  'body',
  'isBase64Encoded',
]);

/** Headers that belong to the connection. */
const CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
]);

/**
 * The response; `undefined` where the function returned none.
 * @see recording `apigateway_lambda: test_aws_proxy_response_payload_format_validation`
 */
export function proxyResponse(visit: Visit, payload: Uint8Array): WireResponse | undefined {
  const value = parseJson(textOf(payload));
  if (!isObject(value)) return undefined;
  const names = Object.keys(value);
  if (names.length === 0 || names.some((name) => !MEMBERS.has(name))) return undefined;
  const status = Number(value['statusCode'] ?? 200);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const { body, isBase64Encoded } = value;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  const joined = headersOf(value);
  if (joined === undefined) return undefined;
  const { 'set-cookie': cookies, ...rest } = joined;
  const headers = Object.fromEntries(
    Object.entries(rest).map(([name, all]) => [name, all.join(', ')]),
  );
  const isDecoded = isBase64Encoded === true && isBinary(visit, visit.head.headers['accept']);
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    ...(cookies === undefined ? {} : { cookies }),
    body: isDecoded ? Uint8Array.from(Buffer.from(body ?? '', 'base64')) : utf8(body ?? ''),
  };
}

/** Single headers follow those of several values; `undefined` where either is malformed. */
function headersOf(
  value: Readonly<Record<string, unknown>>,
): Readonly<Record<string, readonly string[]>> | undefined {
  const { headers: single = null, multiValueHeaders: several = null } = value;
  const found: Record<string, string[]> = {};
  const add = (name: string, one: unknown): void => {
    const key = name.toLowerCase();
    const text = String(one);
    if (!isHeaderName(key) || !isHeaderText(text) || CONNECTION.has(key)) return;
    const now = found[key] ?? [];
    if (!now.includes(text)) found[key] = [...now, text];
  };
  if (several !== null) {
    if (!isObject(several)) return undefined;
    for (const [name, all] of Object.entries(several)) {
      if (!Array.isArray(all)) return undefined;
      for (const one of all) add(name, one);
    }
  }
  if (single === null) return found;
  if (!isObject(single)) return undefined;
  for (const [name, one] of Object.entries(single)) {
    if (typeof one === 'object' && one !== null) return undefined;
    if (one !== null) add(name, one);
  }
  return found;
}
