import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConnectionBudget } from './connection-budget.ts';
import { PreparedSandbox } from './prepared-sandbox.ts';

test('gives out what came before its user, in order: output and connections', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hearth-pipes-'));
  const paths = ['out', 'error'].map((name) => join(directory, name));
  execFileSync('mkfifo', paths);
  const ends = paths.map((path) => openSync(path, constants.O_RDWR));
  const prepared = new PreparedSandbox(paths, new ConnectionBudget(1024).share());
  const listener = createServer();
  prepared.addListener(9001, listener);
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const connection = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  await once(listener, 'connection');
  writeSync(ends[0] ?? -1, 'first ');
  // The server has read it once a later turn of the loop comes.
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));

  const told: string[] = [];
  prepared.attach({
    onOutput: (output, chunk) => void told.push(`${output}: ${Buffer.from(chunk).toString()}`),
    onConnection: (port, taken) => {
      told.push(`connection: ${port}`);
      taken.end('hello');
    },
  });
  writeSync(ends[0] ?? -1, 'second');
  ends.forEach((end) => closeSync(end));
  await prepared.outputEnded;
  const [greeting] = (await once(connection, 'data')) as [Buffer];
  assert.equal(greeting.toString(), 'hello');
  assert.deepEqual(told.sort(), ['connection: 9001', 'stdout: first ', 'stdout: second']);
  prepared.close();
  rmSync(directory, { recursive: true });
});

test('has given out what was in its pipes when it was made, though they stay open', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hearth-pipes-'));
  const paths = ['out', 'error'].map((name) => join(directory, name));
  execFileSync('mkfifo', paths);
  const ends = paths.map((path) => openSync(path, constants.O_RDWR));
  ends.forEach((end, index) => writeSync(end, `early ${index}`));
  const told: string[] = [];
  // As for a frame of the launcher: amid the events of one turn of the loop.
  await readFile(import.meta.filename);
  const prepared = new PreparedSandbox(paths, new ConnectionBudget(1024).share());
  prepared.attach({
    onOutput: (output, chunk) => void told.push(`${output}: ${Buffer.from(chunk).toString()}`),
    onConnection: (_, connection) => connection.destroy(),
  });
  prepared.readOutput();
  const inTime = told.toSorted();
  ends.forEach((end) => closeSync(end));
  prepared.close();
  rmSync(directory, { recursive: true });
  assert.deepEqual(inTime, ['stderr: early 1', 'stdout: early 0']);
});

test('has given out what was written since the loop last looked at its pipes', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hearth-pipes-'));
  const paths = ['out', 'error'].map((name) => join(directory, name));
  execFileSync('mkfifo', paths);
  const ends = paths.map((path) => openSync(path, constants.O_RDWR));
  const told: string[] = [];
  const prepared = new PreparedSandbox(paths, new ConnectionBudget(1024).share());
  prepared.attach({
    onOutput: (output, chunk) => void told.push(`${output}: ${Buffer.from(chunk).toString()}`),
    onConnection: (_, connection) => connection.destroy(),
  });
  prepared.readOutput();
  // As where a frame of the launcher comes amid the events of one turn of the loop.
  await readFile(import.meta.filename);
  ends.forEach((end, index) => writeSync(end, `late ${index}`));
  prepared.readOutput();
  const inTime = told.toSorted();
  ends.forEach((end) => closeSync(end));
  prepared.close();
  rmSync(directory, { recursive: true });
  assert.deepEqual(inTime, ['stderr: late 1', 'stdout: late 0']);
});
