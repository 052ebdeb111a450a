/** DynamoDB through boto3, where this machine has it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { serveDynamodb } from './dynamodb-harness.ts';

const run = promisify(execFile);

test('boto3’s resources write, query and page', async (t) => {
  const hasBoto3 = await run('python3', ['-c', 'import boto3']).then(
    () => true,
    () => false,
  );
  if (!hasBoto3) {
    t.skip('SKIPPED: python3 has no boto3; DynamoDB was not tried through it');
    return;
  }
  await using server = await serveDynamodb();
  const script = new URL('dynamodb-boto3.py', import.meta.url).pathname;
  const { stdout } = await run('python3', [script, server.endpoint], { timeout: 60_000 });
  assert.equal(stdout, 'ok\n');
});
