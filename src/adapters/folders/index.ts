export { FolderWatch } from './folder-watch.ts';
export { openMountedFolders } from './mounted-folders.ts';
