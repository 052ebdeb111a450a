/**
 * How a layer comes in: begun, part by part, and completed by its digest. Parts are blobs, and stream into them.
 * I1 A part is answered once it is durable, and its row too; what is completed is there after any crash.
 * I2 Of two parts that come at once for one place, one is taken.
 * I3 A layer's row names bytes whose digest was computed here.
 */
import { createHash, type Hash } from 'node:crypto';
import { BlobMissing } from '#ports/world/blob-store.ts';
import type { EcrCore, StoredPart } from './core.ts';
import {
  emptyUpload,
  invalidLayer,
  invalidPart,
  layerExists,
  limitExceeded,
  uploadNotFound,
} from './errors.ts';
import { LAYER_BYTES_MAX } from './limits.ts';
import type { RepositoryAddress } from './model.ts';
import { requireRepository } from './store.ts';
import {
  deleteUpload,
  findLayer,
  findUpload,
  saveLayer,
  savePart,
  saveUpload,
  touchLayer,
  unnamedBlobs,
  type Upload,
} from './store-layers.ts';

/** An upload of a repository. */
export interface UploadAddress {
  readonly repository: RepositoryAddress;
  readonly id: string;
}

/**
 * Begins an upload.
 * @returns its id, a UUID
 * @throws AwsError RepositoryNotFoundException
 */
export async function beginUpload(
  { database, random, clock }: EcrCore,
  address: RepositoryAddress,
): Promise<string> {
  const id = random.uuid();
  await database.transact(async (tx) => {
    await requireRepository(tx, address);
    await saveUpload(tx, address, id, clock.now());
  });
  return id;
}

/** @throws AwsError UploadNotFoundException, RepositoryNotFoundException */
export async function requireUpload(
  { database }: Pick<EcrCore, 'database'>,
  { repository, id }: UploadAddress,
): Promise<Upload> {
  return await database.read(async (queries) => {
    await requireRepository(queries, repository);
    const upload = await findUpload(queries, repository, id);
    if (upload === undefined) throw uploadNotFound(repository, id);
    return upload;
  });
}

/**
 * Adds what comes behind what is there.
 * @param firstByte where it says that it begins; behind what is there if it does not say
 * @returns how many bytes there are now
 * @throws AwsError InvalidLayerPartException, LimitExceededException, UploadNotFoundException
 */
export async function appendPart(
  core: EcrCore,
  address: UploadAddress,
  content: AsyncIterable<Uint8Array>,
  firstByte?: number,
): Promise<number> {
  const { repository, id } = address;
  const { bytes: before } = await requireUpload(core, address);
  if (firstByte !== undefined && firstByte !== before) throw invalidPart(repository, id, before);
  return await core.ledger.write(
    () => storePart(core, content, before),
    (part) =>
      core.database.transact(async (tx) => {
        const upload = await findUpload(tx, repository, id);
        if (upload === undefined) throw uploadNotFound(repository, id);
        if (upload.bytes !== before) throw invalidPart(repository, id, upload.bytes); // (I2)
        if (part.bytes === 0) tx.afterCommit(() => core.ledger.discard(part.newBlobs));
        else await savePart(tx, upload, part, core.clock.now());
        return before + part.bytes;
      }),
  );
}

/**
 * Makes an upload a layer of its repository, with what comes last; an upload whose digest is another stays as it was.
 * @param isStrict whether a layer that is there already is an error
 * @throws AwsError InvalidLayerException, EmptyUploadException, LayerAlreadyExistsException, UploadNotFoundException
 */
