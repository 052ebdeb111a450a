export { followFolder } from './follow-folder.ts';
export { openMountedFolders } from './mounted-folders.ts';
