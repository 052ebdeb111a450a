/**
 * Compiles the native launcher into `.cache/launcher/HASH/hearth-launcher`, and the zygotes' library
 * beside it, where HASH names their sources, and points `.cache/launcher/current` there. Fresh builds
 * are left as they are.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..');
const LAUNCHER = path.join(ROOT, 'native/launcher');
/** Those of the launcher that the zygotes' library shares. */
const SHARED = ['confine.c', 'seccomp.c', 'sys.c'].map((name) => path.join(LAUNCHER, name));
const CACHE = path.join(ROOT, '.cache/launcher');
const FLAGS = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-fstack-protector-strong'];

/** The path of the compiled launcher, or `undefined` where there is no compiler. */
export function buildLauncher(): string | undefined {
  const launcher = sourcesIn(LAUNCHER);
  const zygote = sourcesIn(path.join(ROOT, 'native/zygote'));
  const directory = path.join(CACHE, hashOf([...launcher, ...zygote]));
  const binary = path.join(directory, 'hearth-launcher');
  if (!existsSync(binary) && !compile(launcher, zygote, directory)) return undefined;
  pointTo(directory);
  return binary;
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => /\.[ch]$/.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256').update([process.arch, ...FLAGS].join(' '));
  for (const file of files)
    hash.update(`${path.relative(ROOT, file)}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function compile(
  launcher: readonly string[],
  zygote: readonly string[],
  directory: string,
): boolean {
  const isSource = (file: string): boolean => file.endsWith('.c');
  const building = `${directory}.${process.pid}`;
  mkdirSync(building, { recursive: true });
  const output = path.join(building, 'hearth-launcher');
  // Static, so that its pages are its own and a fork of it copies little; some systems lack libc.a.
  const isBuilt = [['-static'], []].some((linking) => {
    const sources = launcher.filter(isSource);
    const { status, stderr } = run([...FLAGS, ...linking, '-o', output, ...sources]);
    if (status !== 0 && linking.length === 0 && stderr !== '') process.stderr.write(stderr);
    return status === 0;
  });
  const library = path.join(building, 'hearth-zygote.so');
  const parts = [...zygote.filter(isSource), ...SHARED, '-ldl'];
  // Where it cannot be built, languages are booted for each sandbox.
  run([...FLAGS, '-fPIC', '-shared', '-fvisibility=hidden', '-o', library, ...parts]);
  if (isBuilt && !existsSync(directory)) renameSync(building, directory);
  rmSync(building, { recursive: true, force: true });
  return isBuilt;
}

function run(args: readonly string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync('cc', args, { encoding: 'utf8' });
  return { status, stderr: stderr ?? '' };
}

/** Replaces the link in one step: another process may be reading it. */
function pointTo(directory: string): void {
  const link = path.join(CACHE, 'current');
  const temporary = `${link}.${process.pid}`;
  rmSync(temporary, { force: true });
  symlinkSync(path.basename(directory), temporary);
  renameSync(temporary, link);
}

if (import.meta.main) {
  const binary = buildLauncher();
  process.stdout.write(binary === undefined ? 'no C compiler: no launcher\n' : `${binary}\n`);
}
