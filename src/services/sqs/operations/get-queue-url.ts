import type { GetQueueUrlRequest, GetQueueUrlResult } from '#aws/models/sqs.types.gen.ts';
import type { Operation } from '#aws/operation.ts';
import type { SqsDependencies } from '../dependencies.ts';
import { queueDoesNotExist } from '../errors.ts';
import { queueUrl } from '../queue-url.ts';
import { findQueue } from '../store-queues.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html */
export function getQueueUrl(
  dependencies: SqsDependencies,
): Operation<GetQueueUrlRequest, GetQueueUrlResult> {
  const { database } = dependencies;
  return (context, input) =>
    database.read(async (queries) => {
      const accountId = input.QueueOwnerAWSAccountId ?? context.accountId;
      const address = { accountId, region: context.region, name: input.QueueName };
      if ((await findQueue(queries, address)) === undefined) throw queueDoesNotExist();
      return { QueueUrl: queueUrl(dependencies, context, address) };
    });
}
