/** Amazon Kinesis Data Streams. */
import { kinesis as model } from '#aws/models/kinesis.gen.ts';
import type { Service } from '#aws/operation.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { StreamReader } from '#ports/peers/stream-reader.ts';
import type { Schema } from '#ports/world/database.ts';
import { createKinesisDeliverer } from './delivery.ts';
import type { KinesisDependencies } from './dependencies.ts';
import { createStream } from './operations/create-stream.ts';
import { deleteStream } from './operations/delete-stream.ts';
import { describeStreamSummary } from './operations/describe-stream-summary.ts';
import { describeStream } from './operations/describe-stream.ts';
import { getRecords } from './operations/get-records.ts';
import { getShardIterator } from './operations/get-shard-iterator.ts';
import { listShards } from './operations/list-shards.ts';
import { listStreams } from './operations/list-streams.ts';
import { putRecord } from './operations/put-record.ts';
import { putRecords } from './operations/put-records.ts';
import { kinesisSchema } from './store-schema.ts';
import { createStreamReader } from './stream-reader.ts';
import { runSweep } from './sweep.ts';

export type { KinesisDependencies } from './dependencies.ts';

export interface Kinesis {
  readonly service: Service;
  readonly schema: Schema;
  /** Takes events for `arn:aws:kinesis:...`. */
  readonly deliverer: Deliverer;
  /** Reads shards, for Lambda's event source mappings. */
  readonly streamReader: StreamReader;
  /** Forgets what is past its time, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Kinesis Data Streams over a database whose schema was migrated. */
export function createKinesis(dependencies: KinesisDependencies): Kinesis {
  return {
    service: { model, operations: operationsOf(dependencies) },
    schema: kinesisSchema,
    deliverer: createKinesisDeliverer(dependencies),
    streamReader: createStreamReader(dependencies),
    run: (signal) => runSweep(dependencies, signal),
  };
}

function operationsOf(dependencies: KinesisDependencies): Service['operations'] {
  return {
    CreateStream: createStream(dependencies),
    DeleteStream: deleteStream(dependencies),
    DescribeStream: describeStream(dependencies),
    DescribeStreamSummary: describeStreamSummary(dependencies),
    GetRecords: getRecords(dependencies),
    GetShardIterator: getShardIterator(dependencies),
    ListShards: listShards(dependencies),
    ListStreams: listStreams(dependencies),
    PutRecord: putRecord(dependencies),
    PutRecords: putRecords(dependencies),
  };
}
