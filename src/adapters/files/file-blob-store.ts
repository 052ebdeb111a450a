/**
 * `BlobStore` in files: `ab/abcdef…`, by the id's first two characters, and `tmp/` for what is being written.
 * I1 A file outside `tmp/` is whole, synced, and never changed. I2 What `put` answers is durable: file, then
 * directory. I3 Whatever lies in `tmp/` at the opening is from a dead process and goes.
 * Two stores must not be open on one directory: the server holds the lock of its data directory.
 */
import { randomUUID } from 'node:crypto';
import { constants, mkdirSync, rmSync } from 'node:fs';
import { copyFile, mkdir, open, opendir, readdir, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { KIB, MIB } from '#kernel/units.ts';
import { BlobMissing } from '#ports/world/blob-store.ts';
import type { BlobStore, ByteRange, StoredBlob } from '#ports/world/blob-store.ts';
import { isMissing, syncDirectory } from './durable-files.ts';

const CHUNK_BYTES_MAX = 256 * KIB;
/** What is written at once, while as much more is taken in. */
const BATCH_BYTES = 256 * KIB;
/** A long write is synced in steps, so that the last sync is short and leaves the disk to others. */
const BYTES_BETWEEN_SYNCS = 64 * MIB;
const ID = /^[\da-f]{32}$/;

/** Opens or makes a store of blobs in a directory of its own. */
export function openFileBlobStore(directory: string): BlobStore {
  rmSync(join(directory, 'tmp'), { recursive: true, force: true });
  mkdirSync(join(directory, 'tmp'), { recursive: true, mode: 0o700 });
  return new FileBlobStore(directory);
}

class FileBlobStore implements BlobStore {
  readonly #directory: string;
  readonly #shards = new Set<string>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async put(source: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    return this.#store(async (temporary) => {
      await using handle = await open(temporary, 'wx', 0o600);
      const bytes = await writeAll(handle, source);
      await handle.datasync();
      return bytes;
    });
  }

  async concatenate(ids: readonly string[]): Promise<StoredBlob> {
    const [first, ...rest] = ids;
    if (first === undefined) return this.put(nothing());
    return this.#store(async (temporary) => {
      // Where the file system can, the copy shares the blocks of the first part.
      await copyFile(this.#path(first), temporary, constants.COPYFILE_FICLONE).catch(
        missing(first),
      );
      await using handle = await open(temporary, 'a');
      let { size } = await handle.stat();
      for (const id of rest) size += await writeAll(handle, this.read(id));
      await handle.datasync();
      return size;
    });
  }

  async *read(id: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
    await using handle = await open(this.#path(id), 'r').catch(missing(id));
    const { size } = await handle.stat();
    const end = Math.min(size, range === undefined ? size : range.end + 1);
    for (let position = range?.start ?? 0; position < end;) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES_MAX, end - position));
      const { bytesRead } = await handle.read(chunk, 0, chunk.byteLength, position);
      if (bytesRead === 0) throw new Error(`the blob ${id} was cut short`);
      position += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  }

  async delete(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  async *list(): AsyncGenerator<string> {
    for (const shard of (await readdir(this.#directory)).filter((name) => name.length === 2)) {
      for await (const { name } of await opendir(join(this.#directory, shard))) {
        if (ID.test(name)) yield name;
      }
    }
  }

  /** Lets `write` fill a temporary file, then gives it its name; removes it where anything throws. */
  async #store(write: (temporary: string) => Promise<number>): Promise<StoredBlob> {
    const id = randomUUID().replaceAll('-', '');
    const temporary = join(this.#directory, 'tmp', id);
    const shard = id.slice(0, 2);
    try {
      const bytes = await write(temporary);
      await this.#makeShard(shard);
      await rename(temporary, this.#path(id));
      await syncDirectory(join(this.#directory, shard));
      return { id, bytes };
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async #makeShard(shard: string): Promise<void> {
    if (this.#shards.has(shard)) return;
    await mkdir(join(this.#directory, shard), { recursive: true, mode: 0o700 });
    await syncDirectory(this.#directory);
    this.#shards.add(shard);
  }

  #path(id: string): string {
    // Ids come from rows of ours; anything else is nobody's blob, and surely no path.
    return ID.test(id) ? join(this.#directory, id.slice(0, 2), id) : join(this.#directory, 'none');
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function missing(id: string): (error: unknown) => never {
  return (error) => {
    throw isMissing(error) ? new BlobMissing(`no blob ${id}`) : error;
  };
}

/**
 * Writes a stream at the file's position: one buffer while the other is filled, and hashed by whoever sends it.
 * @returns the number of bytes
 */
async function writeAll(handle: FileHandle, source: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  let synced = 0;
  let filled = 0;
  let [buffer, other] = [Buffer.allocUnsafe(BATCH_BYTES), Buffer.allocUnsafe(BATCH_BYTES)];
  let writing = Promise.resolve();
  for await (const chunk of source) {
    for (let from = 0; from < chunk.byteLength;) {
      const piece = chunk.subarray(from, from + BATCH_BYTES - filled);
      buffer.set(piece, filled);
      from += piece.byteLength;
      filled += piece.byteLength;
      if (filled < BATCH_BYTES) break;
      await writing;
      bytes += filled;
      const isDue = bytes - synced >= BYTES_BETWEEN_SYNCS;
      if (isDue) synced = bytes;
      writing = writeBatch(handle, buffer, isDue);
      // Whoever awaits it next is told; until then nobody listens.
      writing.catch(() => undefined);
      [buffer, other] = [other, buffer];
      filled = 0;
    }
  }
  await writing;
  await writeBatch(handle, buffer.subarray(0, filled), false);
  return bytes + filled;
}

async function writeBatch(handle: FileHandle, batch: Uint8Array, isDue: boolean): Promise<void> {
  for (let written = 0; written < batch.byteLength;) {
    written += (await handle.write(batch, written)).bytesWritten;
  }
  if (isDue) await handle.datasync();
}
