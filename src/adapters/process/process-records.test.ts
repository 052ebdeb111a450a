import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ProcessRecords } from './process-records.ts';

test('what a killed server left ends at the next start, standing still or not; others go on', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'hearth-records-'));
  const start = () => spawn('/bin/sh', ['-c', 'sleep 600 & wait'], { detached: true });
  const left = start();
  const other = start();
  const records = await ProcessRecords.open(directory);
  records.add('left', left.pid ?? 0);
  records.add('ended', 2 ** 22 + 1);
  // A number that was given anew: the record's process began at another time.
  writeFileSync(path.join(directory, 'anew.process'), `${other.pid} 1`);
  left.kill('SIGSTOP');

  const exited = once(left, 'exit');
  await ProcessRecords.open(directory);
  await exited;
  assert.equal(left.signalCode, 'SIGKILL');
  assert.ok(existsSync(`/proc/${other.pid}/stat`));
  assert.doesNotMatch(readFileSync(`/proc/${other.pid}/stat`, 'utf8'), /\) Z /);
  assert.deepEqual(readdirSync(directory), []);
  process.kill(-(other.pid ?? 0), 'SIGKILL');
  rmSync(directory, { recursive: true });
});
