/** Which shard a record belongs to: MD5 of its key, as a number of 128 bits. */
import { createHash } from 'node:crypto';
import type { Shard } from './model.ts';

export const HASH_KEY_MAX = 2n ** 128n - 1n;

/**
 * The place of a partition key among hash keys.
 * @see https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html
 */
export function hashKeyOf(partitionKey: string): bigint {
  return BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);
}

/**
 * `count` ranges of equal size that together are all hash keys, as AWS divides them for a new
 * stream.
 */
export function evenRanges(count: number): { readonly start: bigint; readonly end: bigint }[] {
  const size = (HASH_KEY_MAX + 1n) / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({
    start: size * BigInt(index),
    end: index === count - 1 ? HASH_KEY_MAX : size * BigInt(index + 1) - 1n,
  }));
}

/** The shard whose range has the key; open shards have every key once. */
export function shardOfHash(shards: readonly Shard[], hashKey: bigint): Shard | undefined {
  return shards.find(({ startHash, endHash }) => startHash <= hashKey && hashKey <= endHash);
}
