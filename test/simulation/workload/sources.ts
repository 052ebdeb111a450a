/** Writers of what functions get by event source mappings, and of a topic's notifications. */
import type {
  GetRecordsOutput,
  GetShardIteratorOutput,
  ListShardsOutput,
} from '#aws/models/kinesis.types.gen.ts';
import type * as streams from '#aws/models/dynamodbstreams.types.gen.ts';
import type { SourceName } from '../checkers/index.ts';
import {
  nameOf,
  noteOf,
  parseNote,
  type LedgerItem,
  type Note,
  type StreamPlace,
} from '../deliveries.ts';
import type { Call } from '../host.ts';
import { LEDGER, QUEUES, READINGS, TOPIC, queueUrl, topicArn } from '../names.ts';
import { call, type Actor } from './actor.ts';

const ATTEMPTS_MAX = 20;
const SHARDS_MAX = 4;

/** Sends some messages to the standard queue that a function polls. */
export function sendJobs(actor: Actor): Promise<void> {
  return write(actor, 'jobs', (note) => ({
    service: 'sqs',
    operation: 'SendMessage',
    input: { QueueUrl: queueUrl(QUEUES.jobs), MessageBody: JSON.stringify(note) },
  }));
}

/** Sends some messages to this sender's group. */
export function sendParcels(actor: Actor): Promise<void> {
  return write(actor, 'parcels', (note) => ({
    service: 'sqs',
    operation: 'SendMessage',
    input: {
      QueueUrl: queueUrl(QUEUES.parcels),
      MessageBody: JSON.stringify(note),
      MessageGroupId: note.key,
      MessageDeduplicationId: nameOf(note),
    },
  }));
}

/** Writes the next numbers into this accountant's item. */
export function writeLedger(actor: Actor): Promise<void> {
  return write(actor, 'ledger', ({ key, number }) => ({
    service: 'dynamodb',
    operation: 'PutItem',
    input: { TableName: LEDGER, Item: { id: { S: key }, number: { N: String(number) } } },
  }));
}

/** Puts this sensor's next readings. */
export function putReading(actor: Actor): Promise<void> {
  return write(actor, 'readings', (note) => ({
    service: 'kinesis',
    operation: 'PutRecord',
    input: {
      StreamName: READINGS,
      PartitionKey: note.key,
      Data: Buffer.from(JSON.stringify(note)),
    },
  }));
}

/** Sends one note or several, each again and again until it is acknowledged. */
async function write(
  actor: Actor,
  source: SourceName,
  toCall: (note: Note) => Call,
): Promise<void> {
  const { chance, checkers, machine, name } = actor;
  const checker = checkers.deliveries[source];
  const count = chance.happens(0.2) ? 6 : 1;
  for (let sent = 0; sent < count; sent += 1) {
    const note = checker.next(name);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const answer = await call(actor, toCall(note));
      checker.answered(note, answer);
      if (answer.kind === 'done') break;
      await machine.clock.sleep(chance.between(100, 2000));
    }
  }
}

/** Splits a shard of the stream, or merges two neighbours. */
export async function reshard(actor: Actor): Promise<void> {
  const { chance } = actor;
  const listed = await call<ListShardsOutput>(actor, {
    service: 'kinesis',
    operation: 'ListShards',
    input: { StreamName: READINGS },
  });
  if (listed.kind !== 'done') return;
  const open = (listed.output.Shards ?? [])
    .filter(({ SequenceNumberRange }) => SequenceNumberRange.EndingSequenceNumber === undefined)
    .map(({ ShardId, HashKeyRange }) => ({
      id: ShardId,
      first: BigInt(HashKeyRange.StartingHashKey),
      last: BigInt(HashKeyRange.EndingHashKey),
    }))
    .toSorted((one, other) => (one.first < other.first ? -1 : 1));
  const index = chance.between(0, open.length - 1);
  const [shard, next] = [open[index], open[index + 1]];
  if (shard === undefined) return;
  const request =
    next !== undefined && (open.length >= SHARDS_MAX || chance.happens(0.5))
      ? {
          operation: 'MergeShards',
          input: { ShardToMerge: shard.id, AdjacentShardToMerge: next.id },
        }
      : {
          operation: 'SplitShard',
          input: { ShardToSplit: shard.id, NewStartingHashKey: middleOf(shard) },
        };
  const input = { StreamName: READINGS, ...request.input };
  await call(actor, { service: 'kinesis', operation: request.operation, input }, [
    'ResourceInUseException',
    'InvalidArgumentException',
  ]);
}

