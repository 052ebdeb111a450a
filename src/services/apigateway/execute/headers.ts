/** Headers that gateways drop, rename and add. Recorded: apigateway_integrations, TestApiGatewayHeaderRemapping. */
import { cleanHeaders } from '#aws/proxy/index.ts';
import type { Integration } from '#aws/models/apigateway.types.gen.ts';

/** True where requests and answers pass as they are. */
export function isProxy({ type }: Integration): boolean {
  return type === 'HTTP_PROXY' || type === 'AWS_PROXY';
}

/** Of a client's, in lower case: a back end never sees them. */
const DROPPED: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-md5',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'www-authenticate',
  'x-amzn-trace-id',
]);

/** Of a mapping's: they are the connection's. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'te',
  'proxy-authenticate',
  'via',
  'host',
]);

/** A client's headers that pass to a back end behind a proxy. */
export function passedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !DROPPED.has(name)));
}

/** Mapped headers that can be sent. */
export function sendableHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NEVER_SENT.has(name)));
}

/** Of a response: clients see them by another name, as the gateway has its own. */
const REMAPPED: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'trailer',
  'upgrade',
  'user-agent',
  'www-authenticate',
  'x-amzn-requestid',
]);

/** Of a response: nobody sees them. */
const HIDDEN: ReadonlySet<string> = new Set(['transfer-encoding', 'keep-alive']);

/** A back end's headers as a client sees them. */
export function answeredHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const shown = Object.entries(cleanHeaders(headers)).filter(([name]) => !HIDDEN.has(name));
  return Object.fromEntries(
    shown.map(([name, value]) => [REMAPPED.has(name) ? `x-amzn-remapped-${name}` : name, value]),
  );
}
