import type {
  Image as ShownImage,
  ImageDetail,
  ImageFailure,
  ImageIdentifier,
  Operations,
} from '#aws/models/ecr.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { EcrCore } from '../core.ts';
import { deleteImage, type Deleted } from '../delete-image.ts';
import { imageNotFound } from '../errors.ts';
import { LISTED_DEFAULT } from '../limits.ts';
import { DIGEST, type Image, type RepositoryAddress } from '../model.ts';
import { putImage as storeImage } from '../put-image.ts';
import { requireRepository } from '../store.ts';
import { findImage, findTag, listImages as allImages, listTags, tagsOf } from '../store-images.ts';
import { addressOf, namedAs, pageOf } from './shared.ts';

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html */
export function putImage(core: EcrCore): Operations['PutImage'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const { imageManifest: manifest, imageManifestMediaType: mediaType } = input;
    const { imageTag: tag, imageDigest: digest } = input;
    const image = await storeImage(core, address, {
      manifest,
      isStrict: true,
      ...(mediaType === undefined ? {} : { mediaType }),
      ...(tag === undefined ? {} : { tag }),
      ...(digest === undefined ? {} : { digest }),
    });
    return { image: show(address, image, tag) };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html */
export function batchGetImage({ database }: EcrCore): Operations['BatchGetImage'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const accepted = input.acceptedMediaTypes;
    return await database.read(async (queries) => {
      await requireRepository(queries, address);
      const images: ShownImage[] = [];
      const failures: ImageFailure[] = [];
      for (const id of input.imageIds) {
        const found = await lookUp(queries, address, id);
        if (found.kind === 'failure') failures.push(found.failure);
        else if (accepted?.includes(found.image.mediaType) === false) failures.push(notFound(id));
        else images.push(show(address, found.image, id.imageTag));
      }
      return { images, failures };
    });
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html */
export function batchDeleteImage({ database, clock }: EcrCore): Operations['BatchDeleteImage'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    return await database.transact(async (tx) => {
      await requireRepository(tx, address);
      const imageIds: ImageIdentifier[] = [];
      const failures: ImageFailure[] = [];
      for (const id of input.imageIds) {
        const { imageDigest: digest, imageTag: tag } = id;
        const wrong = checkName(id);
        if (wrong !== undefined) {
          failures.push(wrong);
          continue;
        }
        const name = {
          ...(digest === undefined ? {} : { digest }),
          ...(tag === undefined ? {} : { tag }),
        };
        const deleted = await deleteImage(tx, address, name, clock.now());
        if (deleted.kind === 'deleted') imageIds.push(...identifiersOf(deleted));
        else failures.push(failureOf(id, deleted));
      }
      return { imageIds, failures };
    });
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html */
export function listImages({ database }: EcrCore): Operations['ListImages'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const { maxResults: limit = LISTED_DEFAULT, nextToken } = input;
    const described = await describeAll(database, address);
    const wanted = described.filter((one) => isWanted(one, input.filter?.tagStatus));
    const all = wanted
      .flatMap(({ image, tags }) => identifiersOf({ digest: image.digest, tags }))
      .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
    const { items, next } = pageOf(all, keyOf, limit, nextToken);
    return { imageIds: items, ...next };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html */
export function describeImages({ database }: EcrCore): Operations['DescribeImages'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const { imageIds, maxResults: limit = LISTED_DEFAULT, nextToken } = input;
    if (imageIds !== undefined) {
      return await database.read(async (queries) => {
        await requireRepository(queries, address);
        const imageDetails: ImageDetail[] = [];
        for (const id of imageIds) {
          const found = await lookUp(queries, address, id);
          if (found.kind === 'failure') throw missing(address, id);
          const { image } = found;
          const tags = await tagsOf(queries, address, image.digest);
          imageDetails.push(describe(address, { image, tags }));
        }
        return { imageDetails };
      });
    }
    const described = await describeAll(database, address);
    const all = described.filter((one) => isWanted(one, input.filter?.tagStatus));
    const { items, next } = pageOf(all, ({ image }) => image.digest, limit, nextToken);
    return { imageDetails: items.map((one) => describe(address, one)), ...next };
  };
}

interface Tagged {
  readonly image: Image;
  readonly tags: readonly string[];
}

async function describeAll(
  database: EcrCore['database'],
  address: RepositoryAddress,
): Promise<readonly Tagged[]> {
  return await database.read(async (queries) => {
    await requireRepository(queries, address);
    const images = await allImages(queries, address);
    const tags = Map.groupBy(await listTags(queries, address), ({ digest }) => digest);
    return images.map((image) => ({
      image,
      tags: (tags.get(image.digest) ?? []).map(({ tag }) => tag),
    }));
  });
}

function isWanted({ tags }: Tagged, status: string | undefined): boolean {
  if (status === 'TAGGED') return tags.length > 0;
  return status !== 'UNTAGGED' || tags.length === 0;
}

/** One for each tag, or one alone. */
function identifiersOf({
  digest: imageDigest,
  tags,
}: Pick<Deleted & { readonly kind: 'deleted' }, 'digest' | 'tags'>): ImageIdentifier[] {
  if (tags.length === 0) return [{ imageDigest }];
  return tags.map((imageTag) => ({ imageDigest, imageTag }));
}

function keyOf({ imageDigest = '', imageTag = '' }: ImageIdentifier): string {
  return `${imageDigest} ${imageTag}`;
}

function show(address: RepositoryAddress, image: Image, tag: string | undefined): ShownImage {
  return {
    ...namedAs(address),
    imageId: { imageDigest: image.digest, ...(tag === undefined ? {} : { imageTag: tag }) },
    imageManifest: image.manifest,
    imageManifestMediaType: image.mediaType,
  };
}

function describe(address: RepositoryAddress, { image, tags }: Tagged): ImageDetail {
  const { artifactType, subject } = image;
  return {
    ...namedAs(address),
    imageDigest: image.digest,
    ...(tags.length === 0 ? {} : { imageTags: tags }),
    imageSizeInBytes: image.bytes,
    imagePushedAt: image.pushedAtMs,
    imageManifestMediaType: image.mediaType,
    ...(artifactType === undefined ? {} : { artifactMediaType: artifactType }),
    ...(subject === undefined ? {} : { subjectManifestDigest: subject }),
    imageStatus: 'ACTIVE',
  };
}

/** The image that is meant, or why there is none. */
type Found =
  | { readonly kind: 'image'; readonly image: Image }
  | { readonly kind: 'failure'; readonly failure: ImageFailure };

async function lookUp(
  queries: Queries,
  address: RepositoryAddress,
  id: ImageIdentifier,
): Promise<Found> {
  const wrong = checkName(id);
  if (wrong !== undefined) return { kind: 'failure', failure: wrong };
  const { imageDigest, imageTag } = id;
  const tagged = imageTag === undefined ? undefined : await findTag(queries, address, imageTag);
  const digest = imageDigest ?? tagged;
  const image = digest === undefined ? undefined : await findImage(queries, address, digest);
  if (image === undefined) return { kind: 'failure', failure: notFound(id) };
  const isOther = imageTag !== undefined && tagged !== image.digest;
  return isOther ? { kind: 'failure', failure: mismatch(id) } : { kind: 'image', image };
}

function checkName(imageId: ImageIdentifier): ImageFailure | undefined {
  const { imageDigest, imageTag } = imageId;
  if (imageDigest === undefined && imageTag === undefined) {
    return {
      imageId,
      failureCode: 'MissingDigestAndTag',
      failureReason: 'Invalid request parameters: both tag and digest cannot be null',
    };
  }
  if (imageDigest === undefined || DIGEST.test(imageDigest)) return undefined;
  return {
    imageId,
    failureCode: 'InvalidImageDigest',
    failureReason:
      "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
  };
}

function notFound(imageId: ImageIdentifier): ImageFailure {
  return { imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' };
}

function mismatch(imageId: ImageIdentifier): ImageFailure {
  return {
    imageId,
    failureCode: 'ImageTagDoesNotMatchDigest',
    failureReason: 'The given image tag does not match the given image digest',
  };
}

function failureOf(
  imageId: ImageIdentifier,
  deleted: Exclude<Deleted, { readonly kind: 'deleted' }>,
): ImageFailure {
  if (deleted.kind === 'not-found') return notFound(imageId);
  if (deleted.kind === 'mismatch') return mismatch(imageId);
  return {
    imageId,
    failureCode: 'ImageReferencedByManifestList',
    failureReason: `Requested image referenced by manifest list: [${deleted.lists.join(', ')}]`,
  };
}

function missing(
  address: RepositoryAddress,
  { imageDigest: digest, imageTag: tag }: ImageIdentifier,
): Error {
  return imageNotFound(address, {
    ...(digest === undefined ? {} : { digest }),
    ...(tag === undefined ? {} : { tag }),
  });
}
