/** From a save to the answer of the new code: `hearth deploy --watch`, and a function whose code is the folder itself. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { invoke } from './functions.ts';
import { printRow, summarise } from './measure.ts';

const HEARTH = resolve(import.meta.dirname, '../bin/hearth');
const SAVES = 20;
const WARM_UP = 2;
/** A person does not save more often. */
const PAUSE_MS = 400;
/** Between two invocations that look for the new code. */
const LOOK_MS = 2;

/** Measures each way with a folder of one file, and with one of 300 beside it. */
export async function benchWatch(bench: Bench): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'hearth-bench-'));
  try {
    for (const files of [1, 301]) {
      for (const flag of ['--watch', '--mount']) {
        const name = `saved-${files}-${flag.slice(2)}`;
        const folder = makeFolder(join(root, name), files);
        await using _deployed = await deploy(bench, folder, flag);
        await benchSaves(bench, { name, folder, row: `deploy ${flag}, files: ${files}` });
      }
    }
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** One file with the function, and others beside it. */
function makeFolder(folder: string, files: number): string {
  mkdirSync(folder);
  for (let count = 1; count < files; count += 1) {
    writeFileSync(join(folder, `${count}.js`), `// ${count}\n`.repeat(800));
  }
  return folder;
}

async function benchSaves(
  { send }: Bench,
  { name, folder, row }: { readonly name: string; readonly folder: string; readonly row: string },
): Promise<void> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  for (let count = 1; count <= WARM_UP + SAVES; count += 1) {
    await sleep(PAUSE_MS);
    const savedAt = performance.now();
    save(folder, count);
    while ((await invoke(send, name, {})).toString() !== String(count)) await sleep(LOOK_MS);
    if (count > WARM_UP) latencies.push(performance.now() - savedAt);
  }
  printRow(row, summarise(latencies, 0, performance.now() - startedAt));
}

function save(folder: string, count: number): void {
  writeFileSync(join(folder, 'index.mjs'), `export const handler = async () => ${count};`);
}

/** Deploys the folder; with `--watch` until it is disposed of. */
async function deploy({ server }: Bench, folder: string, flag: string): Promise<AsyncDisposable> {
  save(folder, 0);
  const child = spawn(HEARTH, ['deploy', folder, flag, '--data-dir', server.dataDir], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'exit');
  while (!said.includes('watching') && child.exitCode === null) await sleep(20);
  if (child.exitCode !== null && child.exitCode !== 0) throw new Error(said);
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}
