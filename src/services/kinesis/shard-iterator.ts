/** Where a reader stands; travels as text that says nothing to the client. */
export interface ShardIterator {
  readonly streamId: string;
  readonly shardIndex: number;
  readonly afterSequence: number;
  /** In ms since 1970. */
  readonly madeAtMs: number;
}

/** An iterator as text. */
export function formatIterator(iterator: ShardIterator): string {
  const { streamId, shardIndex, afterSequence, madeAtMs } = iterator;
  const text = `hearth ${streamId} ${shardIndex} ${afterSequence} ${madeAtMs}`;
  return Buffer.from(text).toString('base64');
}

/** The iterator of a text, or `undefined` for what is none. */
export function parseIterator(text: string): ShardIterator | undefined {
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  const match = /^hearth ([a-z0-9-]{24}) (\d{1,10}) (\d{1,15}) (\d{1,15})$/.exec(decoded);
  const [, streamId, shardIndex, afterSequence, madeAtMs] = match ?? [];
  if (streamId === undefined) return undefined;
  return {
    streamId,
    shardIndex: Number(shardIndex),
    afterSequence: Number(afterSequence),
    madeAtMs: Number(madeAtMs),
  };
}
