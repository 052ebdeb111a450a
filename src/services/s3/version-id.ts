import { crc32 } from 'node:zlib';
import type { Random } from '#ports/world/random.ts';
import { NULL_VERSION } from './model.ts';

/**
 * Ids of versions and uploads say when they were made, so that a list can go on behind one that is gone, and carry a
 * check, so that a made-up one is told from one that no longer exists.
 * 24 bytes: 12 random, 8 of the sequence under the first 8, 4 of CRC-32.
 */
const RANDOM_BYTES = 12;
const SEQUENCE_BYTES = 8;
const CHECKED_BYTES = RANDOM_BYTES + SEQUENCE_BYTES;

/** A new id for the sequence number; 32 characters, like S3's. */
export function makeId(sequence: number, random: Random): string {
  const id = Buffer.alloc(CHECKED_BYTES + 4);
  id.set(random.bytes(RANDOM_BYTES));
  id.writeBigUInt64BE(BigInt(sequence) ^ id.readBigUInt64BE(0), RANDOM_BYTES);
  id.writeUInt32BE(crc32(id.subarray(0, CHECKED_BYTES)), CHECKED_BYTES);
  return id.toString('base64url').replaceAll('-', '.');
}

/** The sequence number of an id that `makeId` made; `undefined` for any other text. */
export function sequenceOfId(text: string): number | undefined {
  if (!/^[\w.]{32}$/.test(text)) return undefined;
  const id = Buffer.from(text.replaceAll('.', '-'), 'base64url');
  if (crc32(id.subarray(0, CHECKED_BYTES)) !== id.readUInt32BE(CHECKED_BYTES)) return undefined;
  return Number(id.readBigUInt64BE(RANDOM_BYTES) ^ id.readBigUInt64BE(0));
}

/** Whether the text is an id that was once given out, or `null`. */
export function isVersionId(text: string): boolean {
  return text === NULL_VERSION || sequenceOfId(text) !== undefined;
}
