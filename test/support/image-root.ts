/** The files of a small container image: bash as /bin/sh with the libraries that it needs, some tools, nothing else. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT_POINTS } from '#ports/world/sandbox.ts';

const PROGRAMS: Readonly<Record<string, string>> = {
  '/bin/sh': '/bin/bash',
  '/bin/bash': '/bin/bash',
  '/bin/cat': '/bin/cat',
  '/bin/ls': '/bin/ls',
  '/bin/sleep': '/bin/sleep',
};

/** Makes them in a directory that is not there yet. */
export function makeImageRoot(root: string): void {
  for (const [target, program] of Object.entries(PROGRAMS)) {
    copy(program, path.join(root, target));
    for (const library of librariesOf(program)) copy(library, path.join(root, library));
  }
  for (const name of ROOT_POINTS.directories) mkdirSync(path.join(root, name));
  for (const name of ROOT_POINTS.files) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), '');
  }
}

function librariesOf(program: string): readonly string[] {
  const told = execFileSync('ldd', [program], { encoding: 'utf8' });
  return told.match(/\/\S+/g) ?? [];
}

function copy(source: string, target: string): void {
  if (existsSync(target)) return;
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(realpathSync(source), target);
}
