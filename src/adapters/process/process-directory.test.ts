import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ProcessDirectory } from './process-directory.ts';

describe('the directory of a plain process', () => {
  let parent: string;
  let directory: ProcessDirectory;
  before(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'hearth-process-'));
    directory = await ProcessDirectory.make(path.join(parent, 'one'));
  });
  after(async () => {
    await directory[Symbol.asyncDispose]();
    await rm(parent, { recursive: true });
  });

  it('shows a mount at its target', async () => {
    await writeFile(path.join(parent, 'hello'), 'hello');
    await directory.link({ source: parent, target: '/var/task' });
    await directory.link({ source: path.join(parent, 'hello'), target: '/var/lang/bin/node' });
    assert.equal(await readFile(directory.inside('/var/task/hello'), 'utf8'), 'hello');
    assert.equal(await readFile(directory.inside('/var/lang/bin/node'), 'utf8'), 'hello');
  });

  it('translates the paths of sandboxes, alone and in lists, and nothing else', () => {
    const inside = directory.inside('/opt/bin:/usr/bin:/var/task:/optional:x/opt:/var/tasks');
    const at = directory.path;
    assert.equal(inside, `${at}/opt/bin:/usr/bin:${at}/var/task:/optional:x/opt:/var/tasks`);
    assert.deepEqual(directory.environmentInside({ A: '/opt', B: 'b' }), {
      A: `${at}/opt`,
      B: 'b',
    });
  });

  it('is taken away with what a function made of it that is deeper than paths are long', async () => {
    const made = await ProcessDirectory.make(path.join(parent, 'deep'));
    const name = 'd'.repeat(200);
    const script = `i=0; while [ $i -lt 40 ]; do mkdir ${name}; cd -P ./${name}; i=$((i+1)); done`;
    execFileSync('/bin/sh', ['-c', script], { cwd: made.path });
    await made[Symbol.asyncDispose]();
    assert.equal(existsSync(made.path), false);
  });

  it('is taken away with directories that nobody may enter', async (test) => {
    // Root may enter them all: whoever is root becomes somebody else, where that one may read this.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const may = (...question: readonly string[]): boolean =>
      spawnSync('/usr/bin/test', question, user).status === 0;
    if (!may('-r', import.meta.filename) || !may('-x', process.execPath)) {
      return test.skip('another user may not read this folder');
    }
    const place = await mkdtemp(path.join(tmpdir(), 'hearth-process-'));
    await chmod(place, 0o777);
    const program = `
      import { mkdirSync, chmodSync, existsSync } from 'node:fs';
      import { ProcessDirectory } from '${path.join(import.meta.dirname, 'process-directory.ts')}';
      const made = await ProcessDirectory.make('${path.join(place, 'locked')}');
      mkdirSync(made.path + '/tmp/a/b/c', { recursive: true });
      for (const name of ['a/b', 'a']) chmodSync(made.path + '/tmp/' + name, 0);
      await made[Symbol.asyncDispose]();
      process.exitCode = existsSync(made.path) ? 1 : 0;`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { ...user, encoding: 'utf8', cwd: import.meta.dirname },
    );
    await rm(place, { recursive: true });
    assert.equal(status, 0, stderr);
  });
});