function middleOf({ first, last }: { readonly first: bigint; readonly last: bigint }): string {
  return ((first + last) / 2n + 1n).toString();
}

/** Publishes to the topic. */
export async function publishNews(actor: Actor): Promise<void> {
  const { chance, checkers } = actor;
  const Message = chance.uuid();
  const isUrgent = chance.happens(0.3);
  const urgent = { urgent: { DataType: 'String', StringValue: 'yes' } };
  const answer = await call(actor, {
    service: 'sns',
    operation: 'Publish',
    input: {
      TopicArn: topicArn(TOPIC),
      Message,
      ...(isUrgent ? { MessageAttributes: urgent } : {}),
    },
  });
  checkers.topics.published(Message, isUrgent, answer);
}

/** The places of all notes of a stream, by name. */
export async function placesOf(
  actor: Actor,
  source: 'ledger' | 'readings',
): Promise<ReadonlyMap<string, StreamPlace>> {
  const records = source === 'ledger' ? await ledgerRecords(actor) : await readingRecords(actor);
  return new Map(records.map(([note, place]) => [nameOf(note), place]));
}

type StreamRecord = readonly [note: Note, place: StreamPlace];

async function readingRecords(actor: Actor): Promise<readonly StreamRecord[]> {
  const ask = <Output>(operation: string, input: object): Promise<Output> =>
    must<Output>(actor, { service: 'kinesis', operation, input });
  const StreamName = READINGS;
  const { Shards = [] } = await ask<ListShardsOutput>('ListShards', { StreamName });
  const found: StreamRecord[] = [];
  for (const { ShardId } of Shards) {
    const from = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    let { ShardIterator } = await ask<GetShardIteratorOutput>('GetShardIterator', from);
    while (ShardIterator !== undefined) {
      const input = { ShardIterator };
      const { Records, NextShardIterator } = await ask<GetRecordsOutput>('GetRecords', input);
      for (const { Data, SequenceNumber } of Records) {
        const place = { shardId: ShardId, sequence: SequenceNumber };
        found.push([parseNote(Buffer.from(Data).toString()), place]);
      }
      ShardIterator = Records.length === 0 ? undefined : NextShardIterator;
    }
  }
  return found;
}

async function ledgerRecords(actor: Actor): Promise<readonly StreamRecord[]> {
  const ask = <Output>(operation: string, input: object): Promise<Output> =>
    must<Output>(actor, { service: 'dynamodbstreams', operation, input });
  const { Streams = [] } = await ask<streams.ListStreamsOutput>('ListStreams', {
    TableName: LEDGER,
  });
  const StreamArn = Streams[0]?.StreamArn;
  const { StreamDescription } = await ask<streams.DescribeStreamOutput>('DescribeStream', {
    StreamArn,
  });
  const found: StreamRecord[] = [];
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    let { ShardIterator } = await ask<streams.GetShardIteratorOutput>('GetShardIterator', from);
    while (ShardIterator !== undefined) {
      const input = { ShardIterator };
      const answer = await ask<streams.GetRecordsOutput>('GetRecords', input);
      const { Records = [], NextShardIterator } = answer;
      for (const { dynamodb } of Records) {
        // Items of the ledger, as `writeLedger` writes them.
        const image = dynamodb?.NewImage as unknown as LedgerItem;
        const place = { shardId: '', sequence: dynamodb?.SequenceNumber ?? '' };
        found.push([noteOf(image), place]);
      }
      ShardIterator = Records.length === 0 ? undefined : NextShardIterator;
    }
  }
  return found;
}

async function must<Output>(actor: Actor, request: Call): Promise<Output> {
  const answer = await call<Output>(actor, request);
  if (answer.kind === 'done') return answer.output;
  throw new Error(`${request.operation} is not answered when all is quiet`);
}
