/** The entries of a container image's layer, one after another, each with its content. */
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import type { ArchiveLayer, DirectoryLimits } from '#ports/world/directory-store.ts';
import { ArchiveRefused } from '#ports/world/directory-store.ts';

/** What of an archive is no content: heads, padding, names, the zeros at its end. */
const REST_BYTES_MAX = 1024 ** 3;
const REFUSED_WARNINGS: ReadonlySet<string> = new Set(['TAR_BAD_ARCHIVE', 'TAR_ENTRY_INVALID']);

/**
 * Visits the entries of an archive in order, the next one once the last was visited. Whoever wants its content reads
 * it there; what is not read is passed over.
 * @throws ArchiveRefused `malformed`, or `too-large` where it unpacks to far more than it may hold
 */
export async function eachEntry(
  layer: ArchiveLayer,
  { bytesMax }: DirectoryLimits,
  visit: (entry: ReadEntry) => Promise<void> | void,
): Promise<void> {
  let visited: Promise<void> = Promise.resolve();
  let current: ReadEntry | undefined;
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const refuse = (error: unknown): void => {
    failed.reject(asRefusal(error));
  };
  const parser = new Parser({
    onReadEntry(entry) {
      visited = visited.then(async () => {
        current = entry;
        await visit(entry);
        entry.resume();
      });
      visited.catch(failed.reject);
    },
    onwarn(code, message) {
      // A layer that changes nothing is the end of an archive and no more: builders push many of them.
      if (REFUSED_WARNINGS.has(code) && !isBlank) refuse(message);
    },
  });
  parser.on('error', refuse);
  const ended = once(parser, 'end');
  ended.catch(refuse);
  let bytes = 0;
  let isBlank = true;
  try {
    for await (const chunk of unpacked(layer, refuse)) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax + REST_BYTES_MAX) {
        throw new ArchiveRefused('too-large', `a layer unpacks to more than ${bytesMax} bytes`);
      }
      // The parser calls Buffer's methods of whatever it is given.
      const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      isBlank &&= buffer.equals(Buffer.alloc(buffer.byteLength));
      if (!parser.write(buffer)) await Promise.race([once(parser, 'drain'), failed.promise]);
    }
    parser.end();
    await Promise.race([ended, failed.promise]);
    await Promise.race([visited, failed.promise]);
  } catch (error) {
    // Whoever reads its content hears that there is no more of it, and closes what he writes.
    current?.destroy();
    await visited.catch(() => undefined);
    throw error;
  }
}

async function* unpacked(
  layer: ArchiveLayer,
  refuse: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  if (layer.compression === 'none') {
    yield* layer.open();
    return;
  }
  const stream = layer.compression === 'gzip' ? createGunzip() : createZstdDecompress();
  const feeding = pipeline(layer.open(), stream);
  // Whoever reads the stream hears of it.
  feeding.catch(() => undefined);
  try {
    // What a decompressor gives out are bytes.
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    refuse(error);
    throw asRefusal(error);
  } finally {
    stream.destroy();
  }
}

/** What a decompressor or the reader of archives complains of is the archive. */
function asRefusal(error: unknown): unknown {
  if (typeof error === 'string') return new ArchiveRefused('malformed', error);
  if (!(error instanceof Error) || error instanceof ArchiveRefused) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const isOfArchive = /^(?:Z_|ZSTD_|TAR_|ERR_ZSTD|ERR_ZLIB)/.test(code);
  return isOfArchive ? new ArchiveRefused('malformed', error.message) : error;
}
