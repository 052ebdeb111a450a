import type { OperationModel } from '#aws/model.ts';
import type { ParsedInput, RequestContext, RequestHead } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import type { SqsDependencies } from './dependencies.ts';
import { queueDoesNotExist } from './errors.ts';
import type { Queue, QueueAddress } from './model.ts';
import { findQueue } from './store-queues.ts';

/** `http://HOST/ACCOUNT/NAME`, on the host by which the client came unless another is set. */
export function queueUrl(
  { endpointUrl }: Pick<SqsDependencies, 'endpointUrl'>,
  context: RequestContext,
  { accountId, name }: QueueAddress,
): string {
  const endpoint = endpointUrl ?? `http://${context.http.headers['host'] ?? 'localhost'}`;
  return `${endpoint}/${accountId}/${name}`;
}

const QUEUE_PATH = /^\/\d{12}\/[\w.-]+$/;

/** A request at a queue's own URL need not name the queue; one that does is for that. */
export function completeInput(
  { input: shape }: OperationModel,
  given: ParsedInput,
  { path }: RequestHead,
): ParsedInput {
  // A form has no way to say that a list is there and empty.
  const hasEntries = shape.members.some(({ name }) => name === 'Entries');
  const input = hasEntries ? { Entries: [], ...given } : given;
  const isWanted = shape.members.some(({ name }) => name === 'QueueUrl');
  if (!isWanted || input['QueueUrl'] !== undefined) return input;
  return QUEUE_PATH.test(path) ? { ...input, QueueUrl: path } : input;
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
