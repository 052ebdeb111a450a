import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, it } from 'node:test';
import { findDotnetRoots, findDotnets, frameworksIn } from './find-dotnets.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hearth-dotnets-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function install(root: string, versions: readonly string[]): string {
  const path = join(directory, root);
  mkdirSync(join(path, 'host/fxr'), { recursive: true });
  writeFileSync(join(path, 'dotnet'), '');
  for (const version of versions) {
    mkdirSync(join(path, 'shared/Microsoft.NETCore.App', version), { recursive: true });
  }
  return path;
}

function compileClient(): string {
  mkdirSync(join(directory, 'runtimes/dotnet/lib'), { recursive: true });
  writeFileSync(join(directory, 'runtimes/dotnet/lib/hearth.dll'), '');
  return join(directory, 'runtimes');
}

it('finds the versions that are new enough, the newest first', () => {
  const root = install('dotnet', ['3.1.32', '8.0.4', '8.0.20', '10.0.0', '11.0.0-preview.1']);
  assert.deepEqual(frameworksIn(root), ['10.0.0', '8.0.20', '8.0.4']);
});

it('finds a folder once, under its own name, where it holds what a dotnet needs', () => {
  const root = install('dotnet', ['8.0.4']);
  symlinkSync(root, join(directory, 'link'));
  const empty = join(directory, 'empty');
  mkdirSync(empty);
  writeFileSync(join(empty, 'dotnet'), '');
  const found = findDotnetRoots([join(directory, 'link'), root, empty]);
  assert.deepEqual(
    found.filter((it) => it.startsWith(directory)),
    [root],
  );
});

it('mounts what no sandbox has, each folder at a place of its own', () => {
  const roots = [install('first', ['8.0.4']), install('second', ['10.0.1'])];
  const found = findDotnets(compileClient(), roots);
  assert.deepEqual(
    found.map(({ command, version, mounts }) => ({ command, version, mounts })),
    [
      {
        command: '/var/lang/dotnet/dotnet',
        version: '8.0.4',
        mounts: [{ source: roots[0], target: '/var/lang/dotnet' }],
      },
      {
        command: '/var/lang/dotnet-1/dotnet',
        version: '10.0.1',
        mounts: [{ source: roots[1], target: '/var/lang/dotnet-1' }],
      },
    ],
  );
});

it('finds none before the runtime client was compiled', () => {
  assert.deepEqual(findDotnets(join(directory, 'runtimes'), [install('dotnet', ['8.0.4'])]), []);
});
