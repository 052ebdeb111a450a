import type { EventSource } from './event-source.ts';
import type { StreamReader } from './stream-reader.ts';

/** Queues and streams of accounts that are not here: in AWS, or in another compatible server. */
export interface Elsewhere {
  /** True for the ARN of something that is not here. */
  owns(arn: string): boolean;
  /** Polls the queue of an ARN. */
  queue(arn: string): EventSource;
  /** By the service in the stream's ARN: `dynamodb`, `kinesis`. */
  readonly streamReaders: Readonly<Record<'dynamodb' | 'kinesis', StreamReader>>;
}