export async function completeUpload(
  core: EcrCore,
  address: UploadAddress,
  digest: string,
  { last, isStrict = false }: { last?: AsyncIterable<Uint8Array>; isStrict?: boolean } = {},
): Promise<void> {
  const { repository, id } = address;
  const before = await requireUpload(core, address);
  await core.ledger.write(
    () => storeWhole(core, address, before, last),
    async (whole) => {
      if (whole.bytes === 0) throw emptyUpload(repository, id);
      if (whole.digest !== digest) throw invalidLayer(whole.digest, digest); // (I3)
      const nowMs = core.clock.now();
      const orphans = await core.database.transact(async (tx) => {
        const upload = await findUpload(tx, repository, id);
        if (upload === undefined) throw uploadNotFound(repository, id);
        if (upload.bytes !== before.bytes) throw invalidPart(repository, id, upload.bytes);
        const known = await findLayer(tx, repository, digest);
        if (known !== undefined && isStrict) throw layerExists(repository, digest);
        if (known === undefined) await saveLayer(tx, repository, whole, nowMs);
        else await touchLayer(tx, repository, digest, nowMs);
        await deleteUpload(tx, id);
        return await unnamedBlobs(tx, [...whole.newBlobs, ...blobsOf(upload)]);
      });
      core.ledger.discard(orphans);
    },
  );
}

/**
 * Ends an upload without a layer.
 * @throws AwsError UploadNotFoundException
 */
export async function cancelUpload(
  core: EcrCore,
  { repository, id }: UploadAddress,
): Promise<void> {
  const orphans = await core.database.transact(async (tx) => {
    const upload = await findUpload(tx, repository, id);
    if (upload === undefined) throw uploadNotFound(repository, id);
    await deleteUpload(tx, id);
    return blobsOf(upload);
  });
  core.ledger.discard(orphans);
}

function blobsOf({ parts }: Upload): readonly string[] {
  return parts.map(({ blobId }) => blobId);
}

/** Stores bytes in a blob, hashed on the way. */
async function storePart(
  { blobs }: EcrCore,
  content: AsyncIterable<Uint8Array>,
  before: number,
): Promise<StoredPart> {
  const hash = createHash('sha256');
  const { id: blobId, bytes } = await blobs.put(hashed(content, hash, before));
  return { blobId, bytes, digest: digestOf(hash), newBlobs: [blobId] };
}

/**
 * All of an upload in one blob. Nearly every upload has one part, which is that already; those of several are joined,
 * and hashed from the disk.
 */
async function storeWhole(
  core: EcrCore,
  { repository, id }: UploadAddress,
  upload: Upload,
  last: AsyncIterable<Uint8Array> | undefined,
): Promise<StoredPart> {
  const added = last === undefined ? undefined : await storePart(core, last, upload.bytes);
  const newBlobs = added?.newBlobs ?? [];
  const [first, ...rest] = upload.parts;
  if (first === undefined) return added ?? { blobId: '', bytes: 0, digest: '', newBlobs };
  const isAdding = added !== undefined && added.bytes > 0;
  if (rest.length === 0 && !isAdding) return { ...first, newBlobs };
  try {
    const joined = await core.blobs.concatenate([...blobsOf(upload), ...newBlobs]);
    const hash = createHash('sha256');
    for await (const chunk of core.blobs.read(joined.id)) hash.update(chunk);
    const { id: blobId, bytes } = joined;
    return { blobId, bytes, digest: digestOf(hash), newBlobs: [...newBlobs, blobId] };
  } catch (error) {
    core.ledger.discard(newBlobs);
    // Somebody else has completed it meanwhile, or given it up.
    if (error instanceof BlobMissing) throw uploadNotFound(repository, id);
    throw error;
  }
}

async function* hashed(
  content: AsyncIterable<Uint8Array>,
  hash: Hash,
  before: number,
): AsyncGenerator<Uint8Array> {
  let bytes = before;
  for await (const chunk of content) {
    bytes += chunk.byteLength;
    if (bytes > LAYER_BYTES_MAX) {
      throw limitExceeded(`A layer may have at most ${LAYER_BYTES_MAX} bytes.`);
    }
    hash.update(chunk);
    yield chunk;
  }
}

function digestOf(hash: Hash): string {
  return `sha256:${hash.digest('hex')}`;
}
