/** Kinesis Data Streams through AWS's own SDK, over a real gateway. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SplitShardCommand,
  SubscribeToShardCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { SQSClient } from '@aws-sdk/client-sqs';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { openPinoLog } from '#adapters/pino-log/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import { createGateway } from '#aws/gateway/index.ts';
import type { KnownCredential } from '#ports/peers/credential-issuer.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { createKinesis } from '#services/kinesis/index.ts';

const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';
const ROOT: KnownCredential = {
  credentials: { accessKeyId: 'AKIAROOT', secretAccessKey: 'secret/of/the+root' },
  principal: { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, userId: ACCOUNT },
};

const database = await openDatabase({ path: ':memory:' });
const kinesis = createKinesis({
  database,
  clock: systemClock,
  random: systemRandom,
  wakeups: new MemoryWakeups(),
});
await database.migrate(kinesis.schema);
const gateway = createGateway({
  services: [kinesis.service],
  credentials: {
    find: (id) => Promise.resolve(id === ROOT.credentials.accessKeyId ? ROOT : undefined),
  },
  auth: { kind: 'signature' },
  clock: systemClock,
  random: systemRandom,
  log: openPinoLog({ level: 'warn', format: 'json' }),
  region: REGION,
});
const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
gateway.ready();
const stop = new AbortController();
const background = kinesis.run(stop.signal);
// This client speaks HTTP/2 of itself, which the gateway does not; others' handler speaks HTTP/1.1.
const { requestHandler } = new SQSClient({ region: REGION }).config;
const client = new KinesisClient({
  requestHandler,
  endpoint: `http://127.0.0.1:${port}`,
  region: REGION,
  credentials: { ...ROOT.credentials },
  maxAttempts: 1,
});

after(async () => {
  client.destroy();
  stop.abort();
  await gateway[Symbol.asyncDispose]();
  await background;
  await database[Symbol.asyncDispose]();
});

async function create(StreamName: string, ShardCount = 1): Promise<string> {
  await client.send(new CreateStreamCommand({ StreamName, ShardCount }));
  await waitUntilStreamExists({ client, maxWaitTime: 10, minDelay: 1 }, { StreamName });
  return `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${StreamName}`;
}

async function read(StreamARN: string, ShardId = 'shardId-000000000000'): Promise<string[]> {
  const position = { StreamARN, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
  const { ShardIterator } = await client.send(new GetShardIteratorCommand(position));
  const { Records } = await client.send(new GetRecordsCommand({ ShardIterator }));
  return (Records ?? []).map(({ Data }) => textOf(Data ?? new Uint8Array()));
}

describe('the client of AWS', () => {
  it('puts records and reads them back in order, by name and by ARN', async () => {
    const StreamARN = await create('orders');
    const put = await client.send(
      new PutRecordCommand({ StreamName: 'orders', Data: utf8('one'), PartitionKey: 'a' }),
    );
    assert.equal(put.ShardId, 'shardId-000000000000');
    assert.match(put.SequenceNumber ?? '', /^\d{56}$/);
    const Records = ['two', 'three'].map((text) => ({ Data: utf8(text), PartitionKey: text }));
    const many = await client.send(new PutRecordsCommand({ StreamARN, Records }));
    assert.equal(many.FailedRecordCount, 0);
    assert.ok(BigInt(many.Records?.[0]?.SequenceNumber ?? 0) > BigInt(put.SequenceNumber ?? 0));
    assert.deepEqual(await read(StreamARN), ['one', 'two', 'three']);
  });

  it('describes and lists a stream and its shards', async () => {
    const StreamARN = await create('described', 4);
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamARN }));
    assert.equal(StreamDescription?.StreamStatus, 'ACTIVE');
    assert.equal(StreamDescription?.EncryptionType, 'NONE');
    assert.ok(StreamDescription?.StreamCreationTimestamp instanceof Date);
    const summary = await client.send(new DescribeStreamSummaryCommand({ StreamARN }));
    assert.equal(summary.StreamDescriptionSummary?.OpenShardCount, 4);
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamARN }));
    assert.equal(Shards.length, 4);
    assert.equal(Shards[3]?.HashKeyRange?.EndingHashKey, '340282366920938463463374607431768211455');
    const { StreamNames } = await client.send(new ListStreamsCommand({}));
    assert.ok(StreamNames?.includes('described'));
  });

  it('is pushed records as they come to a shard', async () => {
    const StreamARN = await create('pushed');
    const { Consumer } = await client.send(
      new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'consumer' }),
    );
    const put = (text: string) =>
      client.send(new PutRecordCommand({ StreamARN, Data: utf8(text), PartitionKey: 'k' }));
    await put('one');
    const { EventStream } = await client.send(
      new SubscribeToShardCommand({
        ConsumerARN: Consumer?.ConsumerARN,
        ShardId: 'shardId-000000000000',
        StartingPosition: { Type: 'TRIM_HORIZON' },
      }),
    );
    assert.ok(EventStream);
    const texts: string[] = [];
    for await (const { SubscribeToShardEvent: event } of EventStream) {
      texts.push(...(event?.Records ?? []).map(({ Data }) => textOf(Data ?? new Uint8Array())));
      assert.match(event?.ContinuationSequenceNumber ?? '', /^\d{56}$/);
      if (texts.length === 2) break;
      await put('two');
    }
    assert.deepEqual(texts, ['one', 'two']);
  });

  it('is told of the end of a shard by an event without a continuation, after its records', async () => {
    const StreamARN = await create('resharded');
    const { Consumer } = await client.send(
      new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'consumer' }),
    );
    await client.send(new PutRecordCommand({ StreamARN, Data: utf8('last'), PartitionKey: 'k' }));
    const ShardId = 'shardId-000000000000';
    await client.send(
      new SplitShardCommand({ StreamARN, ShardToSplit: ShardId, NewStartingHashKey: '1000' }),
    );
    const { EventStream } = await client.send(
      new SubscribeToShardCommand({
        ConsumerARN: Consumer?.ConsumerARN,
        ShardId,
        StartingPosition: { Type: 'TRIM_HORIZON' },
      }),
    );
    assert.ok(EventStream);
    const events = await Array.fromAsync(EventStream, ({ SubscribeToShardEvent: event }) => [
      event?.Records?.length,
      event?.ContinuationSequenceNumber === undefined,
      event?.ChildShards?.map((child) => child.ShardId),
    ]);
    // As Amazon's client library and Flink's connector take it: records with a continuation, or children without.
    assert.deepEqual(events, [
      [1, false, undefined],
      [0, true, ['shardId-000000000001', 'shardId-000000000002']],
    ]);
  });

  it('is told of a stream that is not there', async () => {
    await assert.rejects(client.send(new DescribeStreamCommand({ StreamName: 'nowhere' })), {
      name: 'ResourceNotFoundException',
      message: `Stream nowhere under account ${ACCOUNT} not found.`,
    });
    await create('short-lived');
    await client.send(new DeleteStreamCommand({ StreamName: 'short-lived' }));
    await assert.rejects(client.send(new DescribeStreamCommand({ StreamName: 'short-lived' })), {
      name: 'ResourceNotFoundException',
    });
  });
});
