/** A gateway over services of a few lines each, for tests of the wire alone. */
import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import { createGateway, type Gateway, type GatewayOptions } from '#aws/gateway/index.ts';
import { collectBytes } from '#kernel/bytes.ts';
import { cloudwatch } from '#aws/models/cloudwatch.gen.ts';
import { dynamodb } from '#aws/models/dynamodb.gen.ts';
import { iam } from '#aws/models/iam.gen.ts';
import { lambda } from '#aws/models/lambda.gen.ts';
import { s3 } from '#aws/models/s3.gen.ts';
import { sqs } from '#aws/models/sqs.gen.ts';
import { sts } from '#aws/models/sts.gen.ts';
import type { Operation, RequestContext, Service } from '#aws/operation.ts';
import type { ServiceModel } from '#aws/model.ts';
import type { CredentialLookup, KnownCredential } from '#ports/peers/credential-issuer.ts';
import type { LogFields } from '#ports/world/log.ts';

export const ROOT: KnownCredential = {
  credentials: {
    accessKeyId: 'AKIAHEARTHEXAMPLE000',
    secretAccessKey: 'a/secret+of/forty-characters/0123456789',
  },
  principal: {
    accountId: '000000000000',
    arn: 'arn:aws:iam::000000000000:root',
    userId: '000000000000',
  },
};

export const SESSION: KnownCredential = {
  credentials: {
    accessKeyId: 'ASIAHEARTHEXAMPLE000',
    secretAccessKey: 'another/secret',
    sessionToken: 'a session token+/=',
  },
  principal: {
    accountId: '000000000000',
    arn: 'arn:aws:sts::000000000000:assumed-role/r/s',
    userId: 'AROA:s',
  },
};

const credentials: CredentialLookup = {
  async find(id) {
    return [ROOT, SESSION].find((known) => known.credentials.accessKeyId === id);
  },
};

/** What the services below have done, for tests to look at. */
export interface World {
  readonly gateway: Gateway;
  readonly port: number;
  readonly endpoint: string;
  /** Objects by `bucket/key`. */
  readonly objects: Map<string, Uint8Array>;
  /** Contexts of all operations, in order. */
  readonly contexts: RequestContext[];
  /** Messages of the log at `error` and `warn`. */
  readonly logged: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

type Any = Record<string, never>;

/** A gateway that listens on a port of its own. */
export async function startGateway(options: Partial<GatewayOptions> = {}): Promise<World> {
  const objects = new Map<string, Uint8Array>();
  const contexts: RequestContext[] = [];
  const logged: string[] = [];
  const note = (message: string, fields?: LogFields): void => {
    logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  };
  const service = (
    model: ServiceModel,
    operations: Record<string, (input: Any, context: RequestContext) => Promise<unknown>>,
    more: Partial<Service> = {},
  ): Service => ({
    model,
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, body]): [string, Operation<never, unknown>] => [
        name,
        async (context, input) => {
          contexts.push(context);
          return await body(input, context);
        },
      ]),
    ),
    ...more,
  });
  const gateway = createGateway({
    services: [
      service(s3, storage(objects)),
      service(lambda, {
        Invoke: async ({ Payload }) => ({ StatusCode: 200, Payload }),
        ListFunctions: async () => {
          throw new TypeError('a bug');
        },
      }),
      service(sqs, {
        ListQueues: async ({ QueueNamePrefix }) => ({
          QueueUrls: [`http://localhost/${QueueNamePrefix}`],
        }),
      }),
      service(dynamodb, { ListTables: async () => ({ TableNames: ['t'] }) }),
      service(cloudwatch, { ListMetrics: async ({ Namespace }) => ({ Metrics: [{ Namespace }] }) }),
      service(iam, {
        GetUser: async () => ({
          User: { UserName: 'u', Path: '/', UserId: 'i', Arn: 'a', CreateDate: 0 },
        }),
      }),
      service(
        sts,
        {
          GetCallerIdentity: async (_, { principal, accountId }) => ({
            Account: accountId,
            Arn: principal.arn,
            UserId: principal.userId,
          }),
          AssumeRoleWithWebIdentity: async () => ({ Audience: 'anybody' }),
        },
        { unsigned: new Set(['AssumeRoleWithWebIdentity']) },
      ),
    ],
    credentials,
    auth: { kind: 'signature' },
    clock: systemClock,
    random: systemRandom,
    log: { debug: () => undefined, info: () => undefined, warn: note, error: note },
    region: 'us-east-1',
    ...options,
  });
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  gateway.ready();
  return {
    gateway,
    port,
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    contexts,
    logged,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

function storage(
  objects: Map<string, Uint8Array>,
): Record<string, (input: Any, context: RequestContext) => Promise<unknown>> {
  const name = ({ Bucket, Key }: Any): string => `${Bucket}/${Key}`;
  return {
    PutObject: async (input) => {
      const body = (input['Body'] ?? []) as unknown as AsyncIterable<Uint8Array>;
      objects.set(name(input), await collectBytes(body, 2 ** 30));
      return { ETag: '"etag"' };
    },
    UploadPart: async (input) => {
      await collectBytes(input['Body'] as unknown as AsyncIterable<Uint8Array>, 2 ** 30);
      return { ETag: '"etag"' };
    },
    GetObject: async (input) => {
      const bytes = objects.get(name(input)) ?? new Uint8Array(0);
      return { Body: streamOf(bytes), ContentLength: bytes.byteLength };
    },
    HeadObject: async (input) => ({ ContentLength: objects.get(name(input))?.byteLength ?? 0 }),
    ListObjectsV2: async ({ Bucket }) => ({ Name: Bucket, KeyCount: 0 }),
  };
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
