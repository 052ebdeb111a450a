/*
 * A queue elsewhere, as a source of events: received by long polls, settled by deleting.
 *
 * I1  Whatever the other side answers, a poll resolves: what cannot be reached is logged, and tried again after
 *     a pause. What was received and not settled comes again after the queue's visibility timeout.
 */
import type { Message } from '@aws-sdk/client-sqs';
import { parseArn } from '#kernel/arn.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Batch, BatchLimits, EventRecord, EventSource } from '#ports/peers/event-source.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Log } from '#ports/world/log.ts';
import type { ClientTable } from './clients.ts';
import { isMissing, PAUSE_MS } from './failures.ts';
import { queueRecord, receiptHandleOf } from './queue-record.ts';

export interface RemoteDependencies {
  readonly clients: ClientTable;
  readonly clock: Clock;
  readonly log: Log;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const WAIT_SECONDS_MAX = 20;
const MESSAGES_MAX = 10;

/** Polls the queue of an ARN. */
export function createRemoteQueue(dependencies: RemoteDependencies, arn: string): EventSource {
  const queue = new RemoteQueue(dependencies, arn);
  return {
    poll: async (_cursor, limits, signal): Promise<Batch> => {
      const records = await queue.gather(limits, signal);
      return { token: arn, records };
    },
    settle: async (batch, { doneIds, releasedIds = [] }) => {
      await queue.delete(recordsOf(batch, doneIds));
      await queue.release(recordsOf(batch, releasedIds));
    },
    describe: () => queue.describe(),
  };
}

function recordsOf({ records }: Batch, ids: readonly string[]): readonly EventRecord[] {
  const wanted = new Set(ids);
  return records.filter(({ id }) => wanted.has(id));
}

class RemoteQueue {
  readonly #dependencies: RemoteDependencies;
  readonly #arn: string;
  #url: string | undefined;

  constructor(dependencies: RemoteDependencies, arn: string) {
    this.#dependencies = dependencies;
    this.#arn = arn;
  }

  /** Once the first message has come, goes on until the batch is full or its window is over. */
  async gather(limits: BatchLimits, signal: AbortSignal): Promise<readonly EventRecord[]> {
    const { clock } = this.#dependencies;
    const gathered: EventRecord[] = [];
    let bytes = 0;
    let endMs = clock.monotonicMs() + WAIT_SECONDS_MAX * SECOND_MS;
    while (gathered.length < limits.recordsMax && bytes < limits.bytesMax && !signal.aborted) {
      const leftSeconds = Math.ceil((endMs - clock.monotonicMs()) / SECOND_MS);
      const count = Math.min(MESSAGES_MAX, limits.recordsMax - gathered.length);
      const messages = await this.#receive(count, leftSeconds, signal);
      if (messages.length === 0) break;
      if (gathered.length === 0) endMs = clock.monotonicMs() + limits.windowMs;
      const records = messages.map((message) => queueRecord(this.#arn, message));
      gathered.push(...records);
      bytes += records.reduce((sum, record) => sum + record.bytes, 0);
    }
    return gathered;
  }

  async #receive(count: number, waitSeconds: number, signal: AbortSignal): Promise<Message[]> {
    const { clients, clock, log } = this.#dependencies;
    try {
      const { ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
      const client = await clients.of('sqs', this.#arn);
      const command = new ReceiveMessageCommand({
        QueueUrl: await this.#urlOf(),
        MaxNumberOfMessages: count,
        WaitTimeSeconds: Math.max(0, Math.min(WAIT_SECONDS_MAX, waitSeconds)),
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      const { Messages = [] } = await client.send(command, { abortSignal: signal });
      return Messages;
    } catch (error) {
      if (signal.aborted) return [];
      log.warn('a queue elsewhere is not polled', { queue: this.#arn, error });
      await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
      return [];
    }
  }

  async delete(records: readonly EventRecord[]): Promise<void> {
    const { DeleteMessageBatchCommand } = await import('@aws-sdk/client-sqs');
    await this.#inBatches(records, async (QueueUrl, Entries) => {
      const client = await this.#dependencies.clients.of('sqs', this.#arn);
      return client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    });
  }

  /** Makes messages visible again at once. */
  async release(records: readonly EventRecord[]): Promise<void> {
    const { ChangeMessageVisibilityBatchCommand } = await import('@aws-sdk/client-sqs');
    await this.#inBatches(records, async (QueueUrl, entries) => {
      const client = await this.#dependencies.clients.of('sqs', this.#arn);
      const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
      return client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    });
  }

  async describe(): Promise<{ readonly visibilityTimeoutMs: number } | undefined> {
    const { clients, log } = this.#dependencies;
    try {
      const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
      const client = await clients.of('sqs', this.#arn);
      const command = new GetQueueAttributesCommand({
        QueueUrl: await this.#urlOf(),
        AttributeNames: ['VisibilityTimeout'],
      });
      const { Attributes } = await client.send(command);
      return { visibilityTimeoutMs: Number(Attributes?.['VisibilityTimeout'] ?? 0) * SECOND_MS };
    } catch (error) {
      this.#url = undefined;
      if (!isMissing(error)) log.warn('a queue elsewhere is not seen', { queue: this.#arn, error });
      return undefined;
    }
  }

  /** What fails here leaves its messages to their visibility timeout (I1). */
  async #inBatches(
    records: readonly EventRecord[],
    send: (
      url: string,
      entries: { readonly Id: string; readonly ReceiptHandle: string }[],
    ) => Promise<{ readonly Failed?: readonly object[] | undefined }>,
  ): Promise<void> {
    const { log } = this.#dependencies;
    for (let begin = 0; begin < records.length; begin += MESSAGES_MAX) {
      const entries = records
        .slice(begin, begin + MESSAGES_MAX)
        .map((record, index) => ({ Id: String(index), ReceiptHandle: receiptHandleOf(record) }));
      try {
        const { Failed = [] } = await send(await this.#urlOf(), entries);
        if (Failed.length === 0) continue;
        log.warn('messages elsewhere are not settled', { queue: this.#arn, count: Failed.length });
      } catch (error) {
        log.warn('messages elsewhere are not settled', { queue: this.#arn, error });
      }
    }
  }

  async #urlOf(): Promise<string> {
    if (this.#url !== undefined) return this.#url;
    const { GetQueueUrlCommand } = await import('@aws-sdk/client-sqs');
    const client = await this.#dependencies.clients.of('sqs', this.#arn);
    const { accountId, resource } = parseArn(this.#arn) ?? {};
    const input = { QueueName: resource, QueueOwnerAWSAccountId: accountId };
    const { QueueUrl } = await client.send(new GetQueueUrlCommand(input));
    this.#url = QueueUrl;
    return QueueUrl ?? '';
  }
}
