import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIB } from '#kernel/units.ts';
import { planZip } from './zip-plan.ts';

const LIMITS = { bytesMax: MIB, entriesMax: 10_000 };
const ENTRY_HEAD_BYTES = 46;
const END_BYTES = 22;
const UNIX = 0x03_1e;

/** The directory of an archive whose files are empty, and are not there. */
function directoryOf(names: readonly string[]): Buffer {
  const entries = names.map((name) => {
    const bytes = Buffer.from(name);
    const head = Buffer.alloc(ENTRY_HEAD_BYTES);
    head.writeUInt32LE(0x02_01_4b_50, 0);
    head.writeUInt16LE(UNIX, 4);
    head.writeUInt16LE(bytes.length, 28);
    return Buffer.concat([head, bytes]);
  });
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(names.length, 8);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(directory.length, 12);
  return Buffer.concat([directory, end]);
}

test('directories that only names imply are there, parents first', async () => {
  const { directories, files } = await planZip(
    directoryOf(['a/b/c', 'a/b/d/e', 'f', 'g/']),
    LIMITS,
  );
  assert.deepEqual(directories, ['a', 'a/b', 'a/b/d', 'g']);
  assert.deepEqual(
    files.map(({ path }) => path),
    ['a/b/c', 'a/b/d/e', 'f'],
  );
});

test('a file is no directory, however far above', async () => {
  for (const names of [
    ['a/b', 'a/b/c/d/e'],
    ['a/b/c/d/e', 'a/b'],
  ]) {
    await assert.rejects(planZip(directoryOf(names), LIMITS), /a directory and something else/);
  }
});

test(
  'thousands of names that are a thousand directories deep are read',
  { timeout: 60_000 },
  async () => {
    const deep = 'a/'.repeat(1500);
    const names = Array.from({ length: 3000 }, (_, at) => `${deep}${at}`);
    const { directories, files } = await planZip(directoryOf(names), LIMITS);
    assert.deepEqual([directories.length, files.length], [1500, 3000]);
  },
);
