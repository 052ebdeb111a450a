import { createHash } from 'node:crypto';

import type { RequestContext } from '#aws/operation.ts';
import type { MountedFolders } from '#ports/world/mounted-folders.ts';

import type { CodeSource } from '../../code/index.ts';
import { invalidParameter } from '../../errors.ts';
import type { VersionCode } from '../../model/records.ts';
import type { Control } from '../control.ts';
import { refuseFolder } from './refuse-folder.ts';

/**
 * Stores the archive of a request and answers how a version refers to it.
 * @throws AwsError InvalidParameterValueException, RequestEntityTooLargeException
 */
export async function zipCode(
  control: Control,
  context: RequestContext,
  source: CodeSource,
  operation: string,
): Promise<VersionCode & { readonly kind: 'zip' }> {
  const { accountId, region } = context;
  const { ZipFile, S3Bucket, S3Key, S3ObjectVersion } = source;
  if (ZipFile !== undefined && (S3Bucket ?? S3Key ?? S3ObjectVersion) !== undefined) {
    throw invalidParameter(
      'Please do not provide other FunctionCode parameters when providing a ZipFile.',
    );
  }
  const stored = await control.code.store({ accountId, region }, source, operation);
  const { sha256, bytes, directoryId, unzippedBytes } = stored;
  return { kind: 'zip', sha256, bytes, directoryId, unzippedBytes };
}

/** What stands in S3Bucket where S3Key is a folder; LocalStack's users know it. */
const FOLDER_BUCKET = 'hot-reload';

/**
 * The code of a function that is no image: an archive, or a folder to run from where the server's operator lets
 * functions do so.
 * @throws AwsError InvalidParameterValueException, RequestEntityTooLargeException
 */
export async function packageCode(
  control: Control,
  context: RequestContext,
  source: CodeSource,
  operation: string,
): Promise<VersionCode> {
  const { ZipFile, S3Bucket, S3Key = '' } = source;
  const isFolder = ZipFile === undefined && S3Bucket === FOLDER_BUCKET;
  if (isFolder && control.folders !== undefined) return folderCode(control.folders, S3Key);
  const stored = zipCode(control, context, source, operation);
  if (!isFolder || !S3Key.startsWith('/')) return stored;
  return stored.catch(() => {
    throw invalidParameter(
      `The folder ${S3Key} cannot be run from: the server was not started with --hot-reload on.`,
    );
  });
}

async function folderCode(folders: MountedFolders, path: string): Promise<VersionCode> {
  if (!path.startsWith('/')) {
    throw invalidParameter(
      `S3Key of the bucket ${FOLDER_BUCKET} is a folder of the server's machine, from its root on: ${path} is not.`,
    );
  }
  await folders.check(path).catch(refuseFolder);
  // Of the folder's name: its files change without a word.
  return { kind: 'folder', path, sha256: createHash('sha256').update(path).digest('base64') };
}

/**
 * A version never changes, a folder does.
 * @throws AwsError InvalidParameterValueException for the code of a function that runs from a folder
 */
export function refuseToPublish(code: VersionCode): void {
  if (code.kind !== 'folder') return;
  throw invalidParameter(
    `A version cannot be published from a folder that is mounted (${code.path}): ` +
      'update the function with an archive of it first.',
  );
}

/**
 * Reads and keeps an image, and answers how a version refers to it.
 * @throws AwsError InvalidParameterValueException without a URI, or with one of no image that can be run
 */
export async function imageCode(
  control: Control,
  { accountId, region }: RequestContext,
  imageUri: string | undefined,
): Promise<VersionCode> {
  if (imageUri === undefined) {
    throw invalidParameter(
      'Please provide ImageUri when creating a function with packageType Image.',
    );
  }
  const { sha256, image } = await control.code.storeImage({ accountId, region }, imageUri);
  return { kind: 'image', imageUri, sha256, image };
}

/** The URI by digest, as AWS answers it beside the one by tag. */
export function resolvedImageUri(code: VersionCode & { readonly kind: 'image' }): string {
  const repository = code.imageUri.replace(/(@sha256:[0-9a-f]+|:[^:/]+)$/, '');
  return `${repository}@sha256:${code.sha256}`;
}
