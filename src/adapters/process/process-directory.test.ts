import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
});
