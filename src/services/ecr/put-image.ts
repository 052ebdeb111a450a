import type { Queries } from '#ports/world/database.ts';
import type { EcrCore } from './core.ts';
import {
  digestMismatch,
  imageExists,
  imagesMissing,
  invalidParameter,
  layersMissing,
  tagExists,
} from './errors.ts';
import { partsOf, readManifest, type Manifest } from './manifest.ts';
import { DIGEST, isTagImmutable, TAG, type Image, type RepositoryAddress } from './model.ts';
import { findImage, findTag, saveImage, saveTag } from './store-images.ts';
import { findLayer } from './store-layers.ts';
import { requireRepository } from './store.ts';

export interface NewImage {
  readonly manifest: string;
  readonly mediaType?: string;
  readonly tag?: string;
  /** Where it is said, the manifest must have it. */
  readonly digest?: string;
  /** Whether an image that is there already is an error. */
  readonly isStrict?: boolean;
}

/**
 * The one way in which an image comes into a repository: its manifest, once all that it names is there.
 * @throws AwsError LayersNotFoundException, ReferencedImagesNotFoundException, ImageTagAlreadyExistsException,
 *   ImageDigestDoesNotMatchException, ImageAlreadyExistsException, InvalidParameterException
 */
export async function putImage(
  { database, clock }: EcrCore,
  address: RepositoryAddress,
  { manifest: text, mediaType, tag, digest, isStrict = false }: NewImage,
): Promise<Image> {
  if (tag !== undefined && !TAG.test(tag)) {
    throw invalidParameter('imageTag', "must satisfy regular expression '[a-zA-Z0-9-_.]{1,300}'");
  }
  if (digest !== undefined && !DIGEST.test(digest)) {
    throw invalidParameter('imageDigest', 'Invalid image digest');
  }
  const manifest = readManifest(text, mediaType);
  if (digest !== undefined && digest !== manifest.digest) {
    throw digestMismatch(manifest.digest, digest);
  }
  return await database.transact(async (tx) => {
    const repository = await requireRepository(tx, address);
    const tagged = tag === undefined ? undefined : await findTag(tx, address, tag);
    const known = await findImage(tx, address, manifest.digest);
    const isSame = known !== undefined && (tag === undefined || tagged === manifest.digest);
    if (isSame && isStrict) throw imageExists(address, manifest.digest, tag);
    if (tag !== undefined && tagged !== undefined && isTagImmutable(repository, tag)) {
      throw tagExists(address, tag);
    }
    const image = known ?? {
      digest: manifest.digest,
      mediaType: manifest.mediaType,
      manifest: text,
      bytes: await bytesOf(tx, address, manifest),
      pushedAtMs: clock.now(),
      ...describedBy(manifest),
    };
    if (known === undefined) await saveImage(tx, address, image, partsOf(manifest));
    if (tag !== undefined) await saveTag(tx, address, tag, image.digest);
    return image;
  });
}

/**
 * How much an image takes: its parts together, or the largest of a list's images.
 * @throws AwsError LayersNotFoundException, ReferencedImagesNotFoundException
 */
function bytesOf(
  queries: Queries,
  address: RepositoryAddress,
  manifest: Manifest,
): Promise<number> {
  const parts = partsOf(manifest);
  const isIndex = manifest.kind === 'index';
  return isIndex ? largestOf(queries, address, parts) : sumOf(queries, address, parts);
}

function describedBy({ artifactType, subject }: Manifest): Pick<Image, 'artifactType' | 'subject'> {
  return {
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(subject === undefined ? {} : { subject }),
  };
}

async function sumOf(
  queries: Queries,
  address: RepositoryAddress,
  digests: readonly string[],
): Promise<number> {
  const missing: string[] = [];
  let bytes = 0;
  for (const digest of digests) {
    const layer = await findLayer(queries, address, digest);
    if (layer === undefined) missing.push(digest);
    bytes += layer?.bytes ?? 0;
  }
  if (missing.length > 0) throw layersMissing(address, missing);
  return bytes;
}

async function largestOf(
  queries: Queries,
  address: RepositoryAddress,
  digests: readonly string[],
): Promise<number> {
  const missing: string[] = [];
  let bytes = 0;
  for (const digest of digests) {
    const image = await findImage(queries, address, digest);
    if (image === undefined) missing.push(digest);
    bytes = Math.max(bytes, image?.bytes ?? 0);
  }
  if (missing.length > 0) throw imagesMissing(address, missing);
  return bytes;
}
