/**
 * Packages: archives in the BlobStore, their trees in the DirectoryStore, one row for each digest.
 * Owns both stores; nothing else may keep anything in them.
 * I1 Blob and tree are there before the row that names them, and go after it.
 * I2 The same bytes are stored once, whichever account they come from.
 * I3 What is not named by a row is deleted while no package is being stored (`exclusively`).
 */
import { createHash } from 'node:crypto';

import { TooManyBytes, collectBytes, streamOfBytes, textOf } from '#kernel/bytes.ts';
import type { ImageReader } from '#ports/peers/image-reader.ts';
import type { ObjectReader } from '#ports/peers/object-reader.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { DirectoryStore, StoredDirectory } from '#ports/world/directory-store.ts';
import { ArchiveRefused } from '#ports/world/directory-store.ts';

import { codeRequestTooLarge, invalidParameter } from '../errors.ts';
import { UNZIPPED_BYTES_MAX, UNZIPPED_ENTRIES_MAX, ZIP_BYTES_MAX } from '../limits.ts';
import type { CompiledCode } from '../model/compiled-code.ts';
import type { Scope } from '../model/records.ts';
import type { CodeRow, LayerTreeRow } from '../store-code.ts';
import { addCode, addLayerTree, findLayerTree, useCode, useLayerTree } from '../store-code.ts';
import { createCompiledCode } from './compiled-code.ts';
import { createGate } from './gate.ts';
import { createImageStore, type KeptImage } from './image-store.ts';

export type StoredCode = CodeRow;

/** Where a request's archive is: in it, or in S3. */
export interface CodeSource {
  readonly ZipFile?: Uint8Array;
  readonly S3Bucket?: string;
  readonly S3Key?: string;
  readonly S3ObjectVersion?: string;
}

export interface CodeStore {
  /**
   * Stores the archive of a request.
   * @throws AwsError InvalidParameterValueException, RequestEntityTooLargeException
   */
  store(scope: Scope, source: CodeSource, operation: string): Promise<StoredCode>;
  /**
   * Keeps a container image.
   * @throws AwsError InvalidParameterValueException
   */
  storeImage(scope: Scope, imageUri: string): Promise<KeptImage>;
  /**
   * The tree of a function's layers, in order, later over earlier; `undefined` for none.
   * @throws AwsError InvalidParameterValueException where code and layers are too large together
   */
  merge(layers: readonly StoredCode[], codeBytes: number): Promise<string | undefined>;
  /**
   * Checks new code with the layers that a function has.
   * @throws AwsError InvalidParameterValueException where they are too large together
   */
  checkTogether(layersDirectoryId: string | undefined, codeBytes: number): Promise<void>;
  /** What languages made of it ahead. */
  readonly compiled: CompiledCode;
  /** Runs `body` while no package is being stored. */
  exclusively(body: () => Promise<void>): Promise<void>;
}

export interface CodeStoreDependencies {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly directories: DirectoryStore;
  readonly objects: ObjectReader;
  readonly images: ImageReader;
  readonly clock: Clock;
}

const LIMITS = { bytesMax: UNZIPPED_BYTES_MAX, entriesMax: UNZIPPED_ENTRIES_MAX };

const UNREADABLE =
  'Could not unzip uploaded file. Please check your file, then try to upload again.';
const TOO_LARGE = `Unzipped size must be smaller than ${UNZIPPED_BYTES_MAX} bytes`;

/** Makes the store of packages over its tables and ports. */
export function createCodeStore(dependencies: CodeStoreDependencies): CodeStore {
  const { database, objects } = dependencies;
  const gate = createGate();
  const images = createImageStore(dependencies);
  return {
    store: (scope, source, operation) =>
      gate.shared(async () => {
        const archive = await archiveOf(objects, scope, source, operation);
        return keep(dependencies, archive);
      }),
    storeImage: (scope, imageUri) => gate.shared(() => images.store(scope, imageUri)),
    merge: (layers, codeBytes) =>
      gate.shared(async () => {
        if (layers.length === 0) return undefined;
        checkTogether(bytesOf(layers), codeBytes);
        return (await keepMerged(dependencies, layers)).directoryId;
      }),
    async checkTogether(layersDirectoryId, codeBytes) {
      if (layersDirectoryId === undefined) return;
      const tree = await database.read((queries) => findLayerTree(queries, layersDirectoryId));
      checkTogether(tree?.unzippedBytes ?? 0, codeBytes);
    },
    compiled: createCompiledCode({ ...dependencies, gate }),
    exclusively: (body) => gate.exclusively(body),
  };
}

