/**
 * Container images: their trees in the DirectoryStore, their configurations in the BlobStore, a row for each digest.
 * I1 An image is unpacked once at a time, whoever asks for it meanwhile.
 */
import { posix } from 'node:path';
import { AwsError } from '#aws/errors.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { streamOfBytes, textOf } from '#kernel/bytes.ts';
import type { FoundImage, ImageLayer, ImageReader } from '#ports/peers/image-reader.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { ArchiveLayer, DirectoryStore } from '#ports/world/directory-store.ts';
import { ArchiveRefused } from '#ports/world/directory-store.ts';
import { ROOT_POINTS } from '#ports/world/sandbox.ts';

import { invalidParameter } from '../errors.ts';
import { IMAGE_BYTES_MAX, IMAGE_ENTRIES_MAX } from '../limits.ts';
import type { Scope, StoredImage } from '../model/records.ts';
import { addCode, useCode } from '../store-code.ts';
import { imageAddress, notValid } from './image-uri.ts';

/** How a version refers to an image. */
export interface KeptImage {
  /** Of the manifest, in hexadecimal digits. */
  readonly sha256: string;
  readonly image: StoredImage;
}

export interface ImageStore {
  /** @throws AwsError InvalidParameterValueException */
  store(scope: Scope, imageUri: string): Promise<KeptImage>;
}

export interface ImageStoreDependencies {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly directories: DirectoryStore;
  readonly images: ImageReader;
  readonly clock: Clock;
}

type Found = FoundImage & { readonly kind: 'found' };

const LIMITS = { bytesMax: IMAGE_BYTES_MAX, entriesMax: IMAGE_ENTRIES_MAX };
const EXTENSIONS = 'opt/extensions';
/** What is run without a configuration's word of it. */
const ROOT = '/';

/** Media types of layers: Docker's and OCI's, and how each is compressed. */
const COMPRESSIONS: Readonly<Record<string, ArchiveLayer['compression']>> = {
  'application/vnd.docker.image.rootfs.diff.tar': 'none',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'gzip',
  'application/vnd.oci.image.layer.v1.tar': 'none',
  'application/vnd.oci.image.layer.v1.tar+gzip': 'gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd': 'zstd',
};

/** Makes the store of images over its tables and ports. */
export function createImageStore(dependencies: ImageStoreDependencies): ImageStore {
  const underWay = new Map<string, Promise<string>>();
  const unpackOnce = (imageUri: string, found: Found): Promise<string> => {
    const unpacking =
      underWay.get(found.digest) ??
      directoryOf(dependencies, imageUri, found).finally(() => underWay.delete(found.digest));
    underWay.set(found.digest, unpacking);
    return unpacking;
  };
  return {
    async store(scope, imageUri) {
      const found = await findImage(dependencies.images, scope, imageUri);
      const process = processOf(imageUri, found.configuration);
      const directoryId = await unpackOnce(imageUri, found);
      const names = await dependencies.directories.namesIn(directoryId, EXTENSIONS);
      const image = { directoryId, ...process, hasExtensions: names.length > 0 };
      return { sha256: hexOf(found.digest), image };
    },
  };
}

async function findImage(images: ImageReader, scope: Scope, imageUri: string): Promise<Found> {
  const address = imageAddress(imageUri);
  if (address.region !== scope.region) throw notValid(imageUri);
  if (address.accountId !== scope.accountId) throw notPermitted();
  const found = await images.read(address);
  if (found.kind === 'found') return found;
  if (found.kind === 'unsupported') throw unsupported(imageUri);
  throw invalidParameter(`Source image ${imageUri} does not exist. Provide a valid source image.`);
}

/** The tree of an image, unpacked where it is not there yet. */
async function directoryOf(
  { database, blobs, directories, clock }: ImageStoreDependencies,
  imageUri: string,
  { digest, configuration, layers }: Found,
): Promise<string> {
  const sha256 = hexOf(digest);
  const known = await database.transact((tx) => useCode(tx, sha256, clock.now()));
  if (known !== undefined) return known.directoryId;
  const archives = layers.map((layer) => archiveOf(imageUri, layer));
  const directory = await directories
    .unpackImage(archives, ROOT_POINTS, LIMITS)
    .catch((error: unknown) => {
      throw refusal(imageUri, error);
    });
  const blob = await blobs.put(streamOfBytes(configuration));
  const bytes = layers.reduce((sum, layer) => sum + layer.bytes, 0);
  const row = {
    sha256,
    bytes,
    blobId: blob.id,
    directoryId: directory.id,
    unzippedBytes: directory.bytes,
  };
  const kept = await database.transact((tx) => addCode(tx, row, clock.now()));
  return kept.directoryId;
}

function archiveOf(imageUri: string, layer: ImageLayer): ArchiveLayer {
  const compression = COMPRESSIONS[layer.mediaType];
  if (compression === undefined) throw unsupported(imageUri);
  return { compression, open: () => layer.open() };
}

/** What an image's configuration says of the process that it runs. */
function processOf(
  imageUri: string,
  configuration: Uint8Array,
): Omit<StoredImage, 'directoryId' | 'hasExtensions'> {
  const parsed = parseJson(textOf(configuration));
  if (!isObject(parsed)) throw unsupported(imageUri);
  const { config } = parsed;
  const { Entrypoint, Cmd, Env, WorkingDir } = isObject(config) ? config : {};
  const variables = textsOf(Env).map((line) => {
    const equals = line.indexOf('=');
    return equals === -1 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
  });
  return {
    entryPoint: textsOf(Entrypoint),
    command: textsOf(Cmd),
    workingDirectory: posix.join(ROOT, typeof WorkingDir === 'string' ? WorkingDir : ''),
    environmentVariables: Object.fromEntries(variables),
  };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((it) => typeof it === 'string') : [];
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}

/** @see https://github.com/aws/aws-lambda-roadmap/issues/82 */
function unsupported(imageUri: string): AwsError {
  return invalidParameter(
    `The image manifest, config or layer media type for the source image ${imageUri} is not supported.`,
  );
}

/** Repositories' policies are not asked: an image is of the function's own account. */
function notPermitted(): AwsError {
  return new AwsError({
    code: 'AccessDeniedException',
    status: 403,
    message: 'Lambda does not have permission to access the ECR image. Check the ECR permissions.',
  });
}

/** The words for images that are damaged are ours: AWS tells of them in the function's state. */
function refusal(imageUri: string, error: unknown): unknown {
  if (!(error instanceof ArchiveRefused)) return error;
  const isTooLarge = error.reason === 'too-large' || error.reason === 'too-many-entries';
  return invalidParameter(
    isTooLarge
      ? `Source image ${imageUri} is larger than the maximum allowed size of ${IMAGE_BYTES_MAX} bytes.`
      : `The layers of the source image ${imageUri} cannot be unpacked: ${error.message}.`,
  );
}
