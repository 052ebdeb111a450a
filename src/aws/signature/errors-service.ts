import { hash } from 'node:crypto';
import { AwsError } from '#aws/errors.ts';
import { unreachable } from '#kernel/assert.ts';
import { MINUTE_MS } from '#kernel/units.ts';
import { ALGORITHM, ALGORITHM_ASYMMETRIC } from './request.ts';
import { formatTimestamp } from './timestamp.ts';
import type { Part, Refusal } from './refusal.ts';

type Family = 'query' | 'json' | 'rest-json';

type Kind = 'missing' | 'incomplete' | 'unknown-key' | 'expired-token' | 'mismatch';

const EXCEPTIONS: Readonly<Record<Kind, string>> = {
  missing: 'MissingAuthenticationTokenException',
  incomplete: 'IncompleteSignatureException',
  'unknown-key': 'UnrecognizedClientException',
  'expired-token': 'ExpiredTokenException',
  mismatch: 'InvalidSignatureException',
};

const QUERY_CODES: Readonly<Record<Kind, string>> = {
  missing: 'MissingAuthenticationToken',
  incomplete: 'IncompleteSignature',
  'unknown-key': 'InvalidClientTokenId',
  'expired-token': 'ExpiredToken',
  mismatch: 'SignatureDoesNotMatch',
};

const PART_PROBLEMS: Readonly<Record<Part, string>> = {
  Credential: "Authorization header requires 'Credential' parameter.",
  Signature: "Authorization header requires 'Signature' parameter.",
  SignedHeaders: "Authorization header requires 'SignedHeaders' parameter.",
  Date: "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
};

const KINDS: Readonly<Record<Refusal['kind'], Kind>> = {
  missing: 'missing',
  several: 'incomplete',
  algorithm: 'incomplete',
  incomplete: 'incomplete',
  credential: 'incomplete',
  timestamp: 'incomplete',
  expires: 'incomplete',
  'payload-hash': 'incomplete',
  'unknown-key': 'unknown-key',
  'invalid-token': 'unknown-key',
  'expired-token': 'expired-token',
  'scope-date': 'mismatch',
  'scope-terminal': 'mismatch',
  'scope-service': 'mismatch',
  skewed: 'mismatch',
  'expired-url': 'mismatch',
  'early-url': 'mismatch',
  'unsigned-headers': 'mismatch',
  mismatch: 'mismatch',
};

/** Everybody's but S3's words for a refused signature. */
export function serviceRefusalError(family: Family, refusal: Refusal): AwsError {
  const kind = KINDS[refusal.kind];
  return new AwsError({
    code: (family === 'query' ? QUERY_CODES : EXCEPTIONS)[kind],
    status: statusOf(family, kind),
    message: messageOf(family, refusal),
  });
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html for query */
function statusOf(family: Family, kind: Kind): number {
  if (family === 'json') return 400;
  return family === 'query' && kind === 'incomplete' ? 400 : 403;
}

function messageOf(family: Family, refusal: Refusal): string {
  switch (refusal.kind) {
    case 'missing':
      return family === 'rest-json'
        ? 'Missing Authentication Token'
        : 'Request is missing Authentication Token';
    case 'several':
      return lacking(['Credential', 'Signature', 'SignedHeaders'], refusal.authorization);
    case 'algorithm':
      return refusal.algorithm.startsWith(ALGORITHM_ASYMMETRIC)
        ? `SigV4A (${ALGORITHM_ASYMMETRIC}) is not supported. Please use ${ALGORITHM}.`
        : lacking(['Credential', 'Signature', 'SignedHeaders'], refusal.algorithm);
    case 'incomplete':
      return lacking(refusal.lacks, refusal.text);
    case 'credential':
      return `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${refusal.credential}'`;
    case 'timestamp':
      return `Date must be in ISO-8601 'basic format'. Got '${refusal.text}'. See http://en.wikipedia.org/wiki/ISO_8601`;
    case 'expires':
      return "'X-Amz-Expires' must be a number of seconds between 0 and 604800.";
    case 'payload-hash':
      return "'X-Amz-Content-Sha256' must be a valid sha256 value.";
    case 'scope-date':
      return `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${refusal.date}' != '${refusal.timestamp.slice(0, 8)}', from '${refusal.timestamp}'.`;
    case 'scope-terminal':
      return `Credential should be scoped with a valid terminator: 'aws4_request', not '${refusal.terminal}'.`;
    case 'scope-service':
      return scopeMessage(refusal);
    case 'unknown-key':
    case 'invalid-token':
      return 'The security token included in the request is invalid.';
    case 'expired-token':
      return 'The security token included in the request is expired';
    case 'skewed':
    case 'expired-url':
    case 'early-url':
      return timeMessage(refusal);
    case 'unsigned-headers':
      return "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    case 'mismatch':
      return 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
    default:
      return unreachable(refusal);
  }
}

type TimeRefusal = Extract<Refusal, { readonly kind: 'skewed' | 'expired-url' | 'early-url' }>;

/** `Signature expired: A is now earlier than B (C - 15 min.)`, as AWS counts it out. */
function timeMessage(refusal: TimeRefusal): string {
  const now = formatTimestamp(refusal.nowMs);
  if (refusal.kind === 'expired-url') {
    return `Signature expired: ${formatTimestamp(refusal.expiresAtMs)} is now earlier than ${now}`;
  }
  const { timestampMs, nowMs, skewMsMax } = refusal;
  const signed = formatTimestamp(timestampMs);
  const minutes = skewMsMax / MINUTE_MS;
  return timestampMs < nowMs
    ? `Signature expired: ${signed} is now earlier than ${formatTimestamp(nowMs - skewMsMax)} (${now} - ${minutes} min.)`
    : `Signature not yet current: ${signed} is still later than ${formatTimestamp(nowMs + skewMsMax)} (${now} + ${minutes} min.)`;
}

/** All that is wrong, one sentence after the other. Seen at API Gateway, 2018; the Region is named no more. */
function scopeMessage({
  scope,
  expected: { service, region = scope.region },
}: Extract<Refusal, { readonly kind: 'scope-service' }>): string {
  const place = scope.region === region ? '' : 'Credential should be scoped to a valid region. ';
  const name = `Credential should be scoped to correct service: '${service}'. `;
  return scope.service === service ? place : `${place}${name}`;
}

/** The header is shown hashed, so that no secret is echoed. */
function lacking(parts: readonly Part[], authorization: string): string {
  const problems = parts.map((part) => PART_PROBLEMS[part]).join(' ');
  const digest = hash('sha256', authorization, 'base64');
  return `${problems} (Hashed with SHA-256 and encoded with Base64) Authorization=${digest}`;
}
