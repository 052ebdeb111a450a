/** S3 through boto3 and the AWS CLI, where this machine has them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startS3 } from './s3-harness.ts';

const run = promisify(execFile);

async function has(command: string, ...args: string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

test('boto3 transfers in parts, pages, waits and presigns', async (t) => {
  if (!(await has('python3', '-c', 'import boto3'))) {
    t.skip('SKIPPED: python3 has no boto3; S3 was not tried through it');
    return;
  }
  await using world = await startS3();
  const script = new URL('s3-boto3.py', import.meta.url).pathname;
  const { stdout } = await run('python3', [script, world.endpoint], { timeout: 60_000 });
  assert.equal(stdout, 'ok\n');
  assert.deepEqual(world.logged, []);
});

test('the AWS CLI synchronises a folder there and back', async (t) => {
  if (!(await has('aws', '--version'))) {
    t.skip('SKIPPED: there is no AWS CLI; S3 was not tried through it');
    return;
  }
  await using world = await startS3();
  const directory = await mkdtemp(join(tmpdir(), 'hearth-s3-'));
  const aws = (...args: string[]) =>
    run('aws', ['s3', ...args], {
      timeout: 60_000,
      env: {
        PATH: process.env['PATH'],
        HOME: directory,
        AWS_ACCESS_KEY_ID: 'AKIAOWNER',
        AWS_SECRET_ACCESS_KEY: 'secret/of/the+owner',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: world.endpoint,
      },
    });
  try {
    await writeFile(join(directory, 'x y+z.txt'), 'small');
    await writeFile(join(directory, 'large.bin'), Buffer.alloc(9_000_000, 'abc'));
    await aws('mb', 's3://cli-bucket');
    await aws('sync', directory, 's3://cli-bucket/there', '--no-progress', '--exclude', '.*');
    const { stdout } = await aws('ls', 's3://cli-bucket', '--recursive');
    assert.match(stdout, /9000000 there\/large\.bin\n.* 5 there\/x y\+z\.txt/);
    await aws('sync', 's3://cli-bucket/there', join(directory, 'back'), '--no-progress');
    assert.equal(await readFile(join(directory, 'back', 'x y+z.txt'), 'utf8'), 'small');
    const back = await readFile(join(directory, 'back', 'large.bin'));
    assert.ok(back.equals(Buffer.alloc(9_000_000, 'abc')));
    await aws('rb', 's3://cli-bucket', '--force');
    assert.deepEqual(world.logged, []);
  } finally {
    await rm(directory, { recursive: true });
  }
});
