/** Developing: a save, and the next invocation runs the new code. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { startServer, type ExampleServer } from '../../examples/server.ts';
import { createClients, type Clients } from './clients.ts';

const HEARTH = resolve(import.meta.dirname, '../../bin/hearth');
const SAVES = 8;
/** Far beyond the 100 ms that a machine without other work keeps: it is busy while tests run. */
const DEADLINE_MS = 20_000;

describe('hearth deploy --watch', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-watch-'));
  const file = join(folder, 'saved/index.mjs');
  let server: ExampleServer;
  let lambda: Clients['lambda'];
  before(async () => {
    server = await startServer();
    ({ lambda } = createClients(server));
    mkdirSync(join(folder, 'saved'));
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const save = (count: number): void =>
    writeFileSync(file, `export const handler = async () => ${count};`);

  async function invoke(): Promise<string> {
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'saved' }));
    return Payload?.transformToString() ?? '';
  }

  it('runs the new code at the next invocation after a save', async (t) => {
    save(0);
    const words = ['deploy', 'saved', '--watch', '--data-dir', server.dataDir];
    const watcher = spawn(HEARTH, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    watcher.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    watcher.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    t.after(async () => {
      watcher.kill('SIGINT');
      await once(watcher, 'exit');
    });
    const isWatching = Date.now() + DEADLINE_MS;
    while (!said.includes('watching') && Date.now() < isWatching) await sleep(20);
    assert.equal(await invoke(), '0', said);
    const times: number[] = [];
    for (let count = 1; count <= SAVES; count += 1) {
      save(count);
      const savedAt = performance.now();
      while ((await invoke()) !== String(count)) {
        assert.ok(performance.now() - savedAt < DEADLINE_MS, said);
      }
      times.push(performance.now() - savedAt);
    }
    const shown = times.map((time) => time.toFixed(0)).join(', ');
    t.diagnostic(`from a save to the answer of the new code: ${shown} ms`);
  });
});
