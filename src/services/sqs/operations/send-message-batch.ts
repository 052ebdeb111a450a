import type {
  SendMessageBatchRequest,
  SendMessageBatchRequestEntry,
  SendMessageBatchResult,
} from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import { checkBatch, runBatch } from '../batch.ts';
import type { SqsParts } from '../dependencies.ts';
import { batchRequestTooLong } from '../errors.ts';
import { MESSAGE_BYTES_MAX } from '../limits.ts';
import { messageBytes } from '../model.ts';
import { checkOrdering, newMessageOf } from '../new-message.ts';
import { requireQueue } from '../queue-url.ts';
import { putMessage } from '../send.ts';
import { describeSent, originOf } from './send-message.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
export function sendMessageBatch(
  dependencies: SqsParts,
): Operation<SendMessageBatchRequest, SendMessageBatchResult> {
  const { database, random } = dependencies;
  return (context, input) =>
    database.transact(async (tx) => {
      const queue = await requireQueue(tx, context, input.QueueUrl);
      checkBatch('SendMessageBatch', input.Entries);
      const entries = input.Entries.map(withBody);
      checkTotal(entries);
      checkOrdering(queue, entries);
      return await runBatch(entries, async (entry) => {
        const ids = originOf(context, random.uuid());
        const message = newMessageOf(queue, entry, ids);
        const sent = await putMessage(tx, queue, message, dependencies);
        return { Id: entry.Id, ...describeSent(queue, message, sent, entry) };
      });
    });
}

/** The members of entries are not checked on the wire: a body that is missing is as an empty one. */
function withBody(
  entry: Partial<SendMessageBatchRequestEntry> & { readonly Id: string },
): SendMessageBatchRequestEntry {
  return { MessageBody: '', ...entry };
}

function checkTotal(entries: readonly SendMessageBatchRequestEntry[]): void {
  const bytes = entries
    .map(({ MessageBody, MessageAttributes = {} }) => messageBytes(MessageBody, MessageAttributes))
    .reduce((sum, size) => sum + size, 0);
  if (bytes > MESSAGE_BYTES_MAX) throw batchRequestTooLong(bytes, MESSAGE_BYTES_MAX);
}
