import { BlobMissing, type BlobStore, type ByteRange } from '#ports/world/blob-store.ts';
import type { Queries } from '#ports/world/database.ts';
import type { ObjectVersion } from './model.ts';
import { readInline } from './store-objects.ts';

/** The bytes of a version: those in the row at once, a blob's when they are asked for. */
export type Source =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'blob'; readonly id: string; readonly range?: ByteRange };

/** Where a version's bytes, or a range of them, are read. */
export async function sourceOfVersion(
  queries: Queries,
  version: ObjectVersion,
  range?: ByteRange,
): Promise<Source> {
  if (version.blobId !== undefined) {
    return { kind: 'blob', id: version.blobId, ...(range ? { range } : {}) };
  }
  const bytes = version.size === 0 ? new Uint8Array(0) : await readInline(queries, version);
  return { kind: 'bytes', bytes: range ? bytes.subarray(range.start, range.end + 1) : bytes };
}

/**
 * The bytes as a stream that surely begins: a blob's first chunk is read.
 * @throws BlobMissing where the object was replaced since its row was read
 */
export async function openSource(
  blobs: BlobStore,
  source: Source,
): Promise<AsyncIterable<Uint8Array>> {
  if (source.kind === 'bytes') return once(source.bytes);
  const iterator = blobs.read(source.id, source.range)[Symbol.asyncIterator]();
  const first = await iterator.next();
  return resume(first, iterator);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}

async function* resume(
  first: IteratorResult<Uint8Array>,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let step = first; !step.done; step = await iterator.next()) yield step.value;
  } finally {
    await iterator.return?.();
  }
}

const ATTEMPTS_MAX = 5;

/**
 * Looks an object up and opens it; once more where it was replaced in between, and its blob deleted.
 * @throws what `find` throws, of which AwsError NoSuchKey
 */
export async function findAndOpen<T extends { readonly source: Source }>(
  blobs: BlobStore,
  find: () => Promise<T>,
): Promise<{ readonly found: T; readonly content: AsyncIterable<Uint8Array> }> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await find();
    try {
      return { found, content: await openSource(blobs, found.source) };
    } catch (error) {
      if (!(error instanceof BlobMissing) || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}
