/** Container images without a registry. */
import { createHash } from 'node:crypto';
import type { FoundImage, ImageReader } from '#ports/peers/image-reader.ts';

type Found = FoundImage & { readonly kind: 'found' };

/** An image of a configuration and layers, plain tar archives, the lowest first. */
export function imageOf(configuration: object, ...layers: readonly Buffer[]): Found {
  const bytes = Buffer.from(JSON.stringify(configuration));
  return {
    kind: 'found',
    digest: digestOf(Buffer.concat([bytes, ...layers])),
    configuration: bytes,
    layers: layers.map((layer) => ({
      digest: digestOf(layer),
      mediaType: 'application/vnd.oci.image.layer.v1.tar',
      bytes: layer.byteLength,
      async *open() {
        yield layer;
      },
    })),
  };
}

/** Reads images by `ACCOUNT/REGION/REPOSITORY REFERENCE`. */
export function imageReader(images: ReadonlyMap<string, FoundImage>): ImageReader {
  return {
    read: async ({ accountId, region, repository, reference }) =>
      images.get(`${accountId}/${region}/${repository} ${reference}`) ?? { kind: 'no-such-image' },
  };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
