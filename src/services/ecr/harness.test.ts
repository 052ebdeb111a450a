/** What the tests of Amazon ECR stand on: the service over stores in memory and a fake clock, and images to push. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { MemoryWakeups } from '#adapters/memory-wakeups/index.ts';
import { MemoryBlobStore, SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { openDatabase } from '#adapters/sqlite/index.ts';
import type { Operations } from '#aws/models/ecr.types.gen.ts';
import type { Operation, RequestContext, SurfaceExchange } from '#aws/operation.ts';
import { collectBytes, streamOfBytes, textOf, utf8 } from '#kernel/bytes.ts';
import type { AccessControl } from '#ports/peers/access-control.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Database } from '#ports/world/database.ts';
import { requestContext } from '../../../test/support/request-context.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { createEcr } from './index.ts';
import { DOCKER_MANIFEST, OCI_INDEX } from './manifest.ts';

type Input<Name extends keyof Operations> = Parameters<Operations[Name]>[1];
type Output<Name extends keyof Operations> = Awaited<ReturnType<Operations[Name]>>;

export const ACCOUNT = '111111111111';
export const BASE = `/v2/${ACCOUNT}/us-east-1/app`;
const BYTES_MAX = 64 * 1024 * 1024;

/** A request to the registry, by what differs from a plain GET. */
export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Absent for a token that holds. */
  readonly authorization?: string | undefined;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The code and the message of its error. */
  readonly error: string | undefined;
}

export interface EcrWorld {
  readonly ecr: ReturnType<typeof createEcr>;
  readonly clock: SimulatedClock;
  readonly database: Database;
  readonly blobs: BlobStore;
  call<Name extends keyof Operations>(
    name: Name,
    input: Input<Name>,
    context?: RequestContext,
  ): Promise<Output<Name>>;
  ask(method: string, target: string, asked?: Asked): Promise<Answered>;
  /** Uploads a layer, and answers its digest. */
  push(bytes: Uint8Array, base?: string): Promise<string>;
  countBlobs(): Promise<number>;
}

/** A world with the repository `app`. @param isOpen whether anybody may ask without a token */
export async function startEcr({
  isOpen = false,
  access,
}: { isOpen?: boolean; access?: AccessControl } = {}): Promise<EcrWorld> {
  const clock = new SimulatedClock();
  const random = new SeededRandom(3);
  const database = await openDatabase({ path: ':memory:' });
  const blobs = new MemoryBlobStore(random);
  const ecr = createEcr({
    database,
    blobs,
    clock,
    machineClock: clock,
    random,
    wakeups: new MemoryWakeups(),
    log: silentLog,
    host: () => '127.0.0.1:4566',
    ...(access === undefined ? {} : { access }),
  });
  await database.migrate(ecr.schema);
  const root = requestContext(ACCOUNT, { headers: { host: 'localhost:4566' } });
  const call: EcrWorld['call'] = async (name, input, context = root) => {
    // The table holds every operation under the name whose types these are.
    const operation = ecr.service.operations[name] as Operation<typeof input, never>;
    return operation(context, input);
  };
  await call('CreateRepository', { repositoryName: 'app' });
  const { authorizationData: [data] = [] } = await call('GetAuthorizationToken', {});
  const valid = `Basic ${data?.authorizationToken}`;
  const ask: EcrWorld['ask'] = async (method, target, asked = {}) => {
    const authorization = 'authorization' in asked ? asked.authorization : valid;
    const exchange = exchangeOf(method, target, { ...asked, authorization }, isOpen);
    assert.ok(ecr.surface.match(exchange.request), `${target} is the registry's`);
    const { status, headers, body } = await ecr.surface.handle(exchange);
    const bytes = body instanceof Uint8Array ? body : await collectBytes(body, BYTES_MAX);
    return { status, headers, body: bytes, error: errorOf(headers, bytes) };
  };
  return {
    ecr,
    clock,
    database,
    blobs,
    call,
    ask,
    async push(bytes, base = BASE) {
      const digest = digestOf(bytes);
      const target = `${base}/blobs/uploads/?digest=${digest}`;
      assert.equal((await ask('POST', target, { body: bytes })).status, 201);
      return digest;
    },
    async countBlobs() {
      let count = 0;
      for await (const _ of blobs.list()) count += 1;
      return count;
    },
  };
}

/** A request as the gateway hands it to surfaces. */
export function exchangeOf(
  method: string,
  target: string,
  { headers = {}, body = new Uint8Array(0), authorization }: Asked,
  isOpen: boolean,
): SurfaceExchange {
  const { pathname: path, searchParams: query } = new URL(target, 'http://localhost:4566');
  const root = requestContext(ACCOUNT).principal;
  const request = {
    method,
    path,
    query,
    sourceIp: '127.0.0.1',
    headers: {
      host: 'localhost:4566',
      ...(authorization === undefined ? {} : { authorization }),
      ...headers,
    },
    body: body instanceof Uint8Array ? streamOfBytes(body) : body,
  };
  return {
    request,
    requestId: 'REQUEST',
    signal: new AbortController().signal,
    authenticate: async () => (isOpen ? { principal: root, accessKeyId: '', request } : undefined),
  };
}

function errorOf(headers: Answered['headers'], body: Uint8Array): string | undefined {
  if (headers['content-type'] !== 'application/json; charset=utf-8') return undefined;
  // What errorAnswer has written, or a list of tags.
  const { errors } = JSON.parse(textOf(body)) as { errors?: { code: string; message: string }[] };
  return errors?.map(({ code, message }) => `${code}: ${message}`).join();
}

export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Uploads the parts of an image, and answers its manifest. */
export async function makeImage(world: EcrWorld, text: string, base = BASE): Promise<Uint8Array> {
  const [config, layer] = [utf8(`{"is":"${text}"}`), utf8(`layer of ${text}`)];
  return utf8(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: DOCKER_MANIFEST,
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        digest: await world.push(config, base),
        size: config.byteLength,
      },
      layers: [
        {
          mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
          digest: await world.push(layer, base),
          size: layer.byteLength,
        },
      ],
    }),
  );
}

/** A list of images for several platforms. */
export function makeIndex(...manifests: readonly Uint8Array[]): Uint8Array {
  return utf8(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: manifests.map((one) => ({
        mediaType: DOCKER_MANIFEST,
        digest: digestOf(one),
        size: one.byteLength,
      })),
    }),
  );
}

/** Pushes a manifest under a tag, or its digest. */
export function putManifest(
  { ask }: EcrWorld,
  body: Uint8Array,
  reference: string,
  base = BASE,
): Promise<Answered> {
  return ask('PUT', `${base}/manifests/${reference}`, { body });
}
