/** boto3 and the AWS CLI, unmodified, with nothing but endpoint and credentials set. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { startServer, type ExampleServer } from '../../../examples/server.ts';

const BIN = resolve(import.meta.dirname, '../../../.cache/python/bin');
const TIMEOUT_MS = 120_000;
let server: ExampleServer;

/** Runs a client's story; answers the steps that held. */
function tell(program: string, ...parameters: readonly string[]): string[] {
  const { accessKeyId, secretAccessKey } = server.credentials;
  const ran = spawnSync(program, parameters, {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    env: {
      PATH: `${BIN}:${process.env['PATH'] ?? ''}`,
      HOME: tmpdir(),
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
    },
  });
  assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  return ran.stdout.trim().split('\n');
}

function skipsWithout(program: string, t: TestContext): boolean {
  if (existsSync(join(BIN, program))) return false;
  t.skip(`${program} is not installed: bin/set-up test brings it from PyPI`);
  return true;
}

describe('the clients in Python', { timeout: 3 * TIMEOUT_MS }, () => {
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  it('boto3: buckets, tables, functions, events, logs, errors', (t) => {
    if (skipsWithout('python', t)) return;
    const steps = tell('python', join(import.meta.dirname, 'boto3-story.py'));
    assert.deepEqual(steps, [
      'identity',
      'objects',
      'multipart',
      'items',
      'invoke',
      'failure',
      'event',
      'logs',
      'errors',
    ]);
  });

  it('the AWS CLI: buckets, tables, functions, queues, logs, errors', (t) => {
    if (skipsWithout('aws', t)) return;
    const folder = mkdtempSync(join(tmpdir(), 'hearth-cli-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const steps = tell('sh', join(import.meta.dirname, 'command-line-story.sh'), folder);
    assert.deepEqual(steps, ['identity', 'objects', 'items', 'invoke', 'queue', 'logs', 'errors']);
  });
});
