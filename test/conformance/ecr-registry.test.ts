/** The registry through an unmodified client, by many at once, and over crashes. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { digestOf, ecrOf, makeImage, passwordOf, registryOf, writeLayout } from './ecr-harness.ts';

const FLAGS = ['--isolation', 'process'];
const PUSHES = 100;

async function openRegistry(server: ExampleServer, repositoryName: string) {
  const client = ecrOf(server);
  const { repository } = await client.send(new CreateRepositoryCommand({ repositoryName }));
  const password = await passwordOf(client);
  const path = `${server.accountId}/${server.region}/${repositoryName}`;
  const uri = repository?.repositoryUri ?? '';
  return { client, password, path, uri, registry: registryOf(server.endpoint, path, password) };
}

test('skopeo pushes an image and pulls the same', async (t) => {
  if (spawnSync('skopeo', ['--version']).status !== 0) {
    t.skip('SKIPPED: there is no skopeo here: apt-get install skopeo; no client was tried');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'hearth-skopeo-'));
  const server = await startServer({ flags: FLAGS });
  try {
    const { password, uri } = await openRegistry(server, 'team/app');
    const image = makeImage(3_000_000);
    writeLayout(join(folder, 'layout'), image);
    const credentials = `AWS:${password}`;
    const skopeo = (...args: readonly string[]): string =>
      execFileSync('skopeo', args, { encoding: 'utf8', stdio: 'pipe' });
    const to = ['--dest-tls-verify=false', '--dest-creds', credentials];
    const from = ['--src-tls-verify=false', '--src-creds', credentials];
    const layout = `oci:${join(folder, 'layout')}:latest`;
    skopeo('copy', ...to, layout, `docker://${uri}:v1`);
    skopeo('copy', ...from, `docker://${uri}:v1`, `dir:${join(folder, 'pulled')}`);
    const pulled = (name: string): Buffer => readFileSync(join(folder, 'pulled', name));
    assert.deepEqual(pulled('manifest.json'), image.manifest);
    const blobs = readdirSync(join(folder, 'pulled')).filter((name) => name.length === 64);
    const expected = [image.layer, image.config].map((bytes) => digestOf(bytes).slice(7));
    assert.deepEqual(blobs.toSorted(), expected.toSorted());
    for (const name of blobs) assert.equal(digestOf(pulled(name)), `sha256:${name}`);
    const elsewhere = uri.replace('team/app', 'no');
    assert.throws(() => skopeo('copy', ...to, layout, `docker://${elsewhere}:v1`), {
      message: /name unknown: The repository with name 'no' does not exist in the registry with id/,
    });
    const nobody = ['--dest-tls-verify=false', '--dest-creds', 'AWS:no'];
    assert.throws(() => skopeo('copy', ...nobody, layout, `docker://${uri}:v2`), {
      message: /unauthorized|invalid username/i,
    });
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a hundred images are pushed at once', async () => {
  const server = await startServer({ flags: FLAGS });
  try {
    const { client, registry } = await openRegistry(server, 'crowd');
    const images = Array.from({ length: PUSHES }, () => makeImage());
    await Promise.all(images.map((image, at) => registry.push(image, `v${at}`)));
    const repositoryName = 'crowd';
    const described = await client.send(
      new DescribeImagesCommand({ repositoryName, maxResults: 1000 }),
    );
    assert.deepEqual(
      described.imageDetails?.map(({ imageDigest }) => imageDigest).toSorted(),
      images.map(({ manifest }) => digestOf(manifest)).toSorted(),
    );
  } finally {
    await server.stop();
  }
});

test('with --auth none nobody needs a token', async () => {
  const server = await startServer({ flags: [...FLAGS, '--auth', 'none'] });
  try {
    const { registry } = await openRegistry(server, 'open');
    const image = makeImage();
    await registry.push(image, 'v1');
    const url = `${server.endpoint}/v2/${server.accountId}/${server.region}/open/manifests/v1`;
    const answer = await fetch(url);
    assert.equal(answer.headers.get('docker-content-digest'), digestOf(image.manifest));
    assert.equal(await answer.text(), image.manifest.toString());
  } finally {
    await server.stop();
  }
});

test('another account reads what a repository’s policy lets it read, and pushes nothing', async () => {
  const other = '222222222222';
  const server = await startServer({ flags: [...FLAGS, '--further-account-ids', other] });
  try {
    const { client, path, registry } = await openRegistry(server, 'shared');
    await registry.push(makeImage(), 'v1');
    const guest = registryOf(server.endpoint, path, await passwordOf(ecrOf(otherOf(server))));
    const refused = await guest.ask('GET', '/manifests/v1');
    assert.equal(refused.status, 403);
    assert.match(
      await refused.text(),
      /no resource-based policy allows the ecr:BatchGetImage action/,
    );
    const Statement = { Effect: 'Allow', Principal: { AWS: other }, Action: 'ecr:BatchGetImage' };
    const policyText = JSON.stringify({ Version: '2012-10-17', Statement });
    await client.send(new SetRepositoryPolicyCommand({ repositoryName: 'shared', policyText }));
    assert.equal((await guest.ask('GET', '/manifests/v1')).status, 200);
    assert.equal((await guest.ask('POST', '/blobs/uploads/')).status, 403);
    const repositories = new DescribeRepositoriesCommand({ registryId: server.accountId });
    await assert.rejects(ecrOf(otherOf(server)).send(repositories), {
      name: 'AccessDeniedException',
    });
  } finally {
    await server.stop();
  }
});

test('with --auth iam a user pushes and pulls who may, and no token may more than its user', async () => {
  const server = await startServer({ flags: [...FLAGS, '--auth', 'iam'] });
  try {
    const { path, registry } = await openRegistry(server, 'owned');
    const image = makeImage();
    await registry.push(image, 'v1');
    const writer = await userOf(server, 'AmazonEC2ContainerRegistryPowerUser');
    const reader = await userOf(server, 'AmazonEC2ContainerRegistryReadOnly');
    const registryAs = async (user: ExampleServer) =>
      registryOf(server.endpoint, path, await passwordOf(ecrOf(user)));
    await (await registryAs(writer)).push(makeImage(), 'v2');
    const reading = await registryAs(reader);
    for (const tag of ['v1', 'v2']) {
      assert.equal((await reading.ask('GET', `/manifests/${tag}`)).status, 200);
    }
    assert.equal((await reading.ask('PUT', '/manifests/v3', image.manifest)).status, 403);
    await assert.rejects(reading.push(makeImage(), 'v3'), /answered 403/);
    const deletion = new DeleteRepositoryCommand({ repositoryName: 'owned', force: true });
    await assert.rejects(ecrOf(writer).send(deletion), { name: 'AccessDeniedException' });
  } finally {
    await server.stop();
  }
});

/** The server as a new user sees it who has one of AWS's policies. */
async function userOf(server: ExampleServer, policy: string): Promise<ExampleServer> {
  const { endpoint, region, credentials } = server;
  const iam = new IAMClient({ endpoint, region, credentials, maxAttempts: 1 });
  await iam.send(new CreateUserCommand({ UserName: policy }));
  const PolicyArn = `arn:aws:iam::aws:policy/${policy}`;
  await iam.send(new AttachUserPolicyCommand({ UserName: policy, PolicyArn }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: policy }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  return { ...server, credentials: { accessKeyId, secretAccessKey } };
}

/** The server as the root of its second account sees it. */
function otherOf(server: ExampleServer): ExampleServer {
  const file = readFileSync(join(server.dataDir, 'credentials.json'), 'utf8');
  // Written by the server.
  const { accounts } = JSON.parse(file) as { accounts: readonly ExampleServer['credentials'][] };
  const [credentials] = accounts;
  assert.ok(credentials);
  return { ...server, credentials };
}

test('what was acknowledged of pushes is there after a crash, and what was cut off goes on', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hearth-ecr-'));
  let server = await startServer({ dataDir, flags: FLAGS });
  try {
    const { path, password, registry } = await openRegistry(server, 'crash');
    const image = makeImage(200_000);
    const kept = makeImage();
    await registry.push(kept, 'kept');
    const begun = await registry.ask('POST', '/blobs/uploads/');
    const location = begun.headers.get('location') ?? '';
    const half = image.layer.subarray(0, 100_000);
    assert.equal((await registry.ask('PATCH', location, half)).status, 202);
    await cutOff(server.endpoint + location, password);
    await server.kill();
    server = await startServer({ dataDir, flags: FLAGS });
    const again = registryOf(server.endpoint, path, password);
    const status = await again.ask('GET', location);
    assert.equal(status.headers.get('range'), '0-99999', 'what was not answered is not there');
    const rest = image.layer.subarray(100_000);
    const digest = digestOf(image.layer);
    assert.equal((await again.ask('PUT', `${location}?digest=${digest}`, rest)).status, 201);
    for (const bytes of [image.layer, kept.layer, kept.config]) {
      const read = await again.ask('GET', `/blobs/${digestOf(bytes)}`);
      assert.deepEqual(Buffer.from(await read.arrayBuffer()), bytes);
    }
    const manifest = await again.ask('GET', '/manifests/kept');
    assert.equal(await manifest.text(), kept.manifest.toString());
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

/** Begins a part that never ends; resolves once its first bytes are sent. */
async function cutOff(url: string, password: string): Promise<void> {
  const sent = Promise.withResolvers<void>();
  const headers = { authorization: `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}` };
  const upload = request(url, { method: 'PATCH', headers });
  upload.on('error', () => undefined);
  upload.write(Buffer.alloc(300_000), () => sent.resolve());
  await sent.promise;
}
