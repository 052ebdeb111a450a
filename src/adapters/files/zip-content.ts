/** The contents of a zip archive's entries, counted and checked while they are inflated. */
import { crc32, inflateRawSync } from 'node:zlib';
import { textOf } from '#kernel/bytes.ts';
import { ArchiveRefused } from '#ports/world/directory-store.ts';
import type { DirectoryLimits } from '#ports/world/directory-store.ts';
import { tooLarge } from './zip-plan.ts';
import type { PlannedFile, ZipPlan } from './zip-plan.ts';

/** Up to here inflating at once is cheaper than a stream on another thread. */
const AT_ONCE_BYTES_MAX = 64 * 1024;
const LINK_TARGET_BYTES_MAX = 4096;
const DEFLATED = 8;

/** Reads entries of one archive; counts all of them together. */
export class ZipContents {
  readonly #plan: ZipPlan;
  readonly #archive: Uint8Array;
  readonly #limits: DirectoryLimits;
  #bytes = 0;

  constructor(archive: Uint8Array, plan: ZipPlan, limits: DirectoryLimits) {
    this.#archive = archive;
    this.#plan = plan;
    this.#limits = limits;
  }

  /** Bytes inflated so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The file's content; what its header says of its size is not believed.
   * @throws ArchiveRefused, at the latest at the content's end
   */
  async *read(file: PlannedFile): AsyncGenerator<Uint8Array> {
    let checksum = 0;
    for await (const chunk of this.#inflate(file)) {
      this.#bytes += chunk.byteLength;
      if (this.#bytes > this.#limits.bytesMax) throw tooLarge(this.#limits);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
    if (checksum !== file.entry.crc32)
      throw new ArchiveRefused('malformed', `${file.path} is damaged`);
  }

  /** Where a symbolic link points. */
  async readLink(link: PlannedFile): Promise<string> {
    if (link.entry.uncompressedSize > LINK_TARGET_BYTES_MAX) {
      throw new ArchiveRefused('unsupported', `the target of ${link.path} is too long`);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.read(link)) chunks.push(chunk);
    const target = textOf(Buffer.concat(chunks));
    if (target === '' || target.includes('\0')) {
      throw new ArchiveRefused('malformed', `${link.path} points nowhere`);
    }
    return target;
  }

  async *#inflate({ path, entry }: PlannedFile): AsyncGenerator<Uint8Array> {
    try {
      if (entry.uncompressedSize <= AT_ONCE_BYTES_MAX) yield await this.#inflateAtOnce(entry);
      else yield* await this.#plan.zip.openReadStreamPromise(entry);
    } catch (error) {
      throw new ArchiveRefused(
        'malformed',
        `${path}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  async #inflateAtOnce(entry: PlannedFile['entry']): Promise<Uint8Array> {
    const { fileDataStart } = await this.#plan.zip.readLocalFileHeaderPromise(entry, {
      minimal: true,
    });
    const packed = this.#archive.subarray(fileDataStart, fileDataStart + entry.compressedSize);
    const content =
      entry.compressionMethod === DEFLATED
        ? inflateRawSync(packed, { maxOutputLength: entry.uncompressedSize + 1 })
        : packed;
    if (content.byteLength !== entry.uncompressedSize)
      throw new Error('the size is not what was said');
    return content;
  }
}
