/** The versions of .NET that this machine can run functions in. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FoundInterpreter } from './find-interpreters.ts';

/** Where Microsoft's and the distributions' packages put it. */
const ROOTS = [
  '/usr/lib/dotnet',
  '/usr/lib64/dotnet',
  '/usr/share/dotnet',
  '/usr/local/share/dotnet',
  '/usr/local/lib/dotnet',
];
const DOTNET_TARGET = '/var/lang/dotnet';
/** The oldest that has what our runtime client calls. */
const MAJOR_MIN = 8;
const ICU_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
];

/**
 * The folders that hold a `dotnet`: of the variable DOTNET_ROOT, of the path, and where packages put it. `further`
 * are looked into last.
 */
export function findDotnetRoots(further: readonly string[] = []): readonly string[] {
  const { DOTNET_ROOT, PATH = '' } = process.env;
  const inPath = PATH.split(':').filter((folder) => folder.startsWith('/'));
  const wanted = [
    ...(DOTNET_ROOT === undefined ? [] : [DOTNET_ROOT]),
    ...inPath,
    ...ROOTS,
    ...further,
  ];
  const programs = wanted.map((folder) => join(folder, 'dotnet')).filter((it) => existsSync(it));
  const roots = programs.map((program) => dirname(realpathSync(program)));
  return [...new Set(roots)].filter((root) => existsSync(join(root, 'host/fxr')));
}

/**
 * The versions of .NET in these folders, of each major version the newest first. There are none before
 * the set-up compiled our runtime client for them, which `runtimesDirectory` then holds.
 */
export function findDotnets(
  runtimesDirectory: string,
  roots: readonly string[] = findDotnetRoots(),
): FoundInterpreter[] {
  if (!existsSync(join(runtimesDirectory, 'dotnet/lib/hearth.dll'))) return [];
  const environment = hasIcu() ? {} : { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };
  return roots.flatMap((root, index) => {
    const isShared = root.startsWith('/usr/');
    const target = index === 0 ? DOTNET_TARGET : `${DOTNET_TARGET}-${index}`;
    const mounts = isShared ? [] : [{ source: root, target }];
    const command = join(isShared ? root : target, 'dotnet');
    return frameworksIn(root).map((version) => ({ command, mounts, version, environment }));
  });
}

/** The versions of .NET in one folder that functions can run on, the newest first. */
export function frameworksIn(root: string): readonly string[] {
  const frameworks = join(root, 'shared/Microsoft.NETCore.App');
  if (!existsSync(frameworks)) return [];
  return readdirSync(frameworks)
    .filter((name) => /^\d+\.\d+\.\d+$/.test(name) && Number.parseInt(name, 10) >= MAJOR_MIN)
    .sort((left, right) => right.localeCompare(left, 'en', { numeric: true }));
}

/** Without the library of languages and regions .NET starts only where it is told that there is none. */
function hasIcu(): boolean {
  return ICU_FOLDERS.filter((folder) => existsSync(folder)).some((folder) =>
    readdirSync(folder).some((name) => name.startsWith('libicuuc.so')),
  );
}
