import type {
  ListDeadLetterSourceQueuesRequest,
  ListDeadLetterSourceQueuesResult,
} from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { pageOf, tokenAfter } from '../paging.ts';
import { queueUrl, requireQueue } from '../queue-url.ts';
import { deadLetterSources } from '../store-queues.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html */
export function listDeadLetterSourceQueues(
  dependencies: SqsDependencies,
): Operation<ListDeadLetterSourceQueuesRequest, ListDeadLetterSourceQueuesResult> {
  const { database } = dependencies;
  return (context, input) =>
    database.read(async (queries) => {
      const target = await requireQueue(queries, context, input.QueueUrl);
      const { after, limit } = pageOf(input);
      const all = await deadLetterSources(queries, target);
      const sources = all.filter(({ name }) => name > after);
      const shown = sources.slice(0, limit);
      const last = shown.at(-1);
      return {
        queueUrls: shown.map((queue) => queueUrl(dependencies, context, queue)),
        ...(sources.length > limit && last !== undefined
          ? { NextToken: tokenAfter(last.name) }
          : {}),
      };
    });
}
