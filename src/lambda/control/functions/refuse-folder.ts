import { FolderRefused } from '#ports/world/mounted-folders.ts';

import { invalidParameter } from '../../errors.ts';

/** @throws AwsError InvalidParameterValueException for a folder that was refused */
export function refuseFolder(error: unknown): never {
  if (error instanceof FolderRefused) throw invalidParameter(`The folder ${error.message}`);
  throw error;
}
