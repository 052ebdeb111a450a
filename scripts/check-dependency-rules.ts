/** Guards the guard: dependency-cruiser that reads nothing, or resolves nothing, finds no violation either. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

interface CruiseResult {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly {
      readonly module: string;
      readonly couldNotResolve: boolean;
    }[];
  }[];
}

/** True when every source file was read as a module, and every import of the project's own was resolved. */
export function assertModulesRead(): boolean {
  const cruise = spawnSync(
    'depcruise',
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'],
    { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  // The shape is the tool's documented JSON output.
  const { modules } = JSON.parse(cruise.stdout) as CruiseResult;
  const read = new Set(modules.map(({ source }) => source));
  const unread = globSync('src/**/*.ts').filter((file) => !read.has(file));
  const unresolved = modules.flatMap(({ source, dependencies }) =>
    dependencies
      .filter(({ module, couldNotResolve }) => couldNotResolve && /^[.#]/.test(module))
      .map(({ module }) => `${source} -> ${module}`),
  );
  for (const file of unread) console.log(`   not read: ${file}`);
  for (const edge of unresolved) console.log(`   not resolved: ${edge}`);
  return unread.length === 0 && unresolved.length === 0;
}
