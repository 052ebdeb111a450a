/**
 * Sequence numbers and shard ids as AWS writes them. A stream has one shard for all its life: AWS
 * makes a new one every few hours, which is nothing that a reader may rely on.
 */
import type { Stream } from '../store/streams.ts';

const DIGITS = 20;
/** AWS's numbers are at least 21 digits and do not begin with a zero. */
const LEADING = '1';

/** A sequence number as AWS writes it: 21 digits. */
export function formatSequence(sequence: number): string {
  return LEADING + String(sequence).padStart(DIGITS, '0');
}

/** The number, or `undefined` for what is none of ours. */
export function parseSequence(text: string): number | undefined {
  if (!/^1\d{20}$/.test(text)) return undefined;
  const sequence = Number(text.slice(1));
  return Number.isSafeInteger(sequence) ? sequence : undefined;
}

/** `shardId-` and 20 digits of time and 8 hexadecimal digits. */
export function shardId({ createdAtMs, number }: Stream): string {
  const time = String(createdAtMs).padStart(DIGITS, '0');
  return `shardId-${time}-${number.toString(16).padStart(8, '0')}`;
}
