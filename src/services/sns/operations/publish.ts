import type { Operations } from '#aws/models/sns.types.gen.ts';
import {
  batchTooLong,
  emptyBatch,
  entryIdsNotDistinct,
  invalidEntryId,
  invalidParameter,
  tooManyEntries,
} from '../errors.ts';
import { BATCH_ENTRIES_MAX, BATCH_ENTRY_ID_PATTERN, MESSAGE_BYTES_MAX } from '../limits.ts';
import { requestedTopic } from '../model.ts';
import { newMessageOf, requestBytes } from '../new-message.ts';
import { isEndpointArn } from '../platform.ts';
import { requireEnabled } from '../require-platform.ts';
import { publishMessage, type PublishDependencies, type Published } from '../publish.ts';
import { checkPhoneNumber } from '../sms.ts';
import { requireTopic } from './topics.ts';

const TRACE_HEADER = 'x-amzn-trace-id';

/** To a phone's number, and to an endpoint of a mobile platform, nothing is sent; it is answered as if it were. */
export function publish(dependencies: PublishDependencies): Operations['Publish'] {
  return async ({ http, region }, input) => {
    const { TopicArn, TargetArn, PhoneNumber } = input;
    const arn = TopicArn ?? TargetArn;
    if (arn === undefined) {
      if (PhoneNumber === undefined) {
        throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
      }
      checkPhoneNumber(PhoneNumber);
      return { MessageId: dependencies.random.uuid() };
    }
    if (TopicArn === undefined && isEndpointArn(arn)) {
      await dependencies.database.read((queries) => requireEnabled(queries, arn));
      return { MessageId: dependencies.random.uuid() };
    }
    const address = requestedTopic({ region }, arn);
    const published = await dependencies.database.transact(async (tx) => {
      const topic = await requireTopic(tx, address);
      const message = newMessageOf(topic, input, http.headers[TRACE_HEADER]);
      return publishMessage(dependencies, tx, topic, message);
    });
    return describe(published);
  };
}

/** All entries are one transaction. */
export function publishBatch(dependencies: PublishDependencies): Operations['PublishBatch'] {
  return async ({ http, region }, { TopicArn, PublishBatchRequestEntries: entries }) => {
    const address = requestedTopic({ region }, TopicArn);
    const successful = await dependencies.database.transact(async (tx) => {
      const topic = await requireTopic(tx, address);
      checkBatch(entries);
      if (entries.reduce((sum, entry) => sum + requestBytes(entry), 0) > MESSAGE_BYTES_MAX) {
        throw batchTooLong();
      }
      const messages = entries.map((entry) =>
        newMessageOf(topic, entry, http.headers[TRACE_HEADER]),
      );
      const answered: ({ readonly Id: string } & ReturnType<typeof describe>)[] = [];
      for (const [index, message] of messages.entries()) {
        const published = await publishMessage(dependencies, tx, topic, message);
        answered.push({ Id: entries[index]?.Id ?? '', ...describe(published) });
      }
      return answered;
    });
    return { Successful: successful, Failed: [] };
  };
}

function checkBatch(entries: readonly { readonly Id: string }[]): void {
  if (entries.length === 0) throw emptyBatch();
  if (entries.length > BATCH_ENTRIES_MAX) throw tooManyEntries();
  const ids = entries.map(({ Id }) => Id);
  if (!ids.every((id) => BATCH_ENTRY_ID_PATTERN.test(id))) throw invalidEntryId();
  if (new Set(ids).size < ids.length) throw entryIdsNotDistinct();
}

function describe({ messageId, sequenceNumber }: Published): {
  readonly MessageId: string;
  readonly SequenceNumber?: string;
} {
  return {
    MessageId: messageId,
    ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
  };
}
