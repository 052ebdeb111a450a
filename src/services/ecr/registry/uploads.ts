import { AwsError } from '#aws/errors.ts';
import type { RequestHead } from '#aws/operation.ts';
import type { WireResponse } from '#aws/wire.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import type { EcrCore } from '../core.ts';
import { DIGEST, type RepositoryAddress } from '../model.ts';
import { requireRepository } from '../store.ts';
import { findLayer, saveLayer } from '../store-layers.ts';
import {
  appendPart,
  beginUpload,
  cancelUpload,
  completeUpload,
  requireUpload,
  type UploadAddress,
} from '../uploads.ts';
import { errorAnswer, registryError, unsupported } from './errors.ts';
import { repositoryOf } from './route.ts';
import type { Visit } from './visit.ts';

/** POST: begins an upload; takes a whole layer where the digest is said; or another repository's, by `mount`. */
export async function answerUploads(core: EcrCore, visit: Visit): Promise<WireResponse> {
  const { request, repository } = visit;
  if (request.method !== 'POST') throw unsupported();
  await visit.require(['InitiateLayerUpload']);
  const mounted = request.query.get('mount');
  if (mounted !== null && (await mount(core, visit, mounted))) return created(visit, mounted);
  const digest = request.query.get('digest');
  if (digest === null) {
    const id = await beginUpload(core, repository);
    return accepted(visit, id, 0);
  }
  await visit.require(['UploadLayerPart', 'CompleteLayerUpload']);
  requireDigest(digest);
  const upload = { repository, id: await beginUpload(core, repository) };
  try {
    await completeUpload(core, upload, digest, { last: request.body });
  } catch (error) {
    if (error instanceof AwsError) await cancelUpload(core, upload);
    throw error;
  }
  return created(visit, digest);
}

/** PATCH, PUT, GET and DELETE of an upload that was begun. */
export async function answerUpload(core: EcrCore, visit: Visit, id: string): Promise<WireResponse> {
  const { request, repository } = visit;
  const upload = { repository, id };
  switch (request.method) {
    case 'PATCH':
      return await patch(core, visit, upload);
    case 'PUT':
      return await put(core, visit, upload);
    case 'GET': {
      await visit.require(['UploadLayerPart']);
      const { bytes } = await requireUpload(core, upload);
      return { ...accepted(visit, id, bytes), status: 204 };
    }
    case 'DELETE':
      await visit.require(['UploadLayerPart']);
      await cancelUpload(core, upload);
      return { status: 204, headers: {}, body: EMPTY_BYTES };
    default:
      throw unsupported();
  }
}

async function patch(core: EcrCore, visit: Visit, upload: UploadAddress): Promise<WireResponse> {
  const { request } = visit;
  await visit.require(['UploadLayerPart']);
  try {
    const bytes = await appendPart(core, upload, request.body, firstByteOf(request));
    return accepted(visit, upload.id, bytes);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'InvalidLayerPartException') throw error;
    // Says where to go on.
    const { bytes } = await requireUpload(core, upload);
    const refusal = errorAnswer(error);
    const { headers } = accepted(visit, upload.id, bytes);
    return { ...refusal, headers: { ...headers, ...refusal.headers } };
  }
}

async function put(core: EcrCore, visit: Visit, upload: UploadAddress): Promise<WireResponse> {
  const { request } = visit;
  await visit.require(['CompleteLayerUpload']);
  const digest = request.query.get('digest') ?? '';
  requireDigest(digest);
  const firstByte = firstByteOf(request);
  if (firstByte !== undefined) {
    const { bytes } = await requireUpload(core, upload);
    if (bytes !== firstByte) {
      throw registryError('BLOB_UPLOAD_INVALID', 416, `The next byte is number ${bytes}.`);
    }
  }
  const isEmpty = request.headers['content-length'] === '0';
  await completeUpload(core, upload, digest, isEmpty ? {} : { last: request.body });
  return created(visit, digest);
}

/**
 * Takes a layer over from another repository of this registry.
 * @returns false where it is not there, or not for this client: the layer is then uploaded
 */
async function mount(core: EcrCore, visit: Visit, digest: string): Promise<boolean> {
  const { request, repository } = visit;
  const from = request.query.get('from');
  const source = from === null ? undefined : sourceOf(request, visit, from);
  if (source === undefined) return false;
  try {
    await visit.require(['GetDownloadUrlForLayer'], source);
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
  return await core.database.transact(async (tx) => {
    await requireRepository(tx, repository);
    if ((await findLayer(tx, repository, digest)) !== undefined) return true;
    const layer = await findLayer(tx, source, digest);
    if (layer === undefined) return false;
    await saveLayer(tx, repository, layer, core.clock.now());
    return true;
  });
}

function sourceOf(
  request: RequestHead,
  { repository: { accountId } }: Visit,
  from: string,
): RepositoryAddress | undefined {
  const source = repositoryOf(request, from);
  // As with ECR, within a registry alone.
  return source?.accountId === accountId ? source : undefined;
}

function accepted({ base }: Visit, id: string, bytes: number): WireResponse {
  return {
    status: 202,
    headers: {
      location: `${base}/blobs/uploads/${id}`,
      range: `0-${Math.max(0, bytes - 1)}`,
      'docker-upload-uuid': id,
    },
    body: EMPTY_BYTES,
  };
}

function created({ base }: Visit, digest: string): WireResponse {
  const headers = { location: `${base}/blobs/${digest}`, 'docker-content-digest': digest };
  return { status: 201, headers, body: EMPTY_BYTES };
}

/** Of `Content-Range: 0-99`, which has no unit here. */
function firstByteOf({ headers }: RequestHead): number | undefined {
  const [, first] = /^(?:bytes[= ])?(\d+)-\d+/.exec(headers['content-range'] ?? '') ?? [];
  return first === undefined ? undefined : Number(first);
}

/** @throws AwsError DIGEST_INVALID */
function requireDigest(digest: string): void {
  if (DIGEST.test(digest)) return;
  throw registryError('DIGEST_INVALID', 400, `'${digest}' is no digest: sha256: and 64 digits`);
}
