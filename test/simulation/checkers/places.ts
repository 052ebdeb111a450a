/** Where the records of a source are, as the store has it. */
import type { Database } from '#ports/world/database.ts';
import { nameOf, parseNote, type StreamPlace } from '../deliveries.ts';
import { storedMessages, storedPlaces } from '../witness.ts';
import type { Places } from './deliveries.ts';
import type { QueuePair } from './messages.ts';

/** Of a queue: in it, or among the dead. */
export async function queuePlaces(database: Database, pair: QueuePair): Promise<Places> {
  const messages = await storedMessages(database, [pair.queue, pair.dead]);
  const namesIn = (name: string): ReadonlySet<string> =>
    new Set(
      messages.filter(({ queue }) => queue === name).map(({ body }) => nameOf(parseNote(body))),
    );
  const dead = namesIn(pair.dead);
  return { waiting: namesIn(pair.queue), isGivenUp: (note) => dead.has(nameOf(note)) };
}

/** Of a stream: what its destination was told of is given up. */
export async function streamPlaces(database: Database, destination: string): Promise<Places> {
  const ranges = await givenUpRanges(database, destination);
  return {
    isGivenUp: ({ place }) => place !== undefined && ranges.some((range) => isIn(range, place)),
  };
}

function isIn({ shardId, first, last }: GivenUpRange, place: StreamPlace): boolean {
  const sequence = BigInt(place.sequence);
  return shardId.endsWith(place.shardId) && first <= sequence && sequence <= last;
}

interface GivenUpRange {
  readonly shardId: string;
  readonly first: bigint;
  readonly last: bigint;
}

async function givenUpRanges(
  database: Database,
  destination: string,
): Promise<readonly GivenUpRange[]> {
  const messages = await storedMessages(database, [destination]);
  return messages.map(({ body }) => {
    // As AWS describes what an on-failure destination gets.
    const { KinesisBatchInfo, DDBStreamBatchInfo } = JSON.parse(body) as FailureMessage;
    const { shardId, ...range } = KinesisBatchInfo ?? DDBStreamBatchInfo;
    const [first, last] = [BigInt(range.startSequenceNumber), BigInt(range.endSequenceNumber)];
    return { shardId, first, last };
  });
}

interface BatchInfo {
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
}

interface FailureMessage {
  readonly KinesisBatchInfo?: BatchInfo;
  readonly DDBStreamBatchInfo: BatchInfo;
}

/** No place in a shard goes back, and where a shard has one lane no record is given up twice. */
export async function checkPlaces(
  database: Database,
  destinationOfOneLane: string,
  complain: (text: string) => void,
): Promise<void> {
  const last = new Map<string, bigint>();
  for (const { reader, place } of await storedPlaces(database)) {
    const now = BigInt(place === '' ? 0 : place);
    const before = last.get(reader) ?? 0n;
    if (now < before) complain(`the place of ${reader} goes back from ${before} to ${now}`);
    last.set(reader, now);
  }
  const ranges = await givenUpRanges(database, destinationOfOneLane);
  const sorted = ranges.toSorted((one, other) => (one.first < other.first ? -1 : 1));
  for (const [index, { shardId, first }] of sorted.entries()) {
    const before = sorted.slice(0, index).findLast((range) => range.shardId === shardId);
    if (before === undefined || before.last < first) continue;
    complain(`record ${first} of ${destinationOfOneLane} is given up twice`);
  }
}
