/**
 * What Amazon ECR answers to bad input.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html
 */
import { modelledError } from '#aws/error-model.ts';
import type { AwsError } from '#aws/errors.ts';
import { ecr } from '#aws/models/ecr.gen.ts';
import type { RepositoryAddress } from './model.ts';

type Named = Pick<RepositoryAddress, 'accountId' | 'name'>;

/** 400: a value that is none; the message says of which parameter, and what it must be. */
export function invalidParameter(parameter: string, constraint: string): AwsError {
  const message = `Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`;
  return modelledError(ecr, 'InvalidParameterException', message);
}

/** 400: no repository has that name. */
export function repositoryNotFound({ accountId, name }: Named): AwsError {
  const message = `The repository with name '${name}' does not exist in the registry with id '${accountId}'`;
  return modelledError(ecr, 'RepositoryNotFoundException', message);
}

/** 400: one has that name already. */
export function repositoryExists({ accountId, name }: Named): AwsError {
  const message = `The repository with name '${name}' already exists in the registry with id '${accountId}'`;
  return modelledError(ecr, 'RepositoryAlreadyExistsException', message);
}

/** 400: it holds images, and nobody said `force`. */
export function repositoryNotEmpty({ accountId, name }: Named): AwsError {
  const message =
    `The repository with name '${name}' in registry with id '${accountId}' ` +
    'cannot be deleted because it still contains images';
  return modelledError(ecr, 'RepositoryNotEmptyException', message);
}

/** 400: an account has as many of something as it may. */
export function limitExceeded(message: string): AwsError {
  return modelledError(ecr, 'LimitExceededException', message);
}

/** 400: no image of that name or digest. */
export function imageNotFound(
  { accountId, name }: Named,
  { digest = 'null', tag = 'null' }: { readonly digest?: string; readonly tag?: string },
): AwsError {
  const message =
    `The image with imageId {imageDigest:'${digest}', imageTag:'${tag}'} does not exist within the ` +
    `repository with name '${name}' in the registry with id '${accountId}'`;
  return modelledError(ecr, 'ImageNotFoundException', message);
}

/** 400: the very image is there, under the very tag. */
export function imageExists({ accountId, name }: Named, digest: string, tag?: string): AwsError {
  const tagged = tag === undefined ? '' : ` and tag '${tag}'`;
  const message =
    `Image with digest '${digest}'${tagged} already exists in the repository with name ` +
    `'${name}' in registry with id '${accountId}'`;
  return modelledError(ecr, 'ImageAlreadyExistsException', message);
}

/** 400: the tag names another image, and may not be moved. */
export function tagExists({ name }: Named, tag: string): AwsError {
  const message =
    `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten ` +
    'because the tag is immutable.';
  return modelledError(ecr, 'ImageTagAlreadyExistsException', message);
}

/** 400: a manifest that has another digest than was said. */
export function digestMismatch(computed: string, given: string): AwsError {
  const message = `Calculated digest '${computed}' does not match the provided digest '${given}'`;
  return modelledError(ecr, 'ImageDigestDoesNotMatchException', message);
}

/** 400: layers that a manifest names are not there. */
export function layersMissing({ accountId, name }: Named, digests: readonly string[]): AwsError {
  const message =
    `Layers with digests '[${digests.join(', ')}]' required for pushing image into repository with ` +
    `name '${name}' in the registry with id '${accountId}' do not exist`;
  return modelledError(ecr, 'LayersNotFoundException', message);
}

/** 400: no layer of that digest. */
export function layerNotFound({ accountId, name }: Named, digest: string): AwsError {
  const message =
    `The layer with digest '${digest}' does not exist within the repository with name '${name}' ` +
    `in the registry with id '${accountId}'`;
  return modelledError(ecr, 'LayersNotFoundException', message);
}

/** 400: images that an index names are not there. */
export function imagesMissing({ accountId, name }: Named, digests: readonly string[]): AwsError {
  const message =
    `Images with digests '[${digests.join(', ')}]' required for pushing image into repository with ` +
    `name '${name}' in the registry with id '${accountId}' do not exist`;
  return modelledError(ecr, 'ReferencedImagesNotFoundException', message);
}

function uploadIn({ accountId, name }: Named, uploadId: string): string {
  return `The upload with id '${uploadId}' in the repository with name '${name}' in registry with id '${accountId}'`;
}

/** 400: nobody began that upload, or it has ended. */
export function uploadNotFound(address: Named, uploadId: string): AwsError {
  return modelledError(
    ecr,
    'UploadNotFoundException',
    `${uploadIn(address, uploadId)} does not exist`,
  );
}

/** 400: nothing was uploaded. */
export function emptyUpload(address: Named, uploadId: string): AwsError {
  const message = `${uploadIn(address, uploadId)} cannot be completed because it does not have any parts`;
  return modelledError(ecr, 'EmptyUploadException', message);
}

/** 400: a part that does not begin where the last one ended. */
export function invalidPart(address: Named, uploadId: string, received: number): AwsError {
  const message = `${uploadIn(address, uploadId)} expects a part that begins at byte ${received}`;
  return modelledError(ecr, 'InvalidLayerPartException', message, {
    registryId: address.accountId,
    repositoryName: address.name,
    uploadId,
    lastValidByteReceived: Math.max(0, received - 1),
  });
}

/** 400: a part that is not the last, and too small. */
export function partTooSmall(): AwsError {
  const message = 'All layer parts except the last part should be at least 5MB';
  return modelledError(ecr, 'LayerPartTooSmallException', message);
}

/** 400: the bytes that came have another digest. */
export function invalidLayer(computed: string, given: string): AwsError {
  const message = `Layer digest '${computed}', as calculated from what was uploaded, does not match '${given}'`;
  return modelledError(ecr, 'InvalidLayerException', message);
}

/** 400: the repository has that layer. */
export function layerExists({ accountId, name }: Named, digest: string): AwsError {
  const message =
    `Layer with digest '${digest}' already exists in the repository with name '${name}' ` +
    `in registry with id '${accountId}'`;
  return modelledError(ecr, 'LayerAlreadyExistsException', message);
}

/** 400: nobody has put a policy on it. */
export function policyNotFound({ accountId, name }: Named): AwsError {
  const message =
    `Repository policy does not exist for the repository with name '${name}' ` +
    `in the registry with id '${accountId}'`;
  return modelledError(ecr, 'RepositoryPolicyNotFoundException', message);
}

/** 400: nobody has given it one. */
export function lifecyclePolicyNotFound({ accountId, name }: Named): AwsError {
  const message =
    `Lifecycle policy does not exist for the repository with name '${name}' ` +
    `in the registry with id '${accountId}'`;
  return modelledError(ecr, 'LifecyclePolicyNotFoundException', message);
}

/** 400: more tags than a repository may have. */
export function tooManyTags(): AwsError {
  const message = 'The list of tags on the repository is over the limit.';
  return modelledError(ecr, 'TooManyTagsException', message);
}
