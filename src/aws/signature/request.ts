/** A request as a signature sees it: undecoded, and read by nobody yet. */
export interface SignedRequest {
  readonly method: string;
  /** Undecoded, without the query. */
  readonly path: string;
  /** Undecoded, without the question mark. */
  readonly rawQuery: string;
  /** Names in lower case; a repeated header is joined by `,`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `ALGORITHM` of SigV4, the only one that is verified. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';
/** SigV4A, asymmetric: refused. */
export const ALGORITHM_ASYMMETRIC = 'AWS4-ECDSA-P256-SHA256';

/** What a request says of its own signature, read but not yet believed. */
export interface Claim {
  /** In the `Authorization` header, or presigned in the query. */
  readonly place: 'header' | 'query';
  readonly accessKeyId: string;
  readonly scope: Scope;
  readonly signedHeaders: readonly string[];
  /** As it came: 64 hexadecimal digits where it is one at all. */
  readonly signature: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly timestamp: string;
  /** The same, in ms since 1970. */
  readonly timestampMs: number;
  readonly sessionToken?: string;
  /** How long a presigned URL of S3's holds, in seconds; all others' hold as long as a header does. */
  readonly expiresSeconds?: number;
}

/** A credential's scope: `date/region/service/aws4_request`. */
export interface Scope {
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** For whom a request has to be signed. */
export interface SigningScope {
  readonly service: string;
  /** Absent where the signature itself says which Region is meant. */
  readonly region?: string;
}

/** A scope in the form in which it is signed. */
export function formatScope(scope: Scope): string {
  return `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
}
