/**
 * Manifests: what an image is made of, in the words of Docker and of OCI.
 * @see https://github.com/opencontainers/image-spec/blob/main/manifest.md
 * @see https://distribution.github.io/distribution/spec/manifest-v2-2/
 */
import { createHash } from 'node:crypto';
import { isObject, parseJson } from '#kernel/json.ts';
import { invalidParameter } from './errors.ts';
import { MANIFEST_BYTES_MAX } from './limits.ts';
import { DIGEST } from './model.ts';

export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

/** The media types of configurations that are an image's. */
const IMAGE_CONFIGURATIONS: ReadonlySet<string> = new Set([
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.config.v1+json',
]);

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: number;
}

interface Described {
  /** `sha256:` and the digest of the manifest's own bytes. */
  readonly digest: string;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly subject?: string;
}

export type Manifest =
  | (Described & {
      readonly kind: 'image';
      readonly config: Descriptor;
      /** The lowest first; those that are kept elsewhere are not among them. */
      readonly layers: readonly Descriptor[];
      /** True where the configuration is an image's, and every layer is here. */
      readonly isRunnable: boolean;
    })
  | (Described & { readonly kind: 'index'; readonly manifests: readonly Descriptor[] });

/**
 * Reads a manifest.
 * @param declared the media type that it came with; its own, else what its members tell
 * @throws AwsError InvalidParameterException
 */
export function readManifest(text: string, declared?: string): Manifest {
  if (Buffer.byteLength(text) > MANIFEST_BYTES_MAX) {
    throw invalid(`must have length less than or equal to ${MANIFEST_BYTES_MAX}`);
  }
  const value = parseJson(text);
  if (!isObject(value) || value['schemaVersion'] !== 2) throw invalid();
  const mediaType = mediaTypeOf(value, declared);
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const subject = isObject(value['subject']) ? descriptorOf(value['subject']).digest : undefined;
  const described = { digest, mediaType, ...(subject === undefined ? {} : { subject }) };
  if (mediaType === DOCKER_LIST || mediaType === OCI_INDEX) {
    const manifests = descriptorsOf(value['manifests']);
    return { ...described, kind: 'index', manifests, ...artifactOf(value['artifactType']) };
  }
  const config = descriptorOf(value['config']);
  const all = descriptorsOf(value['layers']);
  const layers = all.filter((layer) => !isForeign(layer));
  const artifactType = value['artifactType'] ?? config.mediaType;
  const isImage = IMAGE_CONFIGURATIONS.has(config.mediaType);
  const isRunnable = isImage && layers.length === all.length;
  return { ...described, kind: 'image', config, layers, isRunnable, ...artifactOf(artifactType) };
}

/** The digests of all that must be there before the manifest comes: layers, or images. */
export function partsOf(manifest: Manifest): readonly string[] {
  const parts =
    manifest.kind === 'index' ? manifest.manifests : [manifest.config, ...manifest.layers];
  return [...new Set(parts.map(({ digest }) => digest))];
}

/** Schema 1 has neither a configuration nor digests of its own, and no client has written it for years. */
function mediaTypeOf(
  value: { readonly [key: string]: unknown },
  declared: string | undefined,
): string {
  const own = value['mediaType'];
  const said = declared === undefined || declared === 'application/json' ? undefined : declared;
  if (typeof own === 'string' && said !== undefined && own !== said) throw invalid();
  const guessed = 'manifests' in value ? OCI_INDEX : OCI_MANIFEST;
  const mediaType = typeof own === 'string' ? own : (said ?? guessed);
  const known = [DOCKER_MANIFEST, DOCKER_LIST, OCI_MANIFEST, OCI_INDEX];
  if (!known.includes(mediaType)) throw invalid();
  return mediaType;
}

function artifactOf(type: unknown): { readonly artifactType?: string } {
  return typeof type === 'string' ? { artifactType: type } : {};
}

/** Layers that nobody may hand on, which lie with whoever made them: Windows'. */
function isForeign({ mediaType }: Descriptor): boolean {
  return mediaType.includes('.foreign.') || mediaType.includes('.nondistributable.');
}

function descriptorsOf(value: unknown): readonly Descriptor[] {
  if (!Array.isArray(value)) throw invalid();
  return value.map(descriptorOf);
}

function descriptorOf(value: unknown): Descriptor {
  if (!isObject(value)) throw invalid();
  const { mediaType, digest, size } = value;
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || !DIGEST.test(digest)) {
    throw invalid();
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw invalid();
  return { mediaType, digest, bytes: size };
}

function invalid(constraint = 'Invalid JSON syntax'): Error {
  return invalidParameter('ImageManifest', constraint);
}
