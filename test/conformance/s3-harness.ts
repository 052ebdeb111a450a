/** S3 behind a real gateway, on stores in memory. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { MemoryBlobStore, SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import { createGateway } from '#aws/gateway/index.ts';
import { textOf } from '#kernel/bytes.ts';
import type { CredentialLookup, KnownCredential } from '#ports/peers/credential-issuer.ts';
import type { Deliverer, Delivery, DeliveryCheck } from '#ports/peers/deliverer.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Database } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';
import { createS3, type S3 } from '#services/s3/index.ts';

export const ACCOUNT = '111111111111';

const OWNER: KnownCredential = {
  credentials: { accessKeyId: 'AKIAOWNER', secretAccessKey: 'secret/of/the+owner' },
  principal: { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/owner`, userId: 'AIDAOWNER' },
};

const STRANGER: KnownCredential = {
  credentials: { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'secret/of/a+stranger' },
  principal: {
    accountId: '222222222222',
    arn: 'arn:aws:iam::222222222222:root',
    userId: '222222222222',
  },
};

const credentials: CredentialLookup = {
  find: async (id) => [OWNER, STRANGER].find((known) => known.credentials.accessKeyId === id),
};

export interface S3World extends AsyncDisposable {
  readonly endpoint: string;
  readonly s3: S3;
  readonly clock: SimulatedClock;
  readonly database: Database;
  readonly blobs: BlobStore;
  /** What was delivered, parsed, in order; a transaction that failed leaves nothing. */
  readonly deliveries: (Delivery & { readonly event: unknown })[];
  /** Answers of the deliverer's check, by target; others are deliverable. */
  readonly checks: Map<string, DeliveryCheck>;
  /** Messages of the log at `warn` and `error`. */
  readonly logged: string[];
  client(options?: S3ClientConfig): S3Client;
  stranger(): S3Client;
}

/**
 * Starts a world of its own, at the real time, by which the SDK signs. Where the clock is to be moved, nobody can
 * sign any more: `auth: 'none'` asks for nothing.
 */
export async function startS3(auth: 'signature' | 'none' = 'signature'): Promise<S3World> {
  const clock = new SimulatedClock(Date.now());
  const random = new SeededRandom(1);
  const database = await openDatabase({ path: ':memory:' });
  const blobs = new MemoryBlobStore(random);
  const deliveries: S3World['deliveries'] = [];
  const checks = new Map<string, DeliveryCheck>();
  const logged: string[] = [];
  const note: Log['warn'] = (message, fields) => {
    logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  };
  const log: Log = { debug: () => undefined, info: () => undefined, warn: note, error: note };
  const deliverer: Deliverer = {
    async deliver(delivery, tx) {
      const event: unknown = JSON.parse(textOf(delivery.payload));
      tx.afterCommit(() => deliveries.push({ ...delivery, event }));
      return checks.get(delivery.targetArn) ?? 'deliverable';
    },
    check: async ({ targetArn }) => checks.get(targetArn) ?? 'deliverable',
  };
  const wakeups = new MemoryWakeups();
  const s3 = createS3({ database, blobs, clock, random, deliverer, wakeups, credentials, log });
  await database.migrate(s3.schema);
  const gateway = createGateway({
    services: [s3.service],
    extras: new Map([['s3', s3.extras]]),
    surfaces: [s3.website],
    credentials,
    auth: auth === 'none' ? { kind: 'none', root: OWNER.principal } : { kind: 'signature' },
    clock,
    random,
    log,
    region: 'us-east-1',
  });
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  gateway.ready();
  const endpoint = `http://127.0.0.1:${port}`;
  const clients: S3Client[] = [];
  const client = (known: KnownCredential, options: S3ClientConfig): S3Client => {
    const made = new S3Client({
      endpoint,
      region: 'us-east-1',
      credentials: known.credentials,
      forcePathStyle: true,
      maxAttempts: 1,
      ...options,
    });
    clients.push(made);
    return made;
  };
  return {
    endpoint,
    s3,
    clock,
    database,
    blobs,
    deliveries,
    checks,
    logged,
    client: (options = {}) => client(OWNER, options),
    stranger: () => client(STRANGER, {}),
    async [Symbol.asyncDispose]() {
      for (const one of clients) one.destroy();
      await gateway[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** What an SDK throws: code, message, status and the error's own members. */
export async function failureOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('it did not fail');
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  const usual = ['name', 'message', 'stack', 'Code', 'RequestId', 'HostId'];
  const fields = Object.entries(error).filter(
    ([name, value]) => !name.startsWith('$') && !usual.includes(name) && value !== undefined,
  );
  return {
    code: error.name,
    message: error.message,
    status: $metadata?.httpStatusCode,
    ...Object.fromEntries(fields),
  };
}

/** An output without what belongs to the exchange. */
export function bare<T extends object>(output: T): Omit<T, '$metadata'> {
  const { $metadata: _, ...members } = output as T & { $metadata?: unknown };
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Omit<T, '$metadata'>;
}
