/** Amazon ECR through AWS's SDK and its command line. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  BatchCheckLayerAvailabilityCommand,
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryCommand,
  DeleteRepositoryPolicyCommand,
  DescribeImagesCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  GetDownloadUrlForLayerCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  InitiateLayerUploadCommand,
  ListImagesCommand,
  ListTagsForResourceCommand,
  paginateListImages,
  PutImageCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UploadLayerPartCommand,
  type ECRClient,
} from '@aws-sdk/client-ecr';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { skipsWithout, tell } from './clients/python-client.ts';
import { digestOf, ecrOf, makeImage, passwordOf, type TestImage } from './ecr-harness.ts';

let server: ExampleServer;
let ecr: ECRClient;

before(async () => {
  server = await startServer({ flags: ['--isolation', 'process'] });
  ecr = ecrOf(server);
});
after(() => server.stop());

const MIB = 1024 * 1024;
const CLI_TIMEOUT_MS = 60_000;

function make(repositoryName: string, more: object = {}) {
  return ecr.send(new CreateRepositoryCommand({ repositoryName, ...more }));
}

async function uploadLayer(repositoryName: string, bytes: Buffer, parts = [bytes]): Promise<void> {
  const { uploadId } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
  let partFirstByte = 0;
  for (const layerPartBlob of parts) {
    const partLastByte = partFirstByte + layerPartBlob.byteLength - 1;
    const place = { repositoryName, uploadId, partFirstByte, partLastByte };
    await ecr.send(new UploadLayerPartCommand({ ...place, layerPartBlob }));
    partFirstByte = partLastByte + 1;
  }
  const layerDigests = [digestOf(bytes)];
  await ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests }));
}

/** Puts an image by AWS's own API. */
async function putImage(
  repositoryName: string,
  { manifest, config, layer }: TestImage,
  ...imageTags: readonly string[]
): Promise<void> {
  for (const bytes of [config, layer]) await uploadLayer(repositoryName, bytes);
  for (const imageTag of imageTags) {
    const imageManifest = manifest.toString();
    await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag }));
  }
}

test('repositories are made, found, described page by page, and deleted once they are empty', async () => {
  const { repository } = await make('life/one', { tags: [{ Key: 'team', Value: 'a' }] });
  const { accountId, region, endpoint } = server;
  const host = new URL(endpoint).host;
  assert.equal(repository?.repositoryUri, `${host}/${accountId}/${region}/life/one`);
  const arn = `arn:aws:ecr:${region}:${accountId}:repository/life/one`;
  assert.equal(repository?.repositoryArn, arn);
  assert.equal(repository?.imageTagMutability, 'MUTABLE');
  assert.ok(repository?.createdAt instanceof Date);
  await assert.rejects(make('life/one'), {
    name: 'RepositoryAlreadyExistsException',
    message: `The repository with name 'life/one' already exists in the registry with id '${accountId}'`,
  });
  await assert.rejects(make('Life'), {
    name: 'InvalidParameterException',
    message: /^Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy/,
  });
  await make('life/two');
  const first = await ecr.send(new DescribeRepositoriesCommand({ maxResults: 1 }));
  const { nextToken } = first;
  const second = await ecr.send(new DescribeRepositoriesCommand({ maxResults: 1, nextToken }));
  const names = [first, second].flatMap(({ repositories }) =>
    repositories?.map(({ repositoryName }) => repositoryName),
  );
  assert.deepEqual(names, ['life/one', 'life/two']);
  await putImage('life/one', makeImage(), 'v1');
  const repositoryName = 'life/one';
  await assert.rejects(ecr.send(new DeleteRepositoryCommand({ repositoryName })), {
    name: 'RepositoryNotEmptyException',
    message: /cannot be deleted because it still contains images$/,
  });
  await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
  await ecr.send(new DeleteRepositoryCommand({ repositoryName: 'life/two' }));
  const gone = new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] });
  await assert.rejects(ecr.send(gone), { name: 'RepositoryNotFoundException' });
});

