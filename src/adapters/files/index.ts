export { openFileBlobStore } from './file-blob-store.ts';
export { openFileDirectoryStore } from './file-directory-store.ts';
export { readPrivateFile, writePrivateFile } from './durable-files.ts';
export { planImage } from './image-plan.ts';
export { checkLinks } from './symbolic-links.ts';
export { ZipContents } from './zip-content.ts';
export { planZip } from './zip-plan.ts';
export { removeTree } from './remove-tree.ts';
