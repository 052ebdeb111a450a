/** Runs AWS's clients that are written in Python, unmodified, with nothing but endpoint and credentials set. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import type { ExampleServer } from '../../../examples/server.ts';

const BIN = resolve(import.meta.dirname, '../../../.cache/python/bin');

/** What a command printed, which ended well within `timeoutMs`. */
export function tell(server: ExampleServer, command: readonly string[], timeoutMs: number): string {
  const [program = '', ...parameters] = command;
  const ran = spawnSync(program, parameters, {
    encoding: 'utf8',
    timeout: timeoutMs,
    env: environmentOf(server),
  });
  assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  return ran.stdout;
}

/** All that a client in Python is told of a server. */
export function environmentOf({ endpoint, credentials }: ExampleServer): NodeJS.ProcessEnv {
  return {
    PATH: `${BIN}:${process.env['PATH'] ?? ''}`,
    HOME: tmpdir(),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_DEFAULT_REGION: 'us-east-1',
  };
}

/** Whether a test was skipped because the set-up could not bring `program`. */
export function skipsWithout(program: string, t: TestContext): boolean {
  if (existsSync(join(BIN, program))) return false;
  t.skip(`${program} is not installed: bin/set-up test brings it from PyPI`);
  return true;
}
