import type { Grant, Tag } from '#aws/models/s3.types.gen.ts';
import type { StoredChecksum } from './checksum.ts';

export type Versioning = 'Off' | 'Enabled' | 'Suspended';

export interface Bucket {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  /** As GetBucketLocation answers it: empty for us-east-1, `EU` where it was made so. */
  readonly location: string;
  readonly createdAtMs: number;
  readonly versioning: Versioning;
  readonly isObjectLock: boolean;
}

/** What an object carries beside its bytes; members have the wire's names. */
export interface ObjectAttributes {
  readonly headers: ObjectHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly encryption: EncryptionMembers;
  /** Absent for the usual one, in which the owner has full control. */
  readonly grants?: readonly Grant[];
  /** When a restored copy of an archived object ends, in ms since 1970. */
  readonly restoredUntilMs?: number;
}

export interface ObjectHeaders {
  readonly ContentType?: string;
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly Expires?: string;
  readonly WebsiteRedirectLocation?: string;
}

export interface EncryptionMembers {
  readonly ServerSideEncryption?: string;
  readonly SSEKMSKeyId?: string;
  readonly BucketKeyEnabled?: boolean;
  readonly SSECustomerAlgorithm?: string;
  readonly SSECustomerKeyMD5?: string;
}

export interface ObjectLock {
  readonly retentionMode?: string;
  /** In ms since 1970. */
  readonly retainUntilMs?: number;
  readonly legalHold?: string;
}

/** Where the bytes are: in the row, or in a blob. */
export type Content =
  | { readonly kind: 'inline'; readonly bytes: Uint8Array }
  | { readonly kind: 'blob'; readonly id: string };

/** A part of a completed upload. */
export interface ObjectPart {
  readonly number: number;
  readonly size: number;
  readonly checksum?: string;
}

/** A version of an object without its bytes. */
export interface ObjectVersion {
  readonly bucket: string;
  readonly key: string;
  /** Grows with each change of the key; the newest version has the greatest. */
  readonly sequence: number;
  /** `null` in a bucket that is not versioned. */
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly modifiedAtMs: number;
  readonly storageClass: string;
  readonly blobId?: string;
  readonly checksum?: StoredChecksum;
  readonly attributes: ObjectAttributes;
  readonly tags: readonly Tag[];
  readonly lock: ObjectLock;
  /** Completed from this many parts. */
  readonly partCount?: number;
}

/** What a write makes of a version; the store gives it its place. */
export interface ObjectDraft {
  readonly size: number;
  readonly etag: string;
  readonly content: Content;
  readonly storageClass: string;
  readonly checksum?: StoredChecksum;
  readonly attributes: ObjectAttributes;
  readonly tags: readonly Tag[];
  readonly lock: ObjectLock;
  readonly parts?: readonly ObjectPart[];
}

export const NULL_VERSION = 'null';
