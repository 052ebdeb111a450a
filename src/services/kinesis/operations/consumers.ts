import type {
  Consumer,
  DeregisterStreamConsumerInput,
  DescribeStreamConsumerInput,
  DescribeStreamConsumerOutput,
  Empty,
  ListStreamConsumersInput,
  ListStreamConsumersOutput,
  RegisterStreamConsumerInput,
  RegisterStreamConsumerOutput,
} from '#aws/models/kinesis.types.gen.ts';
import type { Operation, RequestContext } from '#aws/operation.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import type { KinesisDependencies } from '../dependencies.ts';
import { invalidArgument, limitExceeded, notFound, resourceInUse } from '../errors.ts';
import { requireStream } from '../find-stream.ts';
import { CONSUMERS_MAX, LIST_CONSUMERS_DEFAULT } from '../limits.ts';
import { parseStreamArn, streamArn } from '../model.ts';
import type { StreamConsumer } from '../model.ts';
import { formatToken, parseToken } from '../page-token.ts';
import { requireConsumer } from '../resource.ts';
import { deleteConsumer, findConsumer, listConsumers, putConsumer } from '../store-consumers.ts';
import { checkTags } from '../tag-list.ts';

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html */
export function registerStreamConsumer({
  database,
  clock,
}: KinesisDependencies): Operation<RegisterStreamConsumerInput, RegisterStreamConsumerOutput> {
  return (context, { StreamARN, ConsumerName: name, Tags: tags = {} }) => {
    checkTags(tags);
    return database.transact(async (tx) => {
      const stream = await requireStream(tx, context, { StreamARN });
      const { streamId } = stream;
      if ((await findConsumer(tx, streamId, name)) !== undefined) {
        throw resourceInUse(
          `Consumer ${name} under stream ${stream.name} already exists for account ${stream.accountId}.`,
        );
      }
      const page = { after: '', limit: CONSUMERS_MAX };
      if ((await listConsumers(tx, streamId, page)).length === CONSUMERS_MAX) {
        throw limitExceeded(
          `The limit of ${CONSUMERS_MAX} registered consumers for stream ${stream.name} is reached.`,
        );
      }
      const createdAtMs = Math.floor(clock.now());
      const seconds = Math.floor(createdAtMs / SECOND_MS);
      const arn = `${streamArn(stream)}/consumer/${name}:${seconds}`;
      const consumer: StreamConsumer = { streamId, name, arn, createdAtMs, tags };
      await putConsumer(tx, consumer);
      return { Consumer: { ...describe(consumer), ConsumerStatus: 'CREATING' } };
    });
  };
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeregisterStreamConsumer.html */
export function deregisterStreamConsumer({
  database,
}: KinesisDependencies): Operation<DeregisterStreamConsumerInput, Empty> {
  return (context, input) =>
    database.transact(async (tx) => {
      await deleteConsumer(tx, await namedConsumer(tx, context, input));
      return {};
    });
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamConsumer.html */
export function describeStreamConsumer({
  database,
}: KinesisDependencies): Operation<DescribeStreamConsumerInput, DescribeStreamConsumerOutput> {
  return (context, input) =>
    database.read(async (queries) => {
      const consumer = await namedConsumer(queries, context, input);
      const address = parseStreamArn(consumer.arn);
      const StreamARN = address === undefined ? '' : streamArn(address);
      return { ConsumerDescription: { ...describe(consumer), StreamARN } };
    });
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreamConsumers.html */
export function listStreamConsumers({
  database,
}: KinesisDependencies): Operation<ListStreamConsumersInput, ListStreamConsumersOutput> {
  return (context, { StreamARN, NextToken, MaxResults }) =>
    database.read(async (queries) => {
      const { streamId } = await requireStream(queries, context, { StreamARN });
      const limit = MaxResults ?? LIST_CONSUMERS_DEFAULT;
      const after = NextToken === undefined ? '' : parseToken('consumers', NextToken);
      const found = await listConsumers(queries, streamId, { after, limit: limit + 1 });
      const consumers = found.slice(0, limit);
      const last = consumers.at(-1);
      return {
        Consumers: consumers.map(describe),
        ...(found.length > limit && last && { NextToken: formatToken('consumers', last.name) }),
      };
    });
}

async function namedConsumer(
  queries: Queries,
  context: RequestContext,
  { StreamARN, ConsumerName, ConsumerARN }: DescribeStreamConsumerInput,
): Promise<StreamConsumer> {
  if (ConsumerARN !== undefined) return requireConsumer(queries, ConsumerARN);
  if (StreamARN === undefined || ConsumerName === undefined) {
    throw invalidArgument(
      'Either ConsumerARN or both StreamARN and ConsumerName must be provided.',
    );
  }
  const stream = await requireStream(queries, context, { StreamARN });
  const consumer = await findConsumer(queries, stream.streamId, ConsumerName);
  if (consumer !== undefined) return consumer;
  throw notFound(
    `Consumer ${ConsumerName} under stream ${stream.name} not found for account ${stream.accountId}.`,
  );
}

function describe({ name, arn, createdAtMs }: StreamConsumer): Consumer {
  return {
    ConsumerName: name,
    ConsumerARN: arn,
    ConsumerStatus: 'ACTIVE',
    ConsumerCreationTimestamp: createdAtMs,
  };
}
