/** Every operation of Lambda's model through boto3, with right and wrong input; a part through the AWS CLI. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { lambda } from '#aws/models/lambda.gen.ts';
import { UNSUPPORTED_OPERATIONS } from '#lambda/control/index.ts';
import { startServer, type ExampleServer } from '../../../examples/server.ts';
import { zipOf } from '../../e2e/clients.ts';
import { skipsWithout, tell } from './python-client.ts';

const TIMEOUT_MS = 300_000;
let server: ExampleServer;

describe('the operations of Lambda', { timeout: 2 * TIMEOUT_MS }, () => {
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  it('boto3 calls every one that is built, and is told every kind of mistake', (t) => {
    if (skipsWithout('python', t)) return;
    // What the script prints at its end.
    const { right, wrong } = JSON.parse(
      tell(server, ['python', join(import.meta.dirname, 'lambda-operations.py')], TIMEOUT_MS),
    ) as { right: string[]; wrong: Record<string, string> };
    const built = lambda.operationNames().filter((name) => !(name in UNSUPPORTED_OPERATIONS));
    assert.deepEqual(right, built.toSorted());
    // GetAccountSettings takes nothing that could be wrong.
    const fallible = built.filter((name) => name !== 'GetAccountSettings');
    assert.deepEqual(Object.keys(wrong).toSorted(), fallible.toSorted());
  });

  it('the AWS CLI does a part of them', async (t) => {
    if (skipsWithout('aws', t)) return;
    const folder = mkdtempSync(join(tmpdir(), 'hearth-cli-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const code = 'export const handler = async (event) => event;';
    writeFileSync(join(folder, 'code.zip'), await zipOf({ 'index.mjs': code }));
    const said = tell(
      server,
      ['sh', join(import.meta.dirname, 'lambda-operations.sh'), folder],
      TIMEOUT_MS,
    );
    assert.deepEqual(said.trim().split('\n'), [
      'cli',
      '1',
      'live',
      '1',
      '{"a":"b"}',
      '3',
      '$LATEST\t1',
      'gone',
    ]);
  });
});
