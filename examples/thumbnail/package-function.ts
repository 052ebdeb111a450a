import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ZipFile } from 'yazl';
import { packageClosure } from '../../scripts/package-closure.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PACKAGES = ['sharp', 'exif-reader'];

/** The function's zip: its one file, and the packages that it carries, with what those need. */
export async function packageFunction(): Promise<Uint8Array> {
  const zip = new ZipFile();
  const options = { mtime: new Date('2000-01-01T00:00:00Z'), mode: 0o100_644 };
  const handler = readFileSync(join(import.meta.dirname, 'function/index.mjs'));
  zip.addBuffer(handler, 'index.mjs', options);
  for (const folder of packageClosure(ROOT, PACKAGES)) {
    if (folder.includes('linuxmusl')) continue;
    for (const file of filesBelow(folder)) zip.addFile(join(ROOT, file), file, options);
  }
  zip.end();
  const chunks: Uint8Array[] = [];
  // yazl types its output as NodeJS.ReadableStream; its chunks are Buffers.
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'node_modules') return [];
    return statSync(join(ROOT, path)).isDirectory() ? filesBelow(path) : [path];
  });
}
