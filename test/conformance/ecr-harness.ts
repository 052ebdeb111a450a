/** AWS's client of ECR, the registry as its clients speak to it, and images to push, with a started server. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import type { ExampleServer } from '../../examples/server.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIGURATION = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** A client with nothing but endpoint and credentials set. */
export function ecrOf({ endpoint, region, credentials }: ExampleServer): ECRClient {
  return new ECRClient({ endpoint, region, credentials, maxAttempts: 1 });
}

/** What the registry takes as a password. */
export async function passwordOf(client: ECRClient): Promise<string> {
  const { authorizationData: [data] = [] } = await client.send(
    new GetAuthorizationTokenCommand({}),
  );
  const token = Buffer.from(data?.authorizationToken ?? '', 'base64').toString();
  return token.slice('AWS:'.length);
}

export interface TestImage {
  readonly manifest: Buffer;
  readonly config: Buffer;
  readonly layer: Buffer;
}

/** An image of one layer, whose bytes are nobody else's. */
export function makeImage(layerBytes = 10_000): TestImage {
  const archive = tarOf('hello', randomBytes(layerBytes));
  const layer = gzipSync(archive);
  const rootfs = { type: 'layers', diff_ids: [digestOf(archive)] };
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs }));
  const describe = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.byteLength,
  });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: describe(CONFIGURATION, config),
      layers: [describe(LAYER, layer)],
    }),
  );
  return { manifest, config, layer };
}

/** Writes an image as a folder of OCI's layout, which clients take for a source. */
export function writeLayout(folder: string, { manifest, config, layer }: TestImage): void {
  const blobs = join(folder, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  for (const bytes of [manifest, config, layer]) {
    writeFileSync(join(blobs, digestOf(bytes).slice('sha256:'.length)), bytes);
  }
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  const size = manifest.byteLength;
  const manifests = [{ mediaType: MANIFEST, digest: digestOf(manifest), size, annotations }];
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

/** An archive of one file. */
function tarOf(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(512);
  head.write(name, 0);
  head.write('0000644\0' + '0000000\0'.repeat(2), 100);
  head.write(`${content.byteLength.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124);
  head.write(`${' '.repeat(8)}0`, 148);
  head.write('ustar\x0000', 257);
  const sum = head.reduce((all, byte) => all + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([head, content, Buffer.alloc(512 - (content.byteLength % 512) + 1024)]);
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A repository as a client of the registry's HTTP API sees it. */
export interface Registry {
  ask(method: string, path: string, body?: Uint8Array): Promise<Response>;
  /** Uploads as `docker push` does: begun, in one piece, completed. Throws where anything is refused. */
  upload(bytes: Uint8Array): Promise<void>;
  push(image: TestImage, tag: string): Promise<void>;
}

/** @param repository `ACCOUNT/REGION/NAME` */
export function registryOf(endpoint: string, repository: string, password: string): Registry {
  const authorization = `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`;
  const base = `${endpoint}/v2/${repository}`;
  const ask: Registry['ask'] = (method, path, body) =>
    fetch(path.startsWith('/v2/') ? endpoint + path : base + path, {
      method,
      headers: { authorization, 'content-type': path.includes('/manifests/') ? MANIFEST : LAYER },
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
  const locate = async (wanted: number, answer: Promise<Response>): Promise<string> => {
    const { status, headers } = await answer;
    if (status !== wanted) throw new Error(`the registry answered ${status}`);
    return headers.get('location') ?? '';
  };
  const upload: Registry['upload'] = async (bytes) => {
    const begun = await locate(202, ask('POST', '/blobs/uploads/'));
    const written = await locate(202, ask('PATCH', begun, bytes));
    await locate(201, ask('PUT', `${written}?digest=${digestOf(bytes)}`));
  };
  return {
    ask,
    upload,
    async push({ manifest, config, layer }, tag) {
      await upload(layer);
      await upload(config);
      await locate(201, ask('PUT', `/manifests/${tag}`, manifest));
    },
  };
}
