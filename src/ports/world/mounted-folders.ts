/** Why a folder cannot be a function's code; its message is a sentence for whoever named it. */
export class FolderRefused extends Error {
  override readonly name = 'FolderRefused';
}

/** Folders of this machine from which functions run as they stand: people write in them. */
export interface MountedFolders {
  /**
   * @param path absolute
   * @throws FolderRefused where no function may run from there
   */
  check(path: string): Promise<void>;
  /**
   * A text that is another one after each change below the folder: whatever was changed before the call counts.
   * @throws FolderRefused where the folder is gone
   */
  revision(path: string): Promise<string>;
  /** Has the callback called soon after a change below a folder whose revision was asked for. */
  onChange(callback: (path: string) => void): Disposable;
}
