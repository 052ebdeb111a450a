import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  lchownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { readServerCredentials } from './server-credentials.ts';

const NEEDS_ROOT = process.getuid?.() === 0 ? false : 'needs root';
const NOBODY = 65_534;
const home = process.cwd();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hearth-credentials-')));
const below = join(folder, 'below');
const elsewhere = join(folder, 'elsewhere');

function write(dataDir: string, accessKeyId: string): void {
  mkdirSync(dataDir, { recursive: true });
  const others = { secretAccessKey: 's', region: 'r', endpoint: 'http://e', accountId: '1' };
  writeFileSync(join(dataDir, 'credentials.json'), JSON.stringify({ accessKeyId, ...others }));
}

before(() => {
  delete process.env['HEARTH_DATA_DIR'];
  delete process.env['AWS_ENDPOINT_URL'];
  write(join(folder, '.hearth'), 'above');
  write(elsewhere, 'elsewhere');
});

beforeEach(() => {
  process.chdir(folder);
  rmSync(below, { recursive: true, force: true });
  mkdirSync(below);
  process.chdir(below);
});

after(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const keyFound = (): string => readServerCredentials({}).accessKeyId;

test('the nearest data directory is taken, by a link of the user’s own, too', () => {
  assert.equal(keyFound(), 'above');
  symlinkSync(elsewhere, '.hearth');
  assert.equal(keyFound(), 'elsewhere');
});

test(
  'a link of somebody else is not followed to a file of the user’s own',
  { skip: NEEDS_ROOT },
  () => {
    symlinkSync(elsewhere, '.hearth');
    lchownSync('.hearth', NOBODY, NOBODY);
    assert.equal(keyFound(), 'above');
  },
);

test('a file of somebody else is passed over', { skip: NEEDS_ROOT }, () => {
  write('.hearth', 'theirs');
  lchownSync('.hearth/credentials.json', NOBODY, NOBODY);
  assert.equal(keyFound(), 'above');
});

test(
  'a file of somebody else in the current folder is read only where it is named',
  { skip: NEEDS_ROOT },
  () => {
    write('.hearth', 'theirs');
    lchownSync('.hearth/credentials.json', NOBODY, NOBODY);
    renameSync(join(folder, '.hearth'), join(folder, 'aside'));
    try {
      assert.throws(keyFound, /belongs to another user\..* say --data-dir \.hearth/);
      assert.equal(readServerCredentials({ dataDir: '.hearth' }).accessKeyId, 'theirs');
      rmSync('.hearth', { recursive: true });
      assert.throws(keyFound, /There is no server's data at \.hearth/);
    } finally {
      renameSync(join(folder, 'aside'), join(folder, '.hearth'));
    }
  },
);

test('what is no file is passed over: a pipe is not waited for', () => {
  mkdirSync('.hearth');
  assert.equal(spawnSync('mkfifo', ['.hearth/credentials.json']).status, 0);
  assert.equal(keyFound(), 'above');
});
