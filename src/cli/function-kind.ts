import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listArchive } from './archive.ts';
import { CliError } from './errors.ts';

/** What CreateFunction has to be told of the code. */
export interface FunctionKind {
  readonly runtime: string;
  readonly handler: string;
}

/** How code tells what it is: the first of these files that stands at its top. */
const KINDS: readonly (FunctionKind & { readonly file: string })[] = [
  { file: 'bootstrap', runtime: 'provided.al2023', handler: 'bootstrap' },
  { file: 'index.mjs', runtime: 'nodejs24.x', handler: 'index.handler' },
  { file: 'index.js', runtime: 'nodejs24.x', handler: 'index.handler' },
  { file: 'index.cjs', runtime: 'nodejs24.x', handler: 'index.handler' },
  { file: 'lambda_function.py', runtime: 'python3.12', handler: 'lambda_function.lambda_handler' },
  { file: 'app.py', runtime: 'python3.12', handler: 'app.handler' },
  { file: 'lambda_function.rb', runtime: 'ruby3.4', handler: 'lambda_function.lambda_handler' },
  { file: 'index.py', runtime: 'python3.12', handler: 'index.handler' },
];

const ARCHIVE_NAME = /\.(zip|jar)$/i;
const JAVA_NAME = /\.(jar|class)$/i;

/** Whether a path is that of an archive, by its name. */
export function isArchiveName(path: string): boolean {
  return ARCHIVE_NAME.test(path);
}

/** What a function is called whose code is there: the folder's name, or the archive's without its ending. */
export function withoutEnding(name: string): string {
  return name.replace(ARCHIVE_NAME, '');
}

/**
 * What a folder or an archive holds, but for what was said of it.
 * @param archive what lies at `path`, where that is an archive
 * @throws CliError where neither tells it
 */
export async function kindOf(
  said: Partial<FunctionKind>,
  path: string,
  archive?: Uint8Array,
): Promise<FunctionKind> {
  const { runtime, handler } = said;
  if (runtime !== undefined && handler !== undefined) return { runtime, handler };
  const files = archive === undefined ? undefined : await filesOf(path, archive);
  const isThere = (file: string): boolean => files?.includes(file) ?? existsSync(join(path, file));
  const kind = KINDS.find(({ file }) => isThere(file));
  if (kind !== undefined) return { ...kind, ...said };
  throw new CliError(`${path} ${whyUnknown(files)}`);
}

async function filesOf(path: string, archive: Uint8Array): Promise<readonly string[]> {
  try {
    return await listArchive(archive);
  } catch (error) {
    throw new CliError(`${path} is no zip archive, or a damaged one.`, { cause: error });
  }
}

function whyUnknown(files: readonly string[] | undefined): string {
  if (files?.some((file) => JAVA_NAME.test(file)) === true) {
    return 'holds Java. Say --runtime and --handler, such as java21 and example.Hello::handleRequest.';
  }
  const known = KINDS.map(({ file }) => file);
  const inside = files?.find((file) => known.some((name) => file.endsWith(`/${name}`)));
  return inside === undefined
    ? `holds none of ${known.join(', ')}. Say --runtime and --handler.`
    : `holds ${inside}, and nothing like it at its top, where Lambda looks. Pack what is in the folder, not the folder.`;
}
