import type { WireResponse } from '#aws/wire.ts';
import { collectBytes, EMPTY_BYTES, TooManyBytes, utf8 } from '#kernel/bytes.ts';
import type { EcrCore } from '../core.ts';
import { deleteImage } from '../delete-image.ts';
import { imageNotFound, invalidParameter } from '../errors.ts';
import { MANIFEST_BYTES_MAX } from '../limits.ts';
import type { Image } from '../model.ts';
import { putImage } from '../put-image.ts';
import { requireRepository } from '../store.ts';
import { findReference } from '../store-images.ts';
import { registryError, unsupported } from './errors.ts';
import type { Visit } from './visit.ts';

/** HEAD, GET, PUT and DELETE of a manifest, by a tag or a digest. */
export async function answerManifest(
  core: EcrCore,
  visit: Visit,
  reference: string,
): Promise<WireResponse> {
  switch (visit.request.method) {
    case 'HEAD':
    case 'GET':
      return await show(core, visit, reference);
    case 'PUT':
      return await put(core, visit, reference);
    case 'DELETE':
      return await remove(core, visit, reference);
    default:
      throw unsupported();
  }
}

async function show(core: EcrCore, visit: Visit, reference: string): Promise<WireResponse> {
  const { request, repository } = visit;
  await visit.require(['BatchGetImage']);
  const image = await core.database.read(async (queries) => {
    await requireRepository(queries, repository);
    return await findReference(queries, repository, reference);
  });
  if (image === undefined) throw manifestUnknown('Requested image not found');
  if (!isAccepted(request.headers['accept'], image)) {
    throw manifestUnknown(
      `The image is of the media type ${image.mediaType}, which is not accepted`,
    );
  }
  const body = utf8(image.manifest);
  const headers = { 'content-type': image.mediaType, 'docker-content-digest': image.digest };
  if (request.method === 'GET') return { status: 200, headers, body };
  const length = { 'content-length': String(body.byteLength) };
  return { status: 200, headers: { ...headers, ...length }, body: EMPTY_BYTES };
}

/** True where a client takes the image's media type, or says nothing of manifests. */
function isAccepted(accept: string | undefined, { mediaType }: Image): boolean {
  const types = (accept ?? '').split(',').map((one) => one.split(';')[0]?.trim() ?? '');
  const isAsking = types.some((type) => type.startsWith('application/vnd.'));
  return !isAsking || types.some((type) => type === mediaType || type === '*/*');
}

async function put(core: EcrCore, visit: Visit, reference: string): Promise<WireResponse> {
  const { request, repository, base } = visit;
  await visit.require(['PutImage']);
  const manifest = await readText(request.body);
  const [declared] = (request.headers['content-type'] ?? '').split(';');
  const { digest, subject } = await putImage(core, repository, {
    manifest,
    ...(declared === undefined || declared === '' ? {} : { mediaType: declared.trim() }),
    ...(reference.includes(':') ? { digest: reference } : { tag: reference }),
  });
  const headers = {
    location: `${base}/manifests/${digest}`,
    'docker-content-digest': digest,
    ...(subject === undefined ? {} : { 'oci-subject': subject }),
  };
  return { status: 201, headers, body: EMPTY_BYTES };
}

/** @throws AwsError where it is too long, or no text: its digest is that of its bytes */
async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  try {
    const bytes = await collectBytes(body, MANIFEST_BYTES_MAX);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TooManyBytes) {
      const message = `A manifest may have at most ${MANIFEST_BYTES_MAX} bytes.`;
      throw registryError('MANIFEST_INVALID', 413, message);
    }
    if (error instanceof TypeError) throw invalidParameter('ImageManifest', 'Invalid JSON syntax');
    throw error;
  }
}

async function remove(core: EcrCore, visit: Visit, reference: string): Promise<WireResponse> {
  const { repository } = visit;
  await visit.require(['BatchDeleteImage']);
  const name = reference.includes(':') ? { digest: reference } : { tag: reference };
  const deleted = await core.database.transact(async (tx) => {
    await requireRepository(tx, repository);
    return await deleteImage(tx, repository, name, core.clock.now());
  });
  if (deleted.kind === 'in-lists') {
    const message = `Requested image referenced by manifest list: [${deleted.lists.join(', ')}]`;
    throw registryError('DENIED', 405, message);
  }
  if (deleted.kind !== 'deleted') throw imageNotFound(repository, name);
  return { status: 202, headers: {}, body: EMPTY_BYTES };
}

function manifestUnknown(message: string): Error {
  return registryError('MANIFEST_UNKNOWN', 404, message);
}