test('an image is put by the API alone, in parts, and its layers are known', async () => {
  const repositoryName = 'by-api';
  await make(repositoryName);
  const image = makeImage(5 * MIB);
  const { layer, config, manifest } = image;
  const imageManifest = manifest.toString();
  const put = new PutImageCommand({ repositoryName, imageManifest, imageTag: 'v1' });
  await assert.rejects(ecr.send(put), {
    name: 'LayersNotFoundException',
    message: /^Layers with digests '\[sha256:[0-9a-f]{64}, sha256:.* do not exist$/,
  });
  await uploadLayer(repositoryName, config);
  const parts = [layer.subarray(0, 5 * MIB), layer.subarray(5 * MIB)];
  await uploadLayer(repositoryName, layer, parts);
  await assert.rejects(uploadLayer(repositoryName, config), {
    name: 'LayerAlreadyExistsException',
  });
  const tooSmall = [config.subarray(0, 1), config.subarray(1)];
  await assert.rejects(uploadLayer(repositoryName, config, tooSmall), {
    name: 'LayerPartTooSmallException',
  });
  const layerDigests = [digestOf(layer), digestOf(manifest), 'sha256:abc'];
  const checked = await ecr.send(
    new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests }),
  );
  assert.deepEqual(
    checked.layers?.map(({ layerAvailability, layerSize }) => [layerAvailability, layerSize]),
    [
      ['AVAILABLE', layer.byteLength],
      ['UNAVAILABLE', undefined],
    ],
  );
  assert.equal(checked.failures?.[0]?.failureCode, 'InvalidLayerDigest');
  const { image: stored } = await ecr.send(put);
  assert.equal(stored?.imageId?.imageDigest, digestOf(manifest));
  await assert.rejects(ecr.send(put), { name: 'ImageAlreadyExistsException' });
  const layerDigest = digestOf(config);
  const { downloadUrl = '' } = await ecr.send(
    new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest }),
  );
  const authorization = `Basic ${Buffer.from(`AWS:${await passwordOf(ecr)}`).toString('base64')}`;
  const read = await fetch(downloadUrl, { headers: { authorization } });
  assert.equal(await read.text(), config.toString());
});

test('images are listed, described, read and deleted by their tags and digests', async () => {
  const repositoryName = 'many';
  await make(repositoryName);
  const [one, two] = [makeImage(), makeImage()];
  await putImage(repositoryName, one, 'a', 'b');
  await putImage(repositoryName, two, 'c');
  const ids: string[] = [];
  for await (const { imageIds = [] } of paginateListImages(
    { client: ecr, pageSize: 2 },
    { repositoryName },
  )) {
    assert.ok(imageIds.length <= 2);
    ids.push(...imageIds.map(({ imageTag = '' }) => imageTag));
  }
  assert.deepEqual(ids.toSorted(), ['a', 'b', 'c']);
  const { imageDetails: [detail] = [] } = await ecr.send(
    new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'a' }] }),
  );
  assert.deepEqual(detail?.imageTags, ['a', 'b']);
  assert.equal(detail?.imageSizeInBytes, one.layer.byteLength + one.config.byteLength);
  await assert.rejects(
    ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'no' }] })),
    {
      name: 'ImageNotFoundException',
      message:
        "The image with imageId {imageDigest:'null', imageTag:'no'} does not exist within the " +
        `repository with name 'many' in the registry with id '${server.accountId}'`,
    },
  );
  const imageDigest = digestOf(two.manifest);
  const got = await ecr.send(
    new BatchGetImageCommand({
      repositoryName,
      imageIds: [{ imageDigest }, { imageTag: 'no' }, { imageTag: 'a', imageDigest }, {}],
    }),
  );
  assert.equal(got.images?.[0]?.imageManifest, two.manifest.toString());
  assert.deepEqual(
    got.failures?.map(({ failureCode }) => failureCode),
    ['ImageNotFound', 'ImageTagDoesNotMatchDigest', 'MissingDigestAndTag'],
  );
  const remove = async (...imageIds: readonly object[]) =>
    await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [...imageIds] }));
  await remove({ imageTag: 'a' }, { imageTag: 'c' });
  const rest = await ecr.send(new ListImagesCommand({ repositoryName }));
  assert.deepEqual(rest.imageIds, [{ imageTag: 'b', imageDigest: digestOf(one.manifest) }]);
  const last = await remove({ imageDigest: digestOf(one.manifest) }, { imageDigest });
  assert.deepEqual(
    last.failures?.map(({ failureCode }) => failureCode),
    ['ImageNotFound'],
  );
  assert.deepEqual((await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds, []);
});

