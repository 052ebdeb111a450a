import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accountOfAccessKey } from '#kernel/credential-ids.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { CliError } from './errors.ts';

/** What a client needs to talk to a server; the file `credentials.json` of its data directory. */
export interface ServerCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly endpoint: string;
  readonly accountId: string;
  /** Of a role's session. */
  readonly sessionToken?: string;
  /** Root credentials of the server's further accounts. */
  readonly accounts?: readonly AccountCredentials[];
}

export interface AccountCredentials {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const DATA_DIR = '.hearth';
const ACCOUNT_DEFAULT = '000000000000';
const FILE = 'credentials.json';
const KEYS = ['accessKeyId', 'secretAccessKey', 'region', 'endpoint', 'accountId'] as const;

export interface ServerChoice {
  /** Where none is named it is looked for: see `findCredentials`. */
  readonly dataDir?: string | undefined;
  /** Another address than the one that the server told. */
  readonly endpoint?: string | undefined;
  /** One of the server's further accounts. */
  readonly accountId?: string | undefined;
}

/**
 * Reads what `hearth up` wrote for its owner alone.
 * @throws CliError where there is no such file or account, or it may not be read
 */
export function readServerCredentials(choice: ServerChoice): ServerCredentials {
  const { dataDir, endpoint, accountId } = choice;
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw new CliError(`--endpoint takes a URL such as http://127.0.0.1:4566, not ${endpoint}.`);
  }
  const first = dataDir === undefined ? findCredentials() : readCredentials(dataDir);
  const credentials = accountId === undefined ? first : ofAccount(first, accountId);
  return endpoint === undefined ? credentials : { ...credentials, endpoint };
}

/**
 * Those of the data directory in `HEARTH_DATA_DIR`, else of a `.hearth` here or in a folder above, else those that
 * every AWS client takes, where they come with an endpoint.
 */
function findCredentials(): ServerCredentials {
  const { HEARTH_DATA_DIR: named } = process.env;
  if (named !== undefined && named !== '') return readCredentials(named);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const dataDir = join(folder, DATA_DIR);
    const text = readOwn(dataDir);
    if (text !== undefined) return parseCredentials(join(dataDir, FILE), text);
    if (folder === dirname(folder)) break;
  }
  const found = fromVariables();
  if (found !== undefined) return found;
  throw isThere(join(DATA_DIR, FILE)) ? new CliError(FOREIGN) : noServer(join(DATA_DIR, FILE));
}

/** Whoever may be deceived by what stands there says that it is meant. */
const FOREIGN =
  `${join(DATA_DIR, FILE)} belongs to another user. Run this as the user who runs \`hearth up\`, ` +
  `or say --data-dir ${DATA_DIR} where that server is meant.`;

/** A folder that may not be looked into is somebody's, too. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path) !== undefined;
  } catch (error) {
    return isDenied(error);
  }
}

/**
 * What somebody else left in a folder above, in /tmp, is nobody's server, nor is what somebody's link leads to. The file
 * that is looked at is the one that is read, whatever stands at its path by then.
 */
function readOwn(dataDir: string): string | undefined {
  const uid = process.getuid?.();
  try {
    if (lstatSync(dataDir).uid !== uid) return undefined;
    // A pipe would be waited for.
    const file = openSync(join(dataDir, FILE), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = fstatSync(file);
      return found.isFile() && found.uid === uid ? readFileSync(file, 'utf8') : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function fromVariables(): ServerCredentials | undefined {
  const { env } = process;
  const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: accessKeyId } = env;
  const { AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  if (!endpoint || !accessKeyId || !secretAccessKey) return undefined;
  // A server that believes everybody takes keys of any shape.
  const accountId = accountOfAccessKey(accessKeyId) ?? ACCOUNT_DEFAULT;
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const session = sessionToken ? { sessionToken } : {};
  return { accessKeyId, secretAccessKey, region, endpoint, accountId, ...session };
}

function readCredentials(dataDir: string): ServerCredentials {
  const path = join(dataDir, FILE);
  return parseCredentials(path, readText(path));
}

/** @throws CliError where it is none of ours */
function parseCredentials(path: string, text: string): ServerCredentials {
  const value = parseJson(text);
  if (!isObject(value) || !KEYS.every((key) => typeof value[key] === 'string')) {
    throw new CliError(
      `${path} is damaged. Stop the server, delete the file, and run \`hearth up\` again.`,
    );
  }
  // Each key was seen to be a string above.
  return value as unknown as ServerCredentials;
}

function ofAccount(first: ServerCredentials, accountId: string): ServerCredentials {
  const all = [first, ...(first.accounts ?? [])];
  const found = all.find((one) => one.accountId === accountId);
  if (found !== undefined) return { ...first, ...found };
  throw new CliError(
    `--account takes ${all.map((one) => one.accountId).join(', ')}, not ${accountId}. ` +
      'Start the server with --further-account-ids to have another.',
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!isDenied(error)) throw noServer(path, error);
    throw new CliError(
      `${path} belongs to another user. Run this as the user who runs \`hearth up\`.`,
      { cause: error },
    );
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EACCES';
}

function noServer(path: string, cause?: unknown): CliError {
  return new CliError(
    `There is no server's data at ${path}. Start one with \`hearth up\`, name its folder with --data-dir, ` +
      'or set AWS_ENDPOINT_URL with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    { cause },
  );
}
