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

/**
 * Reads what `hearth up` wrote for its owner alone.
 * @throws CliError where there is no such file, or it may not be read
 */
export function readServerCredentials(dataDir: string, endpoint?: string): ServerCredentials {
  const path = join(dataDir, 'credentials.json');
  const value = parseJson(readText(path));
  if (!isObject(value) || !KEYS.every((key) => typeof value[key] === 'string')) {
    throw new CliError(
      `${path} is damaged. Stop the server, delete the file, and run \`hearth up\` again.`,
    );
  }
  // Each key was seen to be a string above.
  const credentials = value as unknown as ServerCredentials;
  return endpoint === undefined ? credentials : { ...credentials, endpoint };
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
