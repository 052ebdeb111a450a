/** What is done for functions before anybody invokes them. */
import type { FunctionCatalog } from '#lambda/model/function-catalog.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { AheadCompiler, Launcher, RuntimeTable, StemCells } from '#lambda/worker/index.ts';

export interface PrepareDependencies {
  readonly catalog: FunctionCatalog;
  readonly runtimes: RuntimeTable;
  readonly launcher: Launcher;
  readonly stemCells: StemCells;
  readonly compiler?: AheadCompiler;
}

/** Boots a sandbox of its runtime, and compiles its code, once a function was made or changed. */
export function prepareStored(dependencies: PrepareDependencies): Disposable | undefined {
  const { catalog, runtimes, launcher, stemCells, compiler } = dependencies;
  return catalog.onStored?.((version: FunctionVersion) => {
    const runtime = runtimes.get(version.runtime);
    if (runtime === undefined) return;
    const entry = launcher.runtimeFor(version, runtime);
    if (launcher.canUseStemCell(version, entry)) stemCells.warm(entry);
    compiler?.noteStored(version, entry);
  });
}

/** Boots a sandbox of each runtime that is named, or that functions have already; forgets what others compiled. */
export async function prepareRuntimes(
  { catalog, runtimes, stemCells, compiler }: PrepareDependencies,
  named: readonly string[],
): Promise<void> {
  const used = (await catalog.runtimesInUse?.()) ?? [];
  for (const name of new Set([...named, ...used])) {
    const runtime = runtimes.get(name);
    if (runtime?.hasStemCells === true) stemCells.warm(runtime);
  }
  await compiler?.dropOthers(runtimes.values());
}
