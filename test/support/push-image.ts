/** Pushes container images to a server's registry, as clients do: blobs, then the manifest. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  CreateRepositoryCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';
import type { ExampleServer } from '../../examples/server.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIGURATION = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** Pushes an image of a configuration and tar archives, the lowest first; answers its URI by tag. */
export async function pushImage(
  server: ExampleServer,
  { repositoryUri, tag }: { readonly repositoryUri: string; readonly tag: string },
  configuration: object,
  ...layers: readonly Buffer[]
): Promise<string> {
  const { origin, pathname } = new URL(`http://${repositoryUri}`);
  const place = `${origin}/v2${pathname}`;
  const authorization = await authorizationOf(server);
  const put = async (blob: Buffer): Promise<object> => {
    const digest = `sha256:${createHash('sha256').update(blob).digest('hex')}`;
    const headers = { authorization };
    const begun = await fetch(`${place}/blobs/uploads/`, { method: 'POST', headers });
    assert.equal(begun.status, 202, await begun.text());
    const upload = new URL(begun.headers.get('location') ?? '', origin);
    upload.searchParams.set('digest', digest);
    const body = Uint8Array.from(blob);
    const ended = await fetch(upload, { method: 'PUT', headers, body });
    assert.equal(ended.status, 201, await ended.text());
    return { digest, size: blob.byteLength };
  };
  const config = await put(Buffer.from(JSON.stringify(configuration)));
  const pushed: object[] = [];
  for (const layer of layers) pushed.push({ mediaType: LAYER, ...(await put(gzipSync(layer))) });
  const answered = await fetch(`${place}/manifests/${tag}`, {
    method: 'PUT',
    headers: { authorization, 'content-type': MANIFEST },
    body: JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: CONFIGURATION, ...config },
      layers: pushed,
    }),
  });
  assert.equal(answered.status, 201, await answered.text());
  return `${repositoryUri}:${tag}`;
}

/** Makes a repository; answers its URI. */
export async function createRepository(
  server: ExampleServer,
  repositoryName: string,
): Promise<string> {
  const made = await ecrOf(server).send(new CreateRepositoryCommand({ repositoryName }));
  return made.repository?.repositoryUri ?? '';
}

function ecrOf({ endpoint, region, credentials }: ExampleServer): ECRClient {
  return new ECRClient({ endpoint, region, credentials, maxAttempts: 1 });
}

async function authorizationOf(server: ExampleServer): Promise<string> {
  const { authorizationData = [] } = await ecrOf(server).send(new GetAuthorizationTokenCommand({}));
  return `Basic ${authorizationData[0]?.authorizationToken ?? ''}`;
}
