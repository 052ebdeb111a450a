/**
 * Versions that run from folders of the machine, as these stand when they are asked for.
 * Owns which functions run from which folder, of those that were invoked.
 */
import type { MountedFolders } from '#ports/world/mounted-folders.ts';

import { invalidParameter } from '../../errors.ts';
import type { Resolution } from '../../model/function-catalog.ts';
import { refuseFolder } from './refuse-folder.ts';

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
   * Of a version that runs from a folder, the revision with the folder's in it, so that no environment serves both
   * before and after a save.
   * @throws AwsError InvalidParameterValueException where the folder is gone, or the server lets nobody use one
   */
  asItStands(resolution: Resolution): Resolution | Promise<Resolution> {
    if (resolution.kind !== 'found' || resolution.version.folder === undefined) return resolution;
    return this.#revised(resolution, resolution.version.folder);
  }

  async #revised(resolution: Resolution & { kind: 'found' }, folder: string): Promise<Resolution> {
    const { version } = resolution;
    if (this.#folders === undefined) {
      throw invalidParameter(
        `The function runs from the folder ${folder}: start the server with --hot-reload on, ` +
          "or update the function's code with an archive.",
      );
    }
    const users = this.#users.get(folder) ?? new Set();
    this.#users.set(folder, users.add(version.functionArn));
    const revision = await this.#folders.revision(folder).catch(refuseFolder);
    const revisionId = `${version.revisionId} ${revision}`;
    return { ...resolution, version: { ...version, revisionId } };
  }

  /** The function is gone, or has other code. */
  forget(functionArn: string): void {
    for (const [folder, users] of this.#users) {
      users.delete(functionArn);
      if (users.size === 0) this.#users.delete(folder);
    }
  }
}
