/**
 * Sequence numbers as AWS shows them: 56 decimal digits that grow, 47 hexadecimal ones in truth.
 * They are `2`, the stream's creation in seconds (9), the record's place in the stream (16), zeros
 * (3), its arrival in seconds (9), its shard (8), `2`.
 */
import { SECOND_MS } from '#kernel/units.ts';
import type { Stream } from './model.ts';

const DIGITS = 47;

/** What a sequence number says. */
export interface Sequence {
  readonly createdSeconds: number;
  readonly sequence: number;
  readonly shardIndex: number;
}

/** The sequence number of a place in a stream; `atMs` in ms since 1970. */
export function formatSequence(
  stream: Pick<Stream, 'createdAtMs'>,
  shardIndex: number,
  place: { readonly sequence: number; readonly atMs: number },
): string {
  const digits = [
    '2',
    hex(seconds(stream.createdAtMs), 9),
    hex(place.sequence, 16),
    '000',
    hex(seconds(place.atMs), 9),
    hex(shardIndex, 8),
    '2',
  ];
  return BigInt(`0x${digits.join('')}`).toString();
}

/** The parts of a sequence number of ours, or `undefined`. */
export function parseSequence(text: string): Sequence | undefined {
  if (!/^[1-9]\d{0,59}$/.test(text)) return undefined;
  const digits = BigInt(text).toString(16);
  if (digits.length !== DIGITS || !digits.startsWith('2') || !digits.endsWith('2'))
    return undefined;
  const sequence = Number.parseInt(digits.slice(10, 26), 16);
  if (!Number.isSafeInteger(sequence)) return undefined;
  return {
    createdSeconds: Number.parseInt(digits.slice(1, 10), 16),
    sequence,
    shardIndex: Number.parseInt(digits.slice(38, 46), 16),
  };
}

/** Whether a sequence number came from this stream, and not from an older one of its name. */
export function isOfStream(sequence: Sequence, stream: Stream): boolean {
  return sequence.createdSeconds === seconds(stream.createdAtMs);
}

function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / SECOND_MS));
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
