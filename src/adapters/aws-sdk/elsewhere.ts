import { parseArn } from '#kernel/arn.ts';
import type { Elsewhere } from '#ports/peers/elsewhere.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Log } from '#ports/world/log.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import { ClientTable } from './clients.ts';
import { createDynamodbShards } from './dynamodb-shards.ts';
import { createKinesisShards } from './kinesis-shards.ts';
import { createRemoteQueue } from './remote-queue.ts';
import { createRemoteReader } from './remote-reader.ts';

export interface ElsewhereOptions {
  /** The machine's own. */
  readonly clock: Clock;
  readonly wakeups: Wakeups;
  readonly log: Log;
  /** Whose queues and streams are elsewhere. */
  readonly accountIds: readonly string[];
  /** Of a compatible server; AWS's own where it is absent. */
  readonly endpoint?: string;
  /** Of AWS's files of settings and credentials; where it is absent the SDK looks for credentials as it does anywhere. */
  readonly profile?: string;
}

/** Sources of other accounts; nothing is asked of them before a mapping is made. */
export function createElsewhere(options: ElsewhereOptions): Elsewhere {
  const accountIds = new Set(options.accountIds);
  const clients = new ClientTable(options);
  const dependencies = { ...options, clients };
  return {
    owns: (arn) => accountIds.has(parseArn(arn)?.accountId ?? ''),
    queue: (arn) => createRemoteQueue(dependencies, arn),
    streamReaders: {
      dynamodb: createRemoteReader(dependencies, createDynamodbShards(dependencies)),
      kinesis: createRemoteReader(dependencies, createKinesisShards(dependencies)),
    },
  };
}
