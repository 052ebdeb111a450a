/** YAML, as templates and API definitions are written. */
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';

const load = createRequire(import.meta.url);
let loaded: typeof Yaml | undefined;

/** The library, loaded when it is first needed: a server that nobody sends YAML spares its memory. */
export function yaml(): typeof Yaml {
  // The package's own types describe what it exports.
  loaded ??= load('yaml') as typeof Yaml;
  return loaded;
}
