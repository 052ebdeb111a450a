/** Which installed packages a package needs, itself included. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Folders of the packages, relative to `root`, that `names` need at run time; optional ones where they are
 * installed. Follows Node's own look-up, so nested versions stay nested.
 */
export function packageClosure(root: string, names: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (name: string, from: string, isOptional: boolean): void => {
    const folder = findPackage(root, name, from);
    if (folder === undefined) {
      if (isOptional) return;
      throw new Error(`${name} is not installed; run bin/set-up`);
    }
    if (found.has(folder)) return;
    found.add(folder);
    // A package.json of npm's; only its two tables of names are read.
    const manifest = JSON.parse(
      readFileSync(join(root, folder, 'package.json'), 'utf8'),
    ) as Manifest;
    for (const next of Object.keys(manifest.dependencies ?? {})) visit(next, folder, false);
    for (const next of Object.keys(manifest.optionalDependencies ?? {})) visit(next, folder, true);
  };
  for (const name of names) visit(name, '', false);
  return [...found].sort();
}

function findPackage(root: string, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder === '.' ? '' : dirname(folder)) {
    const candidate = join(folder === '.' ? '' : folder, 'node_modules', name);
    if (existsSync(join(root, candidate, 'package.json'))) return candidate;
    if (folder === '' || folder === '.') return undefined;
  }
}
