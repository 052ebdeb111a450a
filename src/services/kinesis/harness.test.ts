/** The service over a store in memory and a clock that only the test moves. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import type {
  GetRecordsOutput,
  ListShardsOutput,
  PutRecordOutput,
} from '#aws/models/kinesis.types.gen.ts';
import { createKinesis, type KinesisDependencies } from './index.ts';
import { requestContext } from '../../../test/support/request-context.ts';

export const ACCOUNT = '000000000000';
export const SHARD = 'shardId-000000000000';
const context = requestContext(ACCOUNT, { headers: { host: 'localhost:4566' } });

/** A fresh service and short names for what tests do most. */
export async function start(peers: Pick<KinesisDependencies, 'metrics'> = {}) {
  const clock = new SimulatedClock();
  const wakeups = new MemoryWakeups();
  const database = await openDatabase({ path: ':memory:' });
  const kinesis = createKinesis({
    database,
    clock,
    random: new SeededRandom(1),
    wakeups,
    ...peers,
  });
  await database.migrate(kinesis.schema);
  const call = async <Output = Record<string, unknown>>(
    name: string,
    input: object,
  ): Promise<Output> => {
    const operation = kinesis.service.operations[name];
    assert.ok(operation, `${name} is built`);
    // The wire parses inputs; the test gives what it would.
    return (await operation(context, input as never)) as Output;
  };
  const create = async (StreamName: string, ShardCount = 1) => {
    await call('CreateStream', { StreamName, ShardCount });
    await clock.advance(1000);
    const put = (text: string, more: object = {}) =>
      call<PutRecordOutput>('PutRecord', {
        StreamName,
        Data: utf8(text),
        PartitionKey: 'key',
        ...more,
      });
    const iterator = async (ShardIteratorType: string, more: object = {}) => {
      const input = { StreamName, ShardId: SHARD, ShardIteratorType, ...more };
      const output = await call<{ ShardIterator: string }>('GetShardIterator', input);
      return output.ShardIterator;
    };
    const texts = async (type: string, more: object = {}) => {
      const ShardIterator = await iterator(type, more);
      const { Records } = await call<GetRecordsOutput>('GetRecords', { ShardIterator });
      // A shard is read five times a second.
      await clock.advance(200);
      return Records.map(({ Data }) => textOf(Data));
    };
    const shards = async (more: object = {}) =>
      (await call<ListShardsOutput>('ListShards', { StreamName, ...more })).Shards ?? [];
    const arn = `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/${StreamName}`;
    return { arn, put, iterator, texts, shards };
  };
  return { clock, database, kinesis, call, create };
}

/** Whether an error has AWS's code, and its message where one is given. */
export function fails(code: string, message?: string | RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof Error && 'code' in error);
    assert.equal(error.code, code);
    if (typeof message === 'string') assert.equal(error.message, message);
    if (message instanceof RegExp) assert.match(error.message, message);
    return true;
  };
}

it('starts without streams', async () => {
  const { call } = await start();
  const { StreamNames } = await call('ListStreams', {});
  assert.deepEqual(StreamNames, []);
});
