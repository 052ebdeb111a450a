import type { ListQueuesRequest, ListQueuesResult } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { pageOf, tokenAfter } from '../paging.ts';
import { queueUrl } from '../queue-url.ts';
import { listQueues } from '../store-queues.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html */
export function listQueuesOperation(
  dependencies: SqsDependencies,
): Operation<ListQueuesRequest, ListQueuesResult> {
  const { database } = dependencies;
  return async (context, input) => {
    const { after, limit } = pageOf(input);
    const page = { prefix: input.QueueNamePrefix ?? '', after, limit: limit + 1 };
    const found = await database.read((queries) => listQueues(queries, context, page));
    const queues = found.slice(0, limit);
    const last = queues.at(-1);
    const hasMore = found.length > limit && input.MaxResults !== undefined && last !== undefined;
    return {
      ...(queues.length === 0
        ? {}
        : { QueueUrls: queues.map((queue) => queueUrl(dependencies, context, queue)) }),
      ...(hasMore ? { NextToken: tokenAfter(last.name) } : {}),
    };
  };
}
