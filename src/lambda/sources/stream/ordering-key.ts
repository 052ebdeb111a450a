/** Which records must keep their order when a shard is handled in several lanes. Pure. */
import { isObject } from '#kernel/json.ts';

/** The partition key of a record of Kinesis or DynamoDB, as text. */
export function orderingKey(event: unknown): string {
  if (!isObject(event)) return '';
  const { kinesis, dynamodb } = event;
  if (isObject(kinesis)) return String(kinesis['partitionKey']);
  const keys = isObject(dynamodb) ? dynamodb['Keys'] : undefined;
  // The hash key is the first of a table's keys.
  return isObject(keys) ? JSON.stringify(Object.values(keys)[0]) : '';
}

/** A lane of `lanes`, always the same for a key: FNV-1a. */
export function laneOfKey(key: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % lanes;
}