test('tags that may not change, policies, lifecycles and tags of repositories are kept', async () => {
  const repositoryName = 'kept';
  const { repository } = await make(repositoryName, { imageTagMutability: 'IMMUTABLE' });
  const [one, two] = [makeImage(), makeImage()];
  await putImage(repositoryName, one, 'v1');
  await assert.rejects(putImage(repositoryName, two, 'v1'), {
    name: 'ImageTagAlreadyExistsException',
    message:
      "The image tag 'v1' already exists in the 'kept' repository and cannot be overwritten " +
      'because the tag is immutable.',
  });
  const mutable = { repositoryName, imageTagMutability: 'MUTABLE' } as const;
  await ecr.send(new PutImageTagMutabilityCommand(mutable));
  const imageManifest = two.manifest.toString();
  await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: 'v1' }));
  const scanning = { repositoryName, imageScanningConfiguration: { scanOnPush: true } };
  await ecr.send(new PutImageScanningConfigurationCommand(scanning));

  const named = { repositoryName };
  await assert.rejects(ecr.send(new GetRepositoryPolicyCommand(named)), {
    name: 'RepositoryPolicyNotFoundException',
  });
  const statement = { Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' };
  const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await assert.rejects(
    ecr.send(new SetRepositoryPolicyCommand({ ...named, policyText: '{"Statement":[{}]}' })),
    {
      message:
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
    },
  );
  await ecr.send(new SetRepositoryPolicyCommand({ ...named, policyText }));
  const got = await ecr.send(new GetRepositoryPolicyCommand(named));
  assert.equal(got.policyText, policyText);
  await ecr.send(new DeleteRepositoryPolicyCommand(named));

  const rule = {
    rulePriority: 1,
    selection: { tagStatus: 'untagged' },
    action: { type: 'expire' },
  };
  const lifecyclePolicyText = JSON.stringify({ rules: [rule, { ...rule, rulePriority: 2 }] });
  await ecr.send(new PutLifecyclePolicyCommand({ ...named, lifecyclePolicyText }));
  const lifecycle = await ecr.send(new GetLifecyclePolicyCommand(named));
  assert.equal(lifecycle.lifecyclePolicyText, lifecyclePolicyText);
  await ecr.send(new DeleteLifecyclePolicyCommand(named));
  await assert.rejects(ecr.send(new GetLifecyclePolicyCommand(named)), {
    name: 'LifecyclePolicyNotFoundException',
  });

  const resourceArn = repository?.repositoryArn;
  const tags = [{ Key: 'team', Value: 'a' }];
  await ecr.send(new TagResourceCommand({ resourceArn, tags }));
  const listed = await ecr.send(new ListTagsForResourceCommand({ resourceArn }));
  assert.deepEqual(listed.tags, tags);
  await ecr.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }));
  assert.deepEqual((await ecr.send(new ListTagsForResourceCommand({ resourceArn }))).tags, []);
  const { registryId } = await ecr.send(new DescribeRegistryCommand({}));
  assert.equal(registryId, server.accountId);
});

test('a token says where to go and until when', async () => {
  const { authorizationData: [data] = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
  assert.equal(data?.proxyEndpoint, server.endpoint);
  const hours = ((data?.expiresAt?.getTime() ?? 0) - Date.now()) / 3_600_000;
  assert.ok(hours > 11.9 && hours <= 12, `${hours} hours`);
});

test('the command line makes a repository and logs in', (t) => {
  if (skipsWithout('aws', t)) return;
  const aws = (...args: readonly string[]): string =>
    tell(server, ['aws', 'ecr', ...args], CLI_TIMEOUT_MS);
  const made = aws('create-repository', '--repository-name', 'cli', '--output', 'text');
  assert.match(made, /repository\/cli/);
  const password = aws('get-login-password').trim();
  assert.match(password, /^[\w-]+\.[\w-]+$/);
  aws('delete-repository', '--repository-name', 'cli');
});
