/**
 * Versions that run from folders of the machine, as these stand when they are asked for.
 * Owns which functions run from which folder, of those that were invoked.
 */
import type { MountedFolders } from '#ports/world/mounted-folders.ts';

import { invalidParameter } from '../errors.ts';
import type { FunctionVersion } from '../model/function-version.ts';
import { refuseFolder } from './function-code.ts';

export class FolderVersions {
  readonly #folders: MountedFolders | undefined;
  /** Functions by folder. */
  readonly #users = new Map<string, Set<string>>();

  /** `onChange` is told of each function whose folder changed: its environments have to go. */
  constructor(folders: MountedFolders | undefined, onChange: (functionArn: string) => void) {
    this.#folders = folders;
    folders?.onChange((path) => {
      for (const functionArn of this.#users.get(path) ?? []) onChange(functionArn);
    });
  }

  /**
   * The version with the folder's revision in its own, so that no environment serves both before and after a save.
   * @throws AwsError InvalidParameterValueException where the folder is gone, or the server lets nobody use one
   */
  async asItStands(version: FunctionVersion, folder: string): Promise<FunctionVersion> {
    if (this.#folders === undefined) {
      throw invalidParameter(
        `The function runs from the folder ${folder}: start the server with --hot-reload on, ` +
          "or update the function's code with an archive.",
      );
    }
    const users = this.#users.get(folder) ?? new Set();
    this.#users.set(folder, users.add(version.functionArn));
    const revision = await this.#folders.revision(folder).catch(refuseFolder);
    return { ...version, revisionId: `${version.revisionId} ${revision}` };
  }

  /** The function is gone, or has other code. */
  forget(functionArn: string): void {
    for (const [folder, users] of this.#users) {
      users.delete(functionArn);
      if (users.size === 0) this.#users.delete(folder);
    }
  }
}
