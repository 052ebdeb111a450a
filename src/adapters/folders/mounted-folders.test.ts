import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FolderRefused } from '#ports/world/mounted-folders.ts';
import * as fc from 'fast-check';
import { openMountedFolders } from './mounted-folders.ts';

const NO_LOG = { debug() {}, info() {}, warn() {}, error() {} };

let writes = 0;

/** Does it where it can be done. */
function change(kind: string, source: string, target: string): void {
  try {
    if (kind === 'make') mkdirSync(source, { recursive: true });
    if (kind === 'write') writeFileSync(source, String((writes += 1)));
    if (kind === 'move') renameSync(source, target);
    if (kind === 'remove') rmSync(source, { recursive: true });
  } catch {
    // A file stands where a folder is needed, or nothing is there.
  }
}

/** All that is below a folder, as one text. */
function treeOf(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isFile() ? `${path} ${readFileSync(path, 'utf8')}` : path;
    })
    .sort()
    .join('\n');
}

describe('mounted folders', () => {
  let root: string;
  let folder: string;
  let folders: ReturnType<typeof openMountedFolders>;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hearth-folders-'));
    folder = join(root, 'code');
    mkdirSync(join(folder, 'lib/deep'), { recursive: true });
    writeFileSync(join(folder, 'lib/deep/a.js'), 'a');
    mkdirSync(join(root, 'data'));
    folders = openMountedFolders({
      log: NO_LOG,
      dataDirectory: join(root, 'data'),
      isReadByOthers: true,
    });
  });
  afterEach(() => {
    folders[Symbol.dispose]();
    rmSync(root, { recursive: true, force: true });
  });

  /** Whether the revision is another after `change`; asked at once, without waiting for any notice. */
  async function isSeen(change: () => void): Promise<boolean> {
    const before = await folders.revision(folder);
    change();
    return (await folders.revision(folder)) !== before;
  }

  it('answers the same while nothing changes', async () => {
    assert.equal(await isSeen(() => undefined), false);
  });

  it('answers another at once after a file was written, anywhere below', async () => {
    for (let count = 0; count < 50; count += 1) {
      const write = (): void => writeFileSync(join(folder, 'lib/deep/a.js'), String(count));
      assert.equal(await isSeen(write), true, String(count));
    }
  });

  it('sees what another process wrote before the question', async () => {
    const path = join(folder, 'lib/deep/a.js');
    assert.equal(await isSeen(() => execFileSync('sh', ['-c', `echo b > ${path}`])), true);
  });

  it('sees a file that editors put in the place of another', async () => {
    const replace = (): void => {
      writeFileSync(join(folder, 'new'), 'b');
      renameSync(join(folder, 'new'), join(folder, 'lib/deep/a.js'));
    };
    assert.equal(await isSeen(replace), true);
    assert.equal(await isSeen(replace), true);
  });

  it('sees files that come and go, and changes in folders that came later', async () => {
    assert.equal(await isSeen(() => rmSync(join(folder, 'lib/deep/a.js'))), true);
    assert.equal(
      await isSeen(() => mkdirSync(join(folder, 'new/deep'), { recursive: true })),
      true,
    );
    assert.equal(await isSeen(() => writeFileSync(join(folder, 'new/deep/b.js'), 'b')), true);
    assert.equal(await isSeen(() => writeFileSync(join(folder, 'new/deep/b.js'), 'c')), true);
  });

  it('sees changes in a folder that was put in the place of another', async () => {
    const replace = (): void => {
      rmSync(join(folder, 'lib'), { recursive: true });
      mkdirSync(join(folder, 'lib'));
    };
    assert.equal(await isSeen(replace), true);
    assert.equal(await isSeen(() => writeFileSync(join(folder, 'lib/a.js'), 'c')), true);
  });

  it('sees that the folder itself was made anew', async () => {
    const replace = (): void => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    };
    assert.equal(await isSeen(replace), true);
    assert.equal(await isSeen(() => writeFileSync(join(folder, 'a.js'), 'c')), true);
  });

  it('misses no change, whatever is made, written, moved and taken away', async () => {
    const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 });
    const step = fc.record({
      kind: fc.constantFrom('make', 'write', 'move', 'remove'),
      path: path.map((names) => join(...names)),
      target: path.map((names) => join(...names)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        for (const { kind, path: source, target } of steps) {
          const before = [treeOf(folder), await folders.revision(folder)];
          change(kind, join(folder, source), join(folder, target));
          const after = [treeOf(folder), await folders.revision(folder)];
          if (before[0] !== after[0]) assert.notEqual(before[1], after[1], `${kind} ${source}`);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('takes no notice of what Git, Python and editors write on the side', async () => {
    mkdirSync(join(folder, '__pycache__'));
    mkdirSync(join(folder, '.git'));
    const write = (): void => {
      writeFileSync(join(folder, '__pycache__/a.pyc'), 'c');
      writeFileSync(join(folder, '.git/index'), 'c');
      writeFileSync(join(folder, '.a.js.swp'), 'c');
    };
    assert.equal(await isSeen(write), false);
  });

  it('tells of a change before it answers another revision', async () => {
    const told: string[] = [];
    using _listening = folders.onChange((path) => told.push(path));
    await folders.revision(folder);
    assert.deepEqual(told, []);
    writeFileSync(join(folder, 'a.js'), 'a');
    await folders.revision(folder);
    assert.deepEqual(new Set(told), new Set([folder]));
  });

  it('follows a link to a folder', async () => {
    symlinkSync(folder, join(root, 'link'));
    const before = await folders.revision(join(root, 'link'));
    writeFileSync(join(folder, 'a.js'), 'a');
    assert.notEqual(await folders.revision(join(root, 'link')), before);
  });

  it('refuses what no function can run from, and says what mends it', async () => {
    writeFileSync(join(root, 'file'), '');
    const refused = (path: string, message: RegExp): Promise<void> =>
      assert.rejects(folders.check(path), (error) => {
        assert.ok(error instanceof FolderRefused);
        assert.match(error.message, message);
        return true;
      });
    await refused(join(root, 'missing'), /missing is not there\.$/);
    await refused(join(root, 'file'), /file is no folder\.$/);
    await refused(join(root, 'file/below'), /below is no folder\.$/);
    await refused(join(root, 'data'), /holds the server's own data/);
    chmodSync(folder, 0o700);
    await refused(folder, /can be read by its owner alone.*chmod -R o\+rX/);
    chmodSync(folder, 0o755);
    await refused(root, /holds the server's own data.*--data-dir/);
    await refused('/', /holds the server's own data/);
    mkdirSync(join(root, 'data/code'));
    await refused(join(root, 'data/code'), /holds the server's own data/);
    await folders.check(folder);
  });
});