async function keep(
  { database, blobs, directories, clock }: CodeStoreDependencies,
  archive: Uint8Array,
): Promise<StoredCode> {
  const sha256 = createHash('sha256').update(archive).digest('base64');
  const known = await database.transact((tx) => useCode(tx, sha256, clock.now()));
  if (known !== undefined) return known;
  const directory = await unpack(directories, archive);
  const blob = await blobs.put(streamOfBytes(archive));
  const row = {
    sha256,
    bytes: archive.byteLength,
    blobId: blob.id,
    directoryId: directory.id,
    unzippedBytes: directory.bytes,
  };
  return database.transact((tx) => addCode(tx, row, clock.now()));
}

async function keepMerged(
  { database, directories, clock }: CodeStoreDependencies,
  layers: readonly StoredCode[],
): Promise<LayerTreeRow> {
  const key = layers.map((layer) => layer.sha256).join(',');
  const known = await database.transact((tx) => useLayerTree(tx, key, clock.now()));
  if (known !== undefined) return known;
  const ids = layers.map((layer) => layer.directoryId);
  const { id } = await directories.merge(ids, LIMITS).catch((error: unknown) => {
    throw refusal(error);
  });
  const row = { layers: key, directoryId: id, unzippedBytes: bytesOf(layers) };
  return database.transact((tx) => addLayerTree(tx, row, clock.now()));
}

/** Unzipped, each by itself: what one layer hides of another counts, too. */
function bytesOf(layers: readonly StoredCode[]): number {
  return layers.reduce((sum, layer) => sum + layer.unzippedBytes, 0);
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html code and layers together */
function checkTogether(layersBytes: number, codeBytes: number): void {
  const bytes = layersBytes + codeBytes;
  if (bytes < UNZIPPED_BYTES_MAX) return;
  throw invalidParameter(
    layersBytes >= UNZIPPED_BYTES_MAX
      ? `Layers consume more than the available size of ${UNZIPPED_BYTES_MAX} bytes`
      : `Function code combined with layers exceeds the maximum allowed size of ${UNZIPPED_BYTES_MAX} bytes. ` +
          `The actual size is ${bytes} bytes.`,
  );
}

/** @see recording `lambda_api: TestLambdaFunction::test_lambda_code_location_s3_errors` */
async function archiveOf(
  objects: ObjectReader,
  scope: Scope,
  source: CodeSource,
  operation: string,
): Promise<Uint8Array> {
  const { ZipFile, S3Bucket, S3Key, S3ObjectVersion } = source;
  if (ZipFile !== undefined) {
    if (ZipFile.byteLength >= ZIP_BYTES_MAX) throw codeRequestTooLarge(operation);
    if (isEmptyZip(ZipFile)) throw emptyZip();
    return ZipFile;
  }
  if (S3Bucket === undefined || S3Key === undefined) {
    throw invalidParameter('Please provide a source for function code.');
  }
  const version = S3ObjectVersion === undefined ? {} : { versionId: S3ObjectVersion };
  const found = await objects.read({ ...scope, bucket: S3Bucket, key: S3Key, ...version });
  if (found.kind === 'no-such-bucket') {
    throw objectMissing('NoSuchBucket', 'The specified bucket does not exist');
  }
  if (found.kind === 'no-such-key') {
    throw objectMissing('NoSuchKey', 'The specified key does not exist.');
  }
  if (found.kind === 'no-such-version') {
    throw objectMissing('NoSuchVersion', 'The specified version does not exist.');
  }
  if (found.bytes >= UNZIPPED_BYTES_MAX) throw invalidParameter(TOO_LARGE);
  const archive = await collect(found.content);
  if (isEmptyZip(archive)) throw emptyZip();
  return archive;
}

/** A zip that begins with its end, the record of its directory, has no entry. @see APPNOTE.TXT 4.3.16 */
function isEmptyZip(archive: Uint8Array): boolean {
  return archive.byteLength === 0 || textOf(archive.subarray(0, 4)) === 'PK\x05\x06';
}

function emptyZip(): Error {
  return invalidParameter('Uploaded file must be a non-empty zip');
}

function objectMissing(code: string, message: string): Error {
  return invalidParameter(
    `Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`,
  );
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  try {
    return await collectBytes(content, UNZIPPED_BYTES_MAX);
  } catch (error) {
    if (error instanceof TooManyBytes) throw invalidParameter(TOO_LARGE);
    throw error;
  }
}

async function unpack(directories: DirectoryStore, archive: Uint8Array): Promise<StoredDirectory> {
  try {
    const directory = await directories.unpackZip(archive, LIMITS);
    if (directory.bytes < UNZIPPED_BYTES_MAX) return directory;
    await directories.delete(directory.id);
  } catch (error) {
    throw refusal(error);
  }
  throw invalidParameter(TOO_LARGE);
}

/** @see recordings `test_create_lambda_exceptions`, `test_oversized_lambda` */
function refusal(error: unknown): unknown {
  if (!(error instanceof ArchiveRefused)) return error;
  const isTooLarge = error.reason === 'too-large' || error.reason === 'too-many-entries';
  return invalidParameter(isTooLarge ? TOO_LARGE : UNREADABLE);
}
