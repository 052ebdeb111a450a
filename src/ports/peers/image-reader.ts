/** Where a container image is kept: a repository of Amazon ECR. */
export interface ImageAddress {
  readonly accountId: string;
  readonly region: string;
  readonly repository: string;
  /** A tag, or `sha256:` and a digest. */
  readonly reference: string;
}

/** One layer: a tar archive of what it changes, as its media type says compressed or not. */
export interface ImageLayer {
  /** `sha256:` and the digest of the bytes as they are stored. */
  readonly digest: string;
  readonly mediaType: string;
  /** Of the archive as it is stored. */
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
}

export type FoundImage =
  | {
      readonly kind: 'found';
      /** `sha256:` and the digest of the manifest. */
      readonly digest: string;
      /** The image's configuration, JSON. @see https://github.com/opencontainers/image-spec/blob/main/config.md */
      readonly configuration: Uint8Array;
      /** The lowest first. */
      readonly layers: readonly ImageLayer[];
    }
  | { readonly kind: 'no-such-repository' }
  | { readonly kind: 'no-such-image' }
  /** A list of images for several platforms, or media types that are neither Docker's nor OCI's. */
  | { readonly kind: 'unsupported' };

/** Reads an image for another service: a function's code. */
export interface ImageReader {
  read(address: ImageAddress): Promise<FoundImage>;
}
