import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { followFolder } from './follow-folder.ts';

describe('a followed folder', { timeout: 30_000 }, () => {
  let root: string;
  let folder: string;
  let change: PromiseWithResolvers<void>;
  let following: Disposable | undefined;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hearth-follow-'));
    folder = join(root, 'built');
    mkdirSync(folder);
    change = Promise.withResolvers();
  });
  afterEach(() => {
    following?.[Symbol.dispose]();
    rmSync(root, { recursive: true, force: true });
  });

  const onChange = (): void => change.resolve();

  /** Resolves with the next change that is told after `work`. */
  async function told(work: () => void): Promise<void> {
    change = Promise.withResolvers();
    work();
    await change.promise;
  }

  it('is watched again when it was taken away and made anew', async () => {
    following = await followFolder(folder, onChange);
    await told(() => rmSync(folder, { recursive: true }));
    await told(() => mkdirSync(folder));
    await told(() => writeFileSync(join(folder, 'a.js'), 'a'));
    await told(() => mkdirSync(join(folder, 'deep/er'), { recursive: true }));
    await told(() => writeFileSync(join(folder, 'deep/er/a.js'), 'a'));
  });

  it('may be named by a link', async () => {
    symlinkSync(folder, join(root, 'link'));
    following = await followFolder(join(root, 'link'), onChange);
    await told(() => writeFileSync(join(folder, 'a.js'), 'a'));
  });

  it('tells nothing once it is let go', async () => {
    const followed = await followFolder(folder, () => assert.fail('told'));
    followed[Symbol.dispose]();
    writeFileSync(join(folder, 'a.js'), 'a');
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
  });
});
