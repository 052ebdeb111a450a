import type { AwsError } from '#aws/errors.ts';
import { headerNotImplemented, noSuchKey, preconditionFailed, s3Error } from './errors.ts';
import { bareEtag, matchesEtag, quoteEtag } from './etag.ts';

/** What a condition looks at. */
export interface Validators {
  readonly etag: string;
  /** In ms since 1970; conditions see whole seconds. */
  readonly modifiedAtMs: number;
}

export interface ReadConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: number | undefined;
  readonly ifUnmodifiedSince?: number | undefined;
}

export type ReadDecision =
  | { readonly kind: 'send' }
  | { readonly kind: 'not-modified'; readonly condition: ReadHeader }
  | { readonly kind: 'failed'; readonly condition: ReadHeader };

type ReadHeader = 'If-Match' | 'If-None-Match' | 'If-Modified-Since' | 'If-Unmodified-Since';

/**
 * Whether a conditional read sends the object. A date in the future is no condition.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-precedence-of-preconditions
 * Recorded: s3.json TestS3::test_s3_get_object_preconditions
 */
export function decideRead(
  conditions: ReadConditions,
  object: Validators,
  nowMs: number,
): ReadDecision {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  const modifiedAt = wholeSeconds(object.modifiedAtMs);
  if (ifMatch !== undefined) {
    if (!matchesEtag(ifMatch, object.etag)) return { kind: 'failed', condition: 'If-Match' };
  } else if (ifUnmodifiedSince !== undefined && modifiedAt > wholeSeconds(ifUnmodifiedSince)) {
    return { kind: 'failed', condition: 'If-Unmodified-Since' };
  }
  if (ifNoneMatch !== undefined) {
    return matchesEtag(ifNoneMatch, object.etag)
      ? { kind: 'not-modified', condition: 'If-None-Match' }
      : { kind: 'send' };
  }
  const isSince = ifModifiedSince !== undefined && ifModifiedSince <= nowMs;
  return isSince && modifiedAt <= wholeSeconds(ifModifiedSince)
    ? { kind: 'not-modified', condition: 'If-Modified-Since' }
    : { kind: 'send' };
}

/** @throws AwsError PreconditionFailed, NotModified */
export function checkRead(conditions: ReadConditions, object: Validators, nowMs: number): void {
  const decision = decideRead(conditions, object, nowMs);
  if (decision.kind === 'failed') throw preconditionFailed(decision.condition);
  if (decision.kind !== 'not-modified') return;
  throw s3Error('NotModified', {}, undefined, {
    etag: quoteEtag(object.etag),
    'last-modified': new Date(object.modifiedAtMs).toUTCString(),
  });
}

/**
 * The source of a copy under `x-amz-copy-source-if-*`.
 * @throws AwsError PreconditionFailed. Recorded: s3_preconditions.json TestS3CopySourcePreconditions
 */
export function checkCopySource(
  conditions: ReadConditions,
  object: Validators,
  nowMs: number,
): void {
  const decision = decideRead(conditions, object, nowMs);
  if (decision.kind !== 'send') throw preconditionFailed(`x-amz-copy-source-${decision.condition}`);
}

export interface WriteConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/**
 * Refuses the values that S3 does not take on a write, before the body is read.
 * @throws AwsError NotImplemented. Recorded: s3_api.json TestS3ObjectWritePrecondition
 */
export function assertWriteConditions({ ifMatch, ifNoneMatch }: WriteConditions): void {
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw headerNotImplemented(
      'If-Match,If-None-Match',
      'Multiple conditional request headers present in the request',
    );
  }
  if (ifMatch === '*') throw refusedValue('If-Match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw refusedValue('If-None-Match');
}

function refusedValue(header: string): AwsError {
  return headerNotImplemented(
    header,
    `We don't accept the provided value of ${header} header for this API`,
  );
}

/**
 * Whether a write may replace `current`, the key's object (no delete marker) as the transaction sees it.
 * @throws AwsError PreconditionFailed, NoSuchKey
 */
export function checkWrite(
  { ifMatch, ifNoneMatch }: WriteConditions,
  key: string,
  current: Pick<Validators, 'etag'> | undefined,
): void {
  if (ifNoneMatch !== undefined && current) throw preconditionFailed('If-None-Match');
  if (ifMatch === undefined) return;
  if (!current) throw noSuchKey(key);
  if (bareEtag(ifMatch) !== current.etag) throw preconditionFailed('If-Match');
}

/** Dates in HTTP have whole seconds. */
export function wholeSeconds(timestampMs: number): number {
  return Math.floor(timestampMs / 1000) * 1000;
}
