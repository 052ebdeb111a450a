import { concatBytes } from '#kernel/bytes.ts';
import { KIB } from '#kernel/units.ts';
import { BlobMissing } from '#ports/world/blob-store.ts';
import type { BlobStore, ByteRange, StoredBlob } from '#ports/world/blob-store.ts';
import type { Random } from '#ports/world/random.ts';

const CHUNK_BYTES_MAX = 256 * KIB;

/** `BlobStore` in memory; for tests and the simulation, whose seed gives the ids. */
export class MemoryBlobStore implements BlobStore {
  readonly #random: Random;
  readonly #blobs = new Map<string, Uint8Array>();

  constructor(random: Random) {
    this.#random = random;
  }

  async put(source: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    const chunks: Uint8Array[] = [];
    // The source may use its buffer again once it is asked for more.
    for await (const chunk of source) chunks.push(Uint8Array.from(chunk));
    return this.#store(concatBytes(chunks));
  }

  async concatenate(ids: readonly string[]): Promise<StoredBlob> {
    return this.#store(concatBytes(ids.map((id) => this.#get(id))));
  }

  async *read(id: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const bytes = this.#get(id);
    const end = Math.min(bytes.byteLength, range === undefined ? bytes.byteLength : range.end + 1);
    for (let start = range?.start ?? 0; start < end; start += CHUNK_BYTES_MAX) {
      yield bytes.slice(start, Math.min(end, start + CHUNK_BYTES_MAX));
    }
  }

  async delete(id: string): Promise<void> {
    this.#blobs.delete(id);
  }

  async *list(): AsyncGenerator<string> {
    yield* Array.from(this.#blobs.keys());
  }

  #store(bytes: Uint8Array): StoredBlob {
    const id = this.#random.uuid().replaceAll('-', '');
    this.#blobs.set(id, bytes);
    return { id, bytes: bytes.byteLength };
  }

  #get(id: string): Uint8Array {
    const bytes = this.#blobs.get(id);
    if (bytes === undefined) throw new BlobMissing(`no blob ${id}`);
    return bytes;
  }
}
