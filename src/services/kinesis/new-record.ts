/** Records of PutRecord and PutRecords, checked against the stream's own settings. */
import { KIB } from '#kernel/units.ts';
import type { Random } from '#ports/world/random.ts';
import type { NewRecord } from './append.ts';
import { invalidArgument, validation } from './errors.ts';
import { HASH_KEY_MAX } from './hash-key.ts';
import type { Stream } from './model.ts';

export interface RecordInput {
  readonly Data: Uint8Array;
  readonly PartitionKey?: string;
  readonly ExplicitHashKey?: string;
}

/**
 * The record that an input asks for; `path` is where it stands in the request, with its last point.
 * @throws AwsError ValidationException for data beyond the stream's bound or a missing key;
 * InvalidArgumentException for an explicit hash key beyond 128 bits
 */
export function newRecord(
  stream: Stream,
  input: RecordInput,
  path: string,
  random: Random,
): NewRecord {
  const { Data: data, PartitionKey: partitionKey, ExplicitHashKey } = input;
  const bytesMax = stream.settings.recordKibMax * KIB;
  const bytes = data.byteLength;
  if (bytes > bytesMax) {
    throw validation(
      `Value 'java.nio.HeapByteBuffer[pos=0 lim=${bytes} cap=${bytes}]' at '${path}data' failed to satisfy ` +
        `constraint: Member must have length less than or equal to ${bytesMax}`,
    );
  }
  const isSpread = stream.settings.distribution === 'AUTO';
  if (partitionKey === undefined && ExplicitHashKey === undefined && !isSpread) {
    throw validation(
      `Value null at '${path}partitionKey' failed to satisfy constraint: Member must not be null`,
    );
  }
  return { data, partitionKey, hashKey: hashKeyOfInput(input, random) };
}

function hashKeyOfInput(
  { ExplicitHashKey, PartitionKey }: RecordInput,
  random: Random,
): bigint | undefined {
  if (ExplicitHashKey === undefined) {
    if (PartitionKey !== undefined) return undefined;
    return BigInt(`0x${Buffer.from(random.bytes(16)).toString('hex')}`);
  }
  const hashKey = BigInt(ExplicitHashKey);
  if (hashKey > HASH_KEY_MAX) {
    throw invalidArgument(
      `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${ExplicitHashKey}`,
    );
  }
  return hashKey;
}
