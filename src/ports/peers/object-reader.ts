export interface ObjectAddress {
  readonly accountId: string;
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

export type FoundObject =
  | { readonly kind: 'found'; readonly bytes: number; readonly content: AsyncIterable<Uint8Array> }
  | { readonly kind: 'no-such-bucket' }
  | { readonly kind: 'no-such-key' }
  /** The key has versions, but not the one that was asked for. */
  | { readonly kind: 'no-such-version' };

/** Reads an object of S3 for another service: a function's code, a template. */
export interface ObjectReader {
  read(address: ObjectAddress): Promise<FoundObject>;
}
