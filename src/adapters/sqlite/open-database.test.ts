import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { openDatabase } from './index.ts';

it('lets nobody but the owner read the store, also in a directory that is open to all', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'hearth-mode-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'hearth.db');
  await using _database = await openDatabase({ path });
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    assert.equal(statSync(file).mode & 0o777, 0o600, file);
  }
});
