/**
 * Writes `src/aws/models/*.gen.ts` from AWS's service descriptions.
 * `node scripts/generate-models.ts [--source DIR] [--check]`: DIR is botocore's `data` folder, by default the
 * one that the set-up installed below `.cache/`; `--check` writes nothing and fails where a file differs.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runtimeModule, runtimeText } from './models/runtime.ts';
import { SERVICES } from './models/services.ts';
import { findSource, readSource } from './models/source.ts';
import { typesModule } from './models/types.ts';

/** Relative path to text of every generated file. */
export function generateModels(source: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const service of SERVICES) {
    const model = readSource(source, service);
    files.set(`src/aws/models/${service}.gen.ts`, runtimeModule(service, model));
    files.set(`src/aws/models/${service}.gen.json`, runtimeText(service, model));
    files.set(`src/aws/models/${service}.types.gen.ts`, typesModule(service, model));
  }
  return files;
}

/** Paths whose committed text is not what the source gives. */
export function staleFiles(root: string, files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    const full = join(root, path);
    return existsSync(full) && readFileSync(full, 'utf8') === text ? [] : [path];
  });
}

function main(): void {
  const root = resolve(import.meta.dirname, '..');
  const { values } = parseArgs({
    options: { source: { type: 'string' }, check: { type: 'boolean' } },
  });
  const source = findSource(root, values.source);
  if (source === undefined) {
    console.error("botocore's data is not there; run the set-up or name it with --source");
    process.exit(2);
  }
  const files = generateModels(source);
  const stale = staleFiles(root, files);
  if (values.check) {
    for (const path of stale) console.error(`${path} is not what ${source} gives`);
    process.exit(stale.length === 0 ? 0 : 1);
  }
  mkdirSync(join(root, 'src/aws/models'), { recursive: true });
  for (const path of stale) writeFileSync(join(root, path), files.get(path) ?? '');
  console.log(`${files.size} files, ${stale.length} written`);
}

if (import.meta.main) main();
