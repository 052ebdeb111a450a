import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DataDirectoryUnusable, lockDataDirectory } from './lock-data-directory.ts';

test('says in a sentence why a folder cannot hold the data, and makes those above one that can', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-lock-'));
  try {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const refused = [
      [file, /cannot be used: it is a file, not a folder$/],
      [join(file, 'below'), /cannot be used: it stands below a file$/],
      // mkdir with `recursive` never came to an end there.
      ['/proc/hearth', /cannot be used: no folder can be made there$/],
    ] as const;
    for (const [path, sentence] of refused) {
      await assert.rejects(lockDataDirectory(path), (error) => {
        assert.ok(error instanceof DataDirectoryUnusable);
        assert.match(error.message, sentence);
        return error.message.includes(path);
      });
    }
    const deep = join(folder, 'a/b/c');
    await using _lock = await lockDataDirectory(deep);
    assert.equal(statSync(deep).mode & 0o777, 0o700);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
