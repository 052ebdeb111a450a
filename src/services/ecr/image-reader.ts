import { present } from '#kernel/assert.ts';
import { collectBytes } from '#kernel/bytes.ts';
import type { FoundImage, ImageAddress, ImageReader } from '#ports/peers/image-reader.ts';
import { BlobMissing } from '#ports/world/blob-store.ts';
import type { Queries } from '#ports/world/database.ts';
import type { EcrCore } from './core.ts';
import { readManifest, type Descriptor } from './manifest.ts';
import type { RepositoryAddress } from './model.ts';
import { findReference } from './store-images.ts';
import { findLayer, type Layer } from './store-layers.ts';
import { findRepository } from './store.ts';

/** A configuration is read whole; none is as long as that. */
const CONFIGURATION_BYTES_MAX = 8 * 1024 * 1024;

type Looked =
  | Exclude<FoundImage, { readonly kind: 'found' }>
  | {
      readonly kind: 'found';
      readonly digest: string;
      readonly config: Layer;
      readonly layers: readonly (Layer & Descriptor)[];
    };

/** Images for another service: what an account's repository keeps in its Region. */
export function createImageReader({ database, blobs }: EcrCore): ImageReader {
  return {
    async read(address) {
      const looked = await database.read((queries) => lookUp(queries, address));
      if (looked.kind !== 'found') return looked;
      const { digest, config, layers } = looked;
      try {
        const configuration = await collectBytes(
          blobs.read(config.blobId),
          CONFIGURATION_BYTES_MAX,
        );
        return {
          kind: 'found',
          digest,
          configuration,
          layers: layers.map(({ blobId, ...layer }) => ({
            ...layer,
            open: () => blobs.read(blobId),
          })),
        };
      } catch (error) {
        // Its repository was deleted meanwhile.
        if (error instanceof BlobMissing) return { kind: 'no-such-image' };
        throw error;
      }
    },
  };
}

async function lookUp(
  queries: Queries,
  { accountId, region, repository: name, reference }: ImageAddress,
): Promise<Looked> {
  const address = { accountId, region, name };
  if ((await findRepository(queries, address)) === undefined) return { kind: 'no-such-repository' };
  const image = await findReference(queries, address, reference);
  if (image === undefined) return { kind: 'no-such-image' };
  const manifest = readManifest(image.manifest, image.mediaType);
  if (manifest.kind === 'index' || !manifest.isRunnable) return { kind: 'unsupported' };
  const { digest } = image;
  const config = await layerOf(queries, address, manifest.config);
  const layers: (Layer & Descriptor)[] = [];
  for (const layer of manifest.layers) layers.push(await layerOf(queries, address, layer));
  return { kind: 'found', digest, config, layers };
}

/** What a manifest names is there as long as the manifest is. */
async function layerOf(
  queries: Queries,
  address: RepositoryAddress,
  descriptor: Descriptor,
): Promise<Layer & Descriptor> {
  const layer = present(
    await findLayer(queries, address, descriptor.digest),
    'a manifest keeps its layers',
  );
  return { ...descriptor, ...layer };
}
