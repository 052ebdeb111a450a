import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, parseJson } from '#kernel/json.ts';
import { CliError } from './errors.ts';

/** What a client needs to talk to a server; the file `credentials.json` of its data directory. */
export interface ServerCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly endpoint: string;
  readonly accountId: string;
  /** Root credentials of the server's further accounts. */
  readonly accounts?: readonly AccountCredentials[];
}

export interface AccountCredentials {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const KEYS = ['accessKeyId', 'secretAccessKey', 'region', 'endpoint', 'accountId'] as const;

export interface ServerChoice {
  readonly dataDir: string;
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
  const path = join(dataDir, 'credentials.json');
  const value = parseJson(readText(path));
  if (!isObject(value) || !KEYS.every((key) => typeof value[key] === 'string')) {
    throw new CliError(
      `${path} is damaged. Stop the server, delete the file, and run \`hearth up\` again.`,
    );
  }
  // Each key was seen to be a string above.
  const first = value as unknown as ServerCredentials;
  const credentials = accountId === undefined ? first : ofAccount(first, accountId);
  return endpoint === undefined ? credentials : { ...credentials, endpoint };
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
    const isDenied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    throw new CliError(
      isDenied
        ? `${path} belongs to another user. Run this as the user who runs \`hearth up\`.`
        : `There is no server's data at ${path}. Start one with \`hearth up\`, or name its folder with --data-dir.`,
      { cause: error },
    );
  }
}
