/** Bytes from `start` to `end`, both included, as in HTTP's Range. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Large immutable values, by an id that the store gives. The order that loses nothing: the blob first,
 * the row that names it second, an old blob's deletion last.
 */
export interface BlobStore {
  /** Stores a stream; durable when it resolves, gone without a trace when the source throws. */
  put(source: AsyncIterable<Uint8Array>): Promise<StoredBlob>;
  /** Joins blobs, in order, into a new one; the parts stay. */
  concatenate(ids: readonly string[]): Promise<StoredBlob>;
  /**
   * Reads a blob or a range of it; chunks of at most 256 KiB.
   * @throws BlobMissing before the first chunk
   */
  read(id: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** Deletes a blob; a missing one is no error. */
  delete(id: string): Promise<void>;
  /** All ids stored before the call, for the sweep of blobs that no row names. */
  list(): AsyncIterable<string>;
}

export interface StoredBlob {
  readonly id: string;
  readonly bytes: number;
}

export class BlobMissing extends Error {
  override readonly name = 'BlobMissing';
}
