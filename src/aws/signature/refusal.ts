import type { Scope, SigningScope } from './request.ts';

/** Why a signature does not hold. Which words a service has for it is said in errors. */
export type Refusal =
  /** Nothing in the request claims to be a signature. */
  | { readonly kind: 'missing' }
  /** A header and a query that both claim to sign. */
  | { readonly kind: 'several'; readonly authorization: string }
  /** An algorithm that is not verified here. */
  | { readonly kind: 'algorithm'; readonly place: Place; readonly algorithm: string }
  /** Parts of the claim are not there. */
  | {
      readonly kind: 'incomplete';
      readonly place: Place;
      readonly lacks: readonly Part[];
      readonly text: string;
    }
  | { readonly kind: 'credential'; readonly place: Place; readonly credential: string }
  | {
      readonly kind: 'scope-date';
      readonly place: Place;
      readonly date: string;
      readonly timestamp: string;
    }
  | { readonly kind: 'scope-terminal'; readonly place: Place; readonly terminal: string }
  | {
      readonly kind: 'scope-service';
      readonly place: Place;
      readonly scope: Scope;
      readonly expected: SigningScope;
    }
  | { readonly kind: 'timestamp'; readonly place: Place; readonly text: string }
  | { readonly kind: 'expires'; readonly problem: 'not-a-number' | 'negative' | 'too-long' }
  | { readonly kind: 'unknown-key'; readonly accessKeyId: string }
  | { readonly kind: 'invalid-token'; readonly token: string }
  | { readonly kind: 'expired-token'; readonly token: string }
  /** A header's timestamp is too far from the server's time. */
  | {
      readonly kind: 'skewed';
      readonly timestampMs: number;
      readonly nowMs: number;
      readonly skewMsMax: number;
    }
  /** A presigned URL's time is over, or has not begun. */
  | {
      readonly kind: 'expired-url';
      readonly expiresAtMs: number;
      readonly nowMs: number;
      readonly expiresSeconds?: number;
    }
  | {
      readonly kind: 'early-url';
      readonly timestampMs: number;
      readonly nowMs: number;
      readonly skewMsMax: number;
    }
  | { readonly kind: 'unsigned-headers'; readonly names: readonly string[] }
  | { readonly kind: 'payload-hash'; readonly value: string | undefined }
  | {
      readonly kind: 'mismatch';
      readonly accessKeyId: string;
      readonly signature: string;
      readonly stringToSign: string;
      readonly canonicalRequest?: string;
    };

export type Place = 'header' | 'query';

/** The parts of a claim, as AWS names them. */
export type Part = 'Credential' | 'Signature' | 'SignedHeaders' | 'Date';

/** Thrown inside the verification, and nowhere past it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}
