import type { Stream } from '../store/streams.ts';
import { streamArn } from '../tables/table.ts';

/** Where a reader stands; travels as text that says nothing to the client. */
export interface ShardIterator {
  readonly streamArn: string;
  readonly afterSequence: number;
  readonly madeAtMs: number;
}

/** An iterator that reads on after a record. */
export function formatIterator(stream: Stream, afterSequence: number, nowMs: number): string {
  const arn = streamArn(stream.table, stream.label);
  const state = Buffer.from(JSON.stringify([afterSequence, nowMs])).toString('base64url');
  return `${arn}|1|${state}`;
}

/** The iterator, or `undefined` for what is none. */
export function parseIterator(text: string): ShardIterator | undefined {
  const [arn, version, state] = text.split('|');
  if (arn === undefined || version !== '1' || state === undefined) return undefined;
  const match = /^\[(\d{1,15}),(\d{1,15})\]$/.exec(Buffer.from(state, 'base64url').toString());
  if (match === null) return undefined;
  return { streamArn: arn, afterSequence: Number(match[1]), madeAtMs: Number(match[2]) };
}
