import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type PeerProgram } from './peer.ts';

const NPM_PACKAGES = ['osls@4.3.1', 'serverless-offline@14.8.2'];
const CONFIGURATION =
  'service: peers\nprovider: { name: aws, runtime: nodejs22.x }\nplugins: [serverless-offline]\n' +
  'functions: { hello: { handler: index.handler } }\n';

/** serverless-offline, which runs handlers in threads of its own; or why there is none. */
export async function prepareServerless(directory: string): Promise<PeerProgram | string> {
  const install = ['install', '--no-audit', '--no-fund', '--silent', '--prefix', directory];
  const { status } = spawnSync('npm', [...install, ...NPM_PACKAGES], { timeout: 180_000 });
  if (status !== 0) return 'serverless-offline: npm could not install it';
  writeFileSync(join(directory, 'serverless.yml'), CONFIGURATION);
  const port = await freePort();
  const ports = ['--lambdaPort', String(port), '--httpPort', String(await freePort())];
  const program = join(directory, 'node_modules/.bin/osls');
  return {
    name: 'serverless-offline',
    functionName: 'peers-dev-hello',
    command: [process.execPath, program, 'offline', ...ports, '--noTimeout'],
    environment: { SLS_TELEMETRY_DISABLED: '1' },
    directory,
    port,
  };
}
