import type { WireResponse } from '#aws/wire.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import type { ByteRange } from '#ports/world/blob-store.ts';
import type { EcrCore } from '../core.ts';
import { layerNotFound } from '../errors.ts';
import { requireRepository } from '../store.ts';
import { findLayer, type Layer } from '../store-layers.ts';
import { registryError, unsupported } from './errors.ts';
import type { Visit } from './visit.ts';

/** HEAD and GET of a layer or a configuration. As with ECR, nobody deletes one: it goes when no image is made of it. */
export async function answerBlob(
  core: EcrCore,
  visit: Visit,
  digest: string,
): Promise<WireResponse> {
  const { request, repository } = visit;
  const isHead = request.method === 'HEAD';
  if (!isHead && request.method !== 'GET') throw unsupported();
  await visit.require([isHead ? 'BatchCheckLayerAvailability' : 'GetDownloadUrlForLayer']);
  const layer = await core.database.read(async (queries) => {
    await requireRepository(queries, repository);
    return await findLayer(queries, repository, digest);
  });
  if (layer === undefined) {
    throw registryError('BLOB_UNKNOWN', 404, layerNotFound(repository, digest).message);
  }
  const headers = {
    'content-type': 'application/octet-stream',
    'docker-content-digest': digest,
    'accept-ranges': 'bytes',
    etag: `"${digest}"`,
  };
  if (isHead) {
    const length = { 'content-length': String(layer.bytes) };
    return { status: 200, headers: { ...headers, ...length }, body: EMPTY_BYTES };
  }
  return send(core, layer, headers, rangeOf(request.headers['range'], layer.bytes));
}

function send(
  { blobs }: EcrCore,
  { blobId, bytes }: Layer,
  headers: WireResponse['headers'],
  range: ByteRange | undefined,
): WireResponse {
  if (range === undefined) {
    const length = { 'content-length': String(bytes) };
    return { status: 200, headers: { ...headers, ...length }, body: blobs.read(blobId) };
  }
  const { start, end } = range;
  const partial = {
    'content-length': String(end - start + 1),
    'content-range': `bytes ${start}-${end}/${bytes}`,
  };
  return { status: 206, headers: { ...headers, ...partial }, body: blobs.read(blobId, range) };
}

/**
 * The one range that a client goes on with; any other form asks for all of it.
 * @throws AwsError RANGE_INVALID
 */
function rangeOf(header: string | undefined, bytes: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined) return undefined;
  const start = Number(first);
  const end = last === '' || last === undefined ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (start <= end) return { start, end };
  throw registryError('RANGE_INVALID', 416, `The layer has ${bytes} bytes.`);
}
