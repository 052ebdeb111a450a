import type { RequestContext } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import { queueDoesNotExist } from './errors.ts';
import type { Queue, QueueAddress } from './model.ts';
import { findQueue } from './store-queues.ts';

/** `http://HOST/ACCOUNT/NAME`, on the host by which the client came. */
export function queueUrl(context: RequestContext, { accountId, name }: QueueAddress): string {
  const host = context.http.headers['host'] ?? 'localhost';
  return `http://${host}/${accountId}/${name}`;
}

/** The address that a queue's URL ends in; a bare name means the caller's own account. */
export function addressOf(context: RequestContext, url: string): QueueAddress {
  const [name = '', accountId] = url.split('/').reverse();
  const isAccount = accountId !== undefined && /^\d{12}$/.test(accountId);
  return { accountId: isAccount ? accountId : context.accountId, region: context.region, name };
}

/**
 * The queue of a URL.
 * @throws AwsError QueueDoesNotExist
 */
export async function requireQueue(
  queries: Queries,
  context: RequestContext,
  url: string,
): Promise<Queue> {
  const queue = await findQueue(queries, addressOf(context, url));
  if (queue === undefined) throw queueDoesNotExist();
  return queue;
}
