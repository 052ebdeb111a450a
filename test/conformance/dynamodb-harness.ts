/** DynamoDB behind the gateway, on a loopback port, over a store in memory. */
import { openPinoLog } from '#adapters/pino-log/index.ts';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import { createGateway } from '#aws/gateway/index.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { KnownCredential } from '#ports/peers/credential-issuer.ts';
import { createDynamodb } from '#services/dynamodb/index.ts';

const REGION = 'eu-west-1';
const ROOT: KnownCredential = {
  credentials: { accessKeyId: 'AKIAHEARTHEXAMPLE000', secretAccessKey: 'a secret of the tests' },
  principal: {
    accountId: '111111111111',
    arn: 'arn:aws:iam::111111111111:root',
    userId: '111111111111',
  },
};

export interface DynamodbServer extends AsyncDisposable {
  readonly endpoint: string;
  /** What every SDK's client is made with. */
  readonly options: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: KnownCredential['credentials'];
    readonly maxAttempts: number;
  };
}

const NOBODY: Deliverer = {
  check: async () => 'unsupported',
  deliver: async () => 'unsupported',
};

/** `path` is where the store lies; in memory where nothing is said. */
export async function serveDynamodb(path = ':memory:'): Promise<DynamodbServer> {
  const database = await openDatabase({ path });
  const world = {
    database,
    clock: systemClock,
    random: systemRandom,
    wakeups: new MemoryWakeups(),
    deliverer: NOBODY,
  };
  const dynamodb = createDynamodb(world);
  await database.migrate(dynamodb.schema);
  const gateway = createGateway({
    services: [dynamodb.service, dynamodb.streamsService],
    credentials: {
      find: (id) => Promise.resolve(id === ROOT.credentials.accessKeyId ? ROOT : undefined),
    },
    auth: { kind: 'signature' },
    clock: systemClock,
    random: systemRandom,
    log: openPinoLog({ level: 'warn', format: 'json' }),
    region: REGION,
  });
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  gateway.ready();
  const stop = new AbortController();
  const background = dynamodb.run(stop.signal);
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    options: { endpoint, region: REGION, credentials: { ...ROOT.credentials }, maxAttempts: 1 },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await gateway[Symbol.asyncDispose]();
      await background;
      await database[Symbol.asyncDispose]();
    },
  };
}
