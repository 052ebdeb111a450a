/** What sources carry: a numbered note of one writer, and how a function finds it in its event. Pure. */
import { isObject, parseJson } from '#kernel/json.ts';

/** The `number`th note of a key; a key has one writer, who goes on once the one before was acknowledged. */
export interface Note {
  readonly key: string;
  readonly number: number;
}

/** A note in a function's event. */
export interface SeenRecord extends Note {
  /** What `batchItemFailures` calls it. */
  readonly item: string;
  /** Where it is, in a stream. */
  readonly place?: StreamPlace;
}

export interface StreamPlace {
  /** Empty where the stream has one shard for ever. */
  readonly shardId: string;
  readonly sequence: string;
}

/** `writer-1#7`. */
export function nameOf({ key, number }: Note): string {
  return `${key}#${number}`;
}

/** The note in a message or a record of Kinesis. */
export function parseNote(text: string): Note {
  const note = parseJson(text);
  if (!isObject(note)) throw new Error(`'${text}' is no note`);
  return { key: String(note['key']), number: Number(note['number']) };
}

/** An item of the ledger, as DynamoDB writes it. */
export interface LedgerItem {
  readonly id: { readonly S: string };
  readonly number: { readonly N: string };
}

/** The notes of an event of SQS, DynamoDB Streams or Kinesis, in order. */
export function recordsOf(payload: string): readonly SeenRecord[] {
  // The shapes of AWS's events.
  const { Records } = JSON.parse(payload) as { readonly Records: readonly EventRecord[] };
  return Records.map((record) => {
    if (record.dynamodb !== undefined) {
      const { SequenceNumber: sequence, NewImage } = record.dynamodb;
      return { ...noteOf(NewImage), item: sequence, place: { shardId: '', sequence } };
    }
    if (record.kinesis !== undefined) {
      const { sequenceNumber: sequence, data } = record.kinesis;
      const note = parseNote(Buffer.from(data, 'base64').toString());
      const [shardId = ''] = record.eventID.split(':');
      return { ...note, item: sequence, place: { shardId, sequence } };
    }
    return { ...parseNote(record.body), item: record.messageId };
  });
}

/** The note in an item of the ledger. */
export function noteOf({ id, number }: LedgerItem): Note {
  return { key: id.S, number: Number(number.N) };
}

interface EventRecord {
  readonly messageId: string;
  readonly body: string;
  readonly eventID: string;
  readonly dynamodb?: { readonly SequenceNumber: string; readonly NewImage: LedgerItem };
  readonly kinesis?: { readonly sequenceNumber: string; readonly data: string };
}
