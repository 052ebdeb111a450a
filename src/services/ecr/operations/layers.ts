import type { Layer, LayerFailure, Operations } from '#aws/models/ecr.types.gen.ts';
import { streamOfBytes } from '#kernel/bytes.ts';
import type { EcrCore } from '../core.ts';
import { endpointOf } from '../endpoint.ts';
import { invalidParameter, layerNotFound, partTooSmall } from '../errors.ts';
import { PART_BYTES_MAX, PART_BYTES_MIN } from '../limits.ts';
import { DIGEST, pathOf } from '../model.ts';
import { requireRepository } from '../store.ts';
import { findLayer } from '../store-layers.ts';
import { appendPart, beginUpload, completeUpload, requireUpload } from '../uploads.ts';
import { addressOf, namedAs } from './shared.ts';

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchCheckLayerAvailability.html */
export function batchCheckLayerAvailability({
  database,
}: EcrCore): Operations['BatchCheckLayerAvailability'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    return await database.read(async (queries) => {
      await requireRepository(queries, address);
      const layers: Layer[] = [];
      const failures: LayerFailure[] = [];
      for (const layerDigest of input.layerDigests) {
        if (!DIGEST.test(layerDigest)) {
          const failureReason = 'Invalid layer digest';
          failures.push({ layerDigest, failureCode: 'InvalidLayerDigest', failureReason });
          continue;
        }
        const layer = await findLayer(queries, address, layerDigest);
        layers.push(
          layer === undefined
            ? { layerDigest, layerAvailability: 'UNAVAILABLE' }
            : { layerDigest, layerAvailability: 'AVAILABLE', layerSize: layer.bytes },
        );
      }
      return { layers, failures };
    });
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_InitiateLayerUpload.html */
export function initiateLayerUpload(core: EcrCore): Operations['InitiateLayerUpload'] {
  return async (context, input) => {
    const uploadId = await beginUpload(core, addressOf(context, input));
    return { uploadId, partSize: PART_BYTES_MAX };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html */
export function uploadLayerPart(core: EcrCore): Operations['UploadLayerPart'] {
  return async (context, input) => {
    const repository = addressOf(context, input);
    const { uploadId, partFirstByte, partLastByte, layerPartBlob } = input;
    if (partLastByte - partFirstByte + 1 !== layerPartBlob.byteLength) {
      const constraint = `must be the number of the part's last byte: it has ${layerPartBlob.byteLength}`;
      throw invalidParameter('partLastByte', constraint);
    }
    const upload = { repository, id: uploadId };
    const bytes = await appendPart(core, upload, streamOfBytes(layerPartBlob), partFirstByte);
    return { ...namedAs(repository), uploadId, lastByteReceived: bytes - 1 };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CompleteLayerUpload.html */
export function completeLayerUpload(core: EcrCore): Operations['CompleteLayerUpload'] {
  return async (context, input) => {
    const repository = addressOf(context, input);
    const { uploadId, layerDigests } = input;
    const layerDigest = layerDigests.find((digest) => DIGEST.test(digest));
    if (layerDigest === undefined) throw invalidParameter('layerDigests', 'Invalid layer digest');
    const upload = { repository, id: uploadId };
    const { parts } = await requireUpload(core, upload);
    if (parts.slice(0, -1).some(({ bytes }) => bytes < PART_BYTES_MIN)) throw partTooSmall();
    await completeUpload(core, upload, layerDigest, { isStrict: true });
    return { ...namedAs(repository), uploadId, layerDigest };
  };
}

/**
 * The layer's place in the registry: who reads it there needs a token.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html
 */
export function getDownloadUrlForLayer(core: EcrCore): Operations['GetDownloadUrlForLayer'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const { layerDigest } = input;
    const layer = await core.database.read(async (queries) => {
      await requireRepository(queries, address);
      return await findLayer(queries, address, layerDigest);
    });
    if (layer === undefined) throw layerNotFound(address, layerDigest);
    const endpoint = endpointOf(core, context.http);
    return { downloadUrl: `${endpoint}/v2/${pathOf(address)}/blobs/${layerDigest}`, layerDigest };
  };
}
