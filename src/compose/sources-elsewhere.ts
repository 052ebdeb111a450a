/** Sources of mappings by their ARN's account: here, or elsewhere. */
import { createElsewhere } from '#adapters/aws-sdk/index.ts';
import type { Config } from '#config/index.ts';
import type { AccessControl } from '#ports/peers/access-control.ts';
import type { Elsewhere } from '#ports/peers/elsewhere.ts';
import type { EventSource } from '#ports/peers/event-source.ts';
import type { StreamReader } from '#ports/peers/stream-reader.ts';
import type { World } from './world.ts';

/** The accounts that the settings say to be elsewhere; `undefined` where none is. */
export function elsewhereOf(config: Config, world: World): Elsewhere | undefined {
  const { elsewhereAccountIds, elsewhereEndpointUrl: endpoint, elsewhereProfile: profile } = config;
  if (elsewhereAccountIds === '') return undefined;
  return createElsewhere({
    clock: world.machineClock,
    wakeups: world.wakeups,
    log: world.log,
    accountIds: elsewhereAccountIds.split(','),
    ...(endpoint === '' ? {} : { endpoint }),
    ...(profile === '' ? {} : { profile }),
  });
}

interface LocalSources {
  readonly sqs: { eventSource(arn: string): EventSource };
  readonly dynamodb: { readonly streamReader: StreamReader };
  readonly kinesis: { readonly streamReader: StreamReader };
}

/** What pollers ask: the services here, but for what is elsewhere. */
export function sourcesFor(elsewhere: Elsewhere | undefined, local: LocalSources) {
  const { sqs, dynamodb, kinesis } = local;
  const readers = { dynamodb: dynamodb.streamReader, kinesis: kinesis.streamReader };
  if (elsewhere === undefined) {
    return { sqsSource: (arn: string) => sqs.eventSource(arn), streamReaders: readers };
  }
  const { streamReaders } = elsewhere;
  return {
    sqsSource: (arn: string) => (elsewhere.owns(arn) ? elsewhere.queue(arn) : sqs.eventSource(arn)),
    streamReaders: {
      dynamodb: routed(elsewhere, readers.dynamodb, streamReaders.dynamodb),
      kinesis: routed(elsewhere, readers.kinesis, streamReaders.kinesis),
    },
  };
}

/** Access to sources: what is elsewhere has policies of its own, by which it refuses. */
export function accessFor(
  elsewhere: Elsewhere | undefined,
  access: AccessControl | undefined,
): { readonly access?: AccessControl } {
  if (access === undefined) return {};
  return {
    access: {
      decide: async (asked, queries) =>
        elsewhere?.owns(asked.resource) === true
          ? { kind: 'allowed' }
          : access.decide(asked, queries),
    },
  };
}

function routed(elsewhere: Elsewhere, here: StreamReader, there: StreamReader): StreamReader {
  const readerOf = (arn: string): StreamReader => (elsewhere.owns(arn) ? there : here);
  return {
    getShards: (arn) => readerOf(arn).getShards(arn),
    read: (arn, shardId, after, recordsMax) => readerOf(arn).read(arn, shardId, after, recordsMax),
    wakeupTopic: (arn) => readerOf(arn).wakeupTopic(arn),
  };
}
