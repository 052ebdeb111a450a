/** Records as the payloads of invocations. Pure. */
import { utf8 } from '#kernel/bytes.ts';
import type { EventRecord } from '#ports/peers/event-source.ts';

/** A record and the JSON that the function gets. */
export interface PackedRecord {
  readonly record: EventRecord;
  readonly json: string;
  /** Of the JSON, in UTF-8. */
  readonly bytes: number;
}

const ENVELOPE_BYTES = 1024;

/** The record, ready to be sent. */
export function pack(record: EventRecord): PackedRecord {
  const json = JSON.stringify(record.event);
  return { record, json, bytes: Buffer.byteLength(json) };
}

/** How many of the first records fit one payload: at most `recordsMax`, and at least one. */
export function fittingCount(
  records: readonly PackedRecord[],
  recordsMax: number,
  bytesMax: number,
): number {
  let bytes = ENVELOPE_BYTES;
  let count = 0;
  for (const record of records.slice(0, recordsMax)) {
    bytes += record.bytes + 1;
    if (count > 0 && bytes > bytesMax) break;
    count += 1;
  }
  return count;
}

/** Records in payloads of at most `bytesMax` bytes, in their order. */
export function inPayloads(records: readonly PackedRecord[], bytesMax: number): PackedRecord[][] {
  const payloads: PackedRecord[][] = [];
  for (let at = 0; at < records.length;) {
    const rest = records.slice(at);
    const count = fittingCount(rest, rest.length, bytesMax);
    payloads.push(rest.slice(0, count));
    at += count;
  }
  return payloads;
}

/** The event of an invocation; `members` stand behind the records. */
export function payloadOf(
  records: readonly PackedRecord[],
  members: Readonly<Record<string, unknown>> = {},
): Uint8Array {
  const rest = Object.entries(members).map(
    ([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  return utf8(`{"Records":[${records.map(({ json }) => json).join(',')}]${rest.join('')}}`);
}
