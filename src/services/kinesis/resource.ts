/** What the ARN of a request about tags or policies names: a stream or a consumer of one. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import { invalidArgument, notFound, streamNotFound } from './errors.ts';
import { parseStreamArn } from './model.ts';
import type { Stream, StreamConsumer } from './model.ts';
import { findConsumer, putConsumer } from './store-consumers.ts';
import { findStream, updateStream } from './store-streams.ts';
import type { Tags } from './tag-list.ts';

export type Resource =
  | { readonly kind: 'stream'; readonly stream: Stream }
  | { readonly kind: 'consumer'; readonly consumer: StreamConsumer };

/** What every resource has. */
export interface ResourceState {
  readonly tags: Tags;
  readonly policy: string | undefined;
}

/**
 * The consumer of a consumer's ARN.
 * @throws AwsError ResourceNotFoundException
 */
export async function requireConsumer(queries: Queries, arn: string): Promise<StreamConsumer> {
  const address = parseStreamArn(arn);
  const name = /\/consumer\/([^:]+)/.exec(arn)?.[1];
  const stream = address && (await findStream(queries, address));
  const consumer = stream && name && (await findConsumer(queries, stream.streamId, name));
  if (!consumer || consumer.arn !== arn) throw notFound(`Consumer ${arn} not found.`);
  return consumer;
}

/**
 * The resource of an ARN.
 * @throws AwsError ResourceNotFoundException; InvalidArgumentException for an ARN of something else
 */
export async function requireResource(queries: Queries, arn: string): Promise<Resource> {
  const address = parseStreamArn(arn);
  if (address === undefined) throw invalidArgument(`Invalid ResourceARN: ${arn}`);
  if (arn.includes('/consumer/')) {
    return { kind: 'consumer', consumer: await requireConsumer(queries, arn) };
  }
  const stream = await findStream(queries, address);
  if (stream === undefined) throw streamNotFound(address);
  return { kind: 'stream', stream };
}

/** Tags and policy of a resource. */
export function stateOf(resource: Resource): ResourceState {
  const { tags, policy } =
    resource.kind === 'stream' ? resource.stream.settings : resource.consumer;
  return { tags, policy };
}

/** Puts other tags and another policy in place of a resource's own. */
export async function putState(
  tx: Transaction,
  resource: Resource,
  { tags, policy }: ResourceState,
): Promise<void> {
  if (resource.kind === 'stream') {
    const { policy: _old, ...settings } = resource.stream.settings;
    const changed = { ...settings, tags, ...(policy !== undefined && { policy }) };
    return updateStream(tx, { ...resource.stream, settings: changed });
  }
  const { policy: _old, ...consumer } = resource.consumer;
  return putConsumer(tx, { ...consumer, tags, ...(policy !== undefined && { policy }) });
}
