/** boto3 and the AWS CLI, unmodified, with nothing but endpoint and credentials set. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startServer, type ExampleServer } from '../../../examples/server.ts';
import { skipsWithout, tell } from './python-client.ts';

const TIMEOUT_MS = 120_000;
let server: ExampleServer;

describe('the clients in Python', { timeout: 3 * TIMEOUT_MS }, () => {
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  it('boto3: buckets, tables, functions, events, logs, errors', (t) => {
    if (skipsWithout('python', t)) return;
    const steps = tell(server, ['python', join(import.meta.dirname, 'boto3-story.py')], TIMEOUT_MS)
      .trim()
      .split('\n');
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
    const steps = tell(
      server,
      ['sh', join(import.meta.dirname, 'command-line-story.sh'), folder],
      TIMEOUT_MS,
    )
      .trim()
      .split('\n');
    assert.deepEqual(steps, ['identity', 'objects', 'items', 'invoke', 'queue', 'logs', 'errors']);
  });
});
