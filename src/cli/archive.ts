import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import { MIB } from '#kernel/units.ts';

/** Left out wherever they stand. */
const LEFT_OUT = new Set(['.git', '.hearth', '.DS_Store']);
/** The same for every entry, so that the same files give the same bytes. */
const MODIFIED = new Date('2000-01-01T00:00:00Z');
const SYMLINK_MODE = 0o120_777;
/** Up to here an archive that is soon replaced is not worth compressing: that takes ten times as long. */
const STORED_BYTES_MAX = 16 * MIB;

export interface ArchiveOptions {
  /** For a server on this machine and an archive that is soon replaced: small folders are not compressed. */
  readonly isHasty?: boolean;
}

/** A zip archive of a folder's files; modes and symbolic links are kept. */
export async function zipDirectory(
  directory: string,
  { isHasty = false }: ArchiveOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const zip = new ZipFile();
  const files = listFiles(directory);
  const bytes = files.reduce((sum, path) => sum + lstatSync(path).size, 0);
  const compress = !isHasty || bytes > STORED_BYTES_MAX;
  for (const path of files) addFile(zip, path, relative(directory, path), compress);
  zip.end();
  const chunks: Uint8Array[] = [];
  // yazl types its output as NodeJS.ReadableStream; its chunks are Buffers.
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return new Uint8Array(Buffer.concat(chunks));
}

/**
 * The paths of what an archive holds.
 * @throws Error where it is no zip archive
 */
export async function listArchive(archive: Uint8Array): Promise<readonly string[]> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const zip = await fromBufferPromise(bytes, { lazyEntries: true });
  const paths: string[] = [];
  for await (const { fileName } of zip.eachEntry()) paths.push(fileName);
  return paths;
}

function listFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.has(name))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? listFiles(path) : [path];
    });
}

function addFile(zip: ZipFile, path: string, name: string, compress: boolean): void {
  const status = lstatSync(path);
  if (status.isSymbolicLink()) {
    const target = Buffer.from(readlinkSync(path));
    zip.addBuffer(target, name, { mtime: MODIFIED, mode: SYMLINK_MODE, compress });
  } else if (status.isFile()) {
    const content = readFileSync(path);
    zip.addBuffer(content, name, { mtime: MODIFIED, mode: status.mode, compress });
  }
}
