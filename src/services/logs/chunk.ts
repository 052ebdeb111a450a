/** Events of one stream as they lie in one row: times and messages in turn, compressed where that pays. */
import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { CHUNK_BYTES_MAX, CHUNK_SPAN_MS_MAX } from './limits.ts';
import { bytesOf } from './model.ts';
import type { NewEvent } from './model.ts';

const COMPRESSED_FROM_BYTES = 1024;
const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** The first byte of an uncompressed chunk; zstd's frames begin with another. */
const OPEN_BRACKET = 0x5b;

export interface Chunk {
  readonly firstMs: number;
  readonly lastMs: number;
  /** As AWS counts them. */
  readonly bytes: number;
  readonly content: Uint8Array;
}

/** Parts events, which are in order, into chunks of bounded span and size. */
export function makeChunks(events: readonly NewEvent[]): Chunk[] {
  const chunks: Chunk[] = [];
  let batch: NewEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = bytesOf(event);
    const first = batch[0] ?? event;
    if (bytes + size > CHUNK_BYTES_MAX || event.timestamp - first.timestamp > CHUNK_SPAN_MS_MAX) {
      if (batch.length > 0) chunks.push(makeChunk(batch, bytes));
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) chunks.push(makeChunk(batch, bytes));
  return chunks;
}

function makeChunk(events: readonly NewEvent[], bytes: number): Chunk {
  const firstMs = events[0]?.timestamp ?? 0;
  const text = JSON.stringify(
    events.flatMap(({ timestamp, message }) => [timestamp - firstMs, message]),
  );
  const content = utf8(text);
  return {
    firstMs,
    lastMs: events.at(-1)?.timestamp ?? firstMs,
    bytes,
    content:
      content.byteLength < COMPRESSED_FROM_BYTES ? content : zstdCompressSync(content, COMPRESSION),
  };
}

/** A chunk's events again. */
export function readChunk(firstMs: number, content: Uint8Array): NewEvent[] {
  const text = textOf(content[0] === OPEN_BRACKET ? content : zstdDecompressSync(content));
  // Written above: numbers and texts in turn.
  const parts = JSON.parse(text) as (number | string)[];
  const events: NewEvent[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    events.push({ timestamp: firstMs + Number(parts[index]), message: String(parts[index + 1]) });
  }
  return events;
}
