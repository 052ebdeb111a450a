import type { DeleteStreamInput, Empty } from '#aws/models/kinesis.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { resourceInUse } from '../errors.ts';
import { requireStream } from '../find-stream.ts';
import { streamArn, streamTopic } from '../model.ts';
import { listConsumers } from '../store-consumers.ts';
import { deleteStreamRows } from '../store-streams.ts';
import { SWEEP_TOPIC } from '../sweep.ts';

/**
 * Deletes a stream at once; its records go in the background.
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html
 */
export function deleteStream({
  database,
  wakeups,
}: KinesisDependencies): Operation<DeleteStreamInput, Empty> {
  return (context, input) =>
    database.transact(async (tx) => {
      const stream = await requireStream(tx, context, input);
      const page = { after: '', limit: 1 };
      const hasConsumers = (await listConsumers(tx, stream.streamId, page)).length > 0;
      if (hasConsumers && input.EnforceConsumerDeletion !== true) {
        throw resourceInUse(
          `Stream ${stream.name} under account ${stream.accountId} has registered consumers.`,
        );
      }
      await deleteStreamRows(tx, stream.streamId);
      tx.afterCommit(() => {
        wakeups.notify(SWEEP_TOPIC);
        wakeups.notify(streamTopic(streamArn(stream)));
      });
      return {};
    });
}
