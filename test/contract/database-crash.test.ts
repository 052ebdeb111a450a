/** What SQLite's adapter promises beyond the port: crashes, checkpoints, the lock of the data directory. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { DataDirectoryInUse, lockDataDirectory, openDatabase } from '#adapters/sqlite/index.ts';

const place = mkdtempSync(join(tmpdir(), 'hearth-crash-'));
after(() => {
  rmSync(place, { recursive: true });
});

/** Runs the writer until it has acknowledged `count` times, then kills it; answers what it acknowledged. */
async function writeAndKill(path: string, name: string, count: number): Promise<string[]> {
  const program = new URL('./acknowledging-writer.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, path, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let lines = 0;
  for await (const chunk of child.stdout) {
    output += String(chunk);
    lines = output.split('\n').length - 1;
    if (lines >= count) child.kill('SIGKILL');
  }
  return output.split('\n').slice(0, lines);
}

describe('A killed writer', () => {
  it('leaves everything that it had acknowledged, however often it is killed', async () => {
    const path = join(place, 'crash.db');
    const acknowledged: string[] = [];
    for (const [round, count] of [1, 300, 2000].entries()) {
      acknowledged.push(...(await writeAndKill(path, `round${round}`, count)));
    }
    assert.ok(acknowledged.length >= 2301);
    await using database = await openDatabase({ path });
    const rows = await database.read((queries) =>
      queries.all<{ id: string }>('SELECT id FROM ack'),
    );
    const found = new Set(rows.map(({ id }) => id));
    assert.deepEqual(
      acknowledged.filter((id) => !found.has(id)),
      [],
    );
    const check = await database.transact((tx) => tx.get('PRAGMA integrity_check'));
    assert.deepEqual({ ...check }, { integrity_check: 'ok' });
  });
});

describe('A checkpoint', () => {
  it('bounds the log while writers go on, and loses nothing', async () => {
    const path = join(place, 'checkpoint.db');
    await using database = await openDatabase({ path, checkpointFramesMax: 64 });
    await database.migrate({
      name: 'c',
      steps: ['CREATE TABLE c (id INTEGER PRIMARY KEY, content BYTEA)'],
    });
    const content = new Uint8Array(2000);
    const lane = async (number: number): Promise<void> => {
      for (let n = 0; n < 2000; n += 1) {
        await database.transact((tx) =>
          tx.run('INSERT INTO c VALUES ($1, $2)', n * 8 + number, content),
        );
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, number) => lane(number)));
    const count = await database.read((queries) =>
      queries.get<{ n: number }>('SELECT count(*) AS n FROM c'),
    );
    assert.equal(count?.n, 16_000);
    assert.ok(
      statSync(path).size > 4_000_000,
      'pages were carried over while the database was open',
    );
    const logBytes = statSync(`${path}-wal`).size;
    // Without a checkpoint it would have 50 MB; how much it has follows from when the thread gets a core.
    assert.ok(logBytes < 40_000_000, `the log has ${logBytes} bytes`);
  });
});

describe('The lock of a data directory', () => {
  it('refuses a second server and names the first, until that has gone', async () => {
    const directory = join(place, 'data');
    {
      await using _lock = await lockDataDirectory(directory);
      await assert.rejects(lockDataDirectory(directory), (error: Error) => {
        assert.ok(error instanceof DataDirectoryInUse);
        assert.match(error.message, new RegExp(`in use by the process ${process.pid}:`));
        return true;
      });
    }
    await using _again = await lockDataDirectory(directory);
  });

  it('is freed by the kernel when its holder is killed', async () => {
    const directory = join(place, 'killed');
    const program = `
      import { lockDataDirectory } from '${new URL('../../src/adapters/sqlite/index.ts', import.meta.url).href}';
      await lockDataDirectory(process.argv[1]);
      console.log('locked');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, directory]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await assert.rejects(lockDataDirectory(directory), new RegExp(`the process ${child.pid}:`));
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    await using _lock = await lockDataDirectory(directory);
  });
});
