/** The contract of the port DirectoryStore, over each adapter; and the trees that the one in files leaves. */
import assert from 'node:assert/strict';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { after, describe, it } from 'node:test';
import { array, assert as assertProperty, asyncProperty, nat, tuple } from 'fast-check';
import { ZipFile } from 'yazl';
import { openFileDirectoryStore } from '#adapters/files/index.ts';
import { MemoryDirectoryStore, SeededRandom } from '#adapters/simulated/index.ts';
import { collectBytes, utf8 } from '#kernel/bytes.ts';
import { ArchiveRefused } from '#ports/world/directory-store.ts';
import type { ArchiveLayer, DirectoryStore } from '#ports/world/directory-store.ts';
import { tarOf, type TarEntry } from '../support/tarball.ts';

const place = mkdtempSync(join(tmpdir(), 'hearth-directories-'));
after(() => {
  rmSync(place, { recursive: true });
});

const LIMITS = { bytesMax: 1_000_000, entriesMax: 50 };
const TIME = new Date('2026-03-04T05:06:08Z');

interface Target {
  readonly name: string;
  readonly make: () => { readonly store: DirectoryStore; readonly leftovers: () => string[] };
}

const TARGETS: readonly Target[] = [
  {
    name: 'files',
    make: () => {
      const directory = mkdtempSync(join(place, 'store-'));
      return {
        store: openFileDirectoryStore(directory),
        leftovers: () => readdirSync(join(directory, 'tmp')),
      };
    },
  },
  {
    name: 'memory',
    make: () => ({ store: new MemoryDirectoryStore(new SeededRandom(1)), leftovers: () => [] }),
  },
];

const PLACES = { directories: ['proc', 'tmp'], files: ['etc/hosts'] };

function layerOf(
  archive: Buffer,
  compression: ArchiveLayer['compression'] = 'none',
  change: (bytes: Buffer) => Buffer = (bytes) => bytes,
): ArchiveLayer {
  const compress = { none: (bytes: Buffer) => bytes, gzip: gzipSync, zstd: zstdCompressSync };
  const bytes = change(compress[compression](archive));
  return {
    compression,
    async *open() {
      yield new Uint8Array(bytes);
    },
  };
}

type Entry = {
  readonly path: string;
  readonly content?: string | Uint8Array;
  readonly mode?: number;
};

/** A zip archive; a path that ends with `/` is a directory. */
async function zip(...entries: readonly Entry[]): Promise<Buffer> {
  const file = new ZipFile();
  for (const { path, content = '', mode = 0o100644 } of entries) {
    if (path.endsWith('/')) file.addEmptyDirectory(path, { mtime: TIME });
    else file.addBuffer(Buffer.from(content), path, { mode, mtime: TIME });
  }
  file.end();
  return Buffer.from(
    await collectBytes(file.outputStream as unknown as AsyncIterable<Uint8Array>, 1e9),
  );
}

const link = (path: string, target: string): Entry => ({ path, content: target, mode: 0o120777 });

/** The archive with each occurrence of a text replaced by another as long. */
function patch(archive: Buffer, from: string, to: string): Buffer {
  assert.equal(from.length, to.length);
  return Buffer.from(archive.toString('latin1').replaceAll(from, to), 'latin1');
}

/** The archive with bytes of its only central directory record overwritten. */
function patchRecord(archive: Buffer, offset: number, value: number, bytes: 2 | 4): Buffer {
  const patched = Buffer.from(archive);
  const record = patched.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  if (bytes === 2) patched.writeUInt16LE(value, record + offset);
  else patched.writeUInt32LE(value, record + offset);
  return patched;
}

for (const { name, make } of TARGETS) {
  describe(`DirectoryStore: ${name}`, () => {
    const refuses = async (archive: Uint8Array, reason: string): Promise<void> => {
      const { store, leftovers } = make();
      await assert.rejects(store.unpackZip(archive, LIMITS), (error) => {
        assert.ok(error instanceof ArchiveRefused, String(error));
        assert.equal(error.reason, reason, error.message);
        return true;
      });
      assert.deepEqual([leftovers(), await Array.fromAsync(store.list())], [[], []]);
    };

    it('unpacks an archive and finds, lists and deletes its tree', async () => {
      const { store } = make();
      const stored = await store.unpackZip(
        await zip({ path: 'a.js', content: '12345' }, { path: 'b/c', content: 'x' }),
        LIMITS,
      );
      assert.equal(stored.bytes, 6);
      assert.deepEqual(await store.find(stored.id), stored);
      assert.deepEqual(await Array.fromAsync(store.list()), [stored.id]);
      await store.delete(stored.id);
      await store.delete(stored.id);
      assert.equal(await store.find(stored.id), undefined);
      assert.equal(await store.find('../etc'), undefined);
      assert.deepEqual(await Array.fromAsync(store.list()), []);
    });

    it('unpacks an empty archive', async () => {
      assert.equal((await make().store.unpackZip(await zip(), LIMITS)).bytes, 0);
    });

    it('refuses what is no zip, and a damaged one', async () => {
      await refuses(utf8('no zip at all, not even nearly so, by far'), 'malformed');
      await refuses(new Uint8Array(0), 'malformed');
      const archive = await zip({ path: 'a', content: 'content' });
      await refuses(archive.subarray(0, archive.byteLength - 5), 'malformed');
      await refuses(patchRecord(archive, 16, 0x12345678, 4), 'malformed');
    });

    it('takes exactly as many bytes as allowed', async () => {
      const content = new Uint8Array(LIMITS.bytesMax);
      const { store } = make();
      assert.equal(
        (await store.unpackZip(await zip({ path: 'a', content }), LIMITS)).bytes,
        LIMITS.bytesMax,
      );
      await refuses(await zip({ path: 'a', content }, { path: 'b', content: 'x' }), 'too-large');
    });

    it('refuses a bomb, whether its header is honest or lies', async () => {
      const bomb = await zip({ path: 'bomb', content: new Uint8Array(20_000_000) });
      await refuses(bomb, 'too-large');
      await refuses(patchRecord(bomb, 24, 10, 4), 'malformed');
      await refuses(patchRecord(bomb, 24, 900_000, 4), 'malformed');
    });

    it('takes exactly as many entries as allowed, counting implied directories', async () => {
      const files = (count: number) =>
        zip(...Array.from({ length: count }, (_, n) => ({ path: `d/${n}` })));
      await make().store.unpackZip(await files(49), LIMITS);
      await refuses(await files(50), 'too-many-entries');
      await refuses(await files(51), 'too-many-entries');
    });

    it('refuses names that leave the root', async () => {
      const archive = await zip({ path: 'aa/evil' });
      await refuses(patch(archive, 'aa/evil', '../evil'), 'path-escapes');
      await refuses(patch(archive, 'aa/evil', '/aaevil'), 'path-escapes');
      await refuses(patch(archive, 'aa/evil', 'a/../..'), 'path-escapes');
      await refuses(patch(archive, 'aa/evil', '..\\evil'), 'path-escapes');
      await refuses(patch(archive, 'aa/evil', 'C:/evil'), 'path-escapes');
      await refuses(patch(archive, 'aa/evil', 'aa/\0vil'), 'malformed');
    });

    it('refuses links that leave the root, alone or together', async () => {
      await refuses(await zip(link('a', '/etc/passwd')), 'path-escapes');
      await refuses(await zip(link('a', '..')), 'path-escapes');
      await refuses(await zip(link('d/a', '../../x')), 'path-escapes');
      await refuses(
        await zip(link('b', '.'), link('a', 'b/b/../x'), link('c', 'b/../..')),
        'path-escapes',
      );
      await refuses(await zip(link('b', 'd'), link('d/e', '../..')), 'path-escapes');
    });

    it('keeps links that stay inside, lead nowhere, or in a circle', async () => {
      const { store } = make();
      await store.unpackZip(
        await zip(
          { path: 'd/file' },
          link('a', 'd/file'),
          link('d/up', '../a'),
          link('b', 'missing'),
          link('c', 'c'),
        ),
        LIMITS,
      );
    });

    it('refuses what goes through a link or a file as if it were a directory', async () => {
      await refuses(await zip(link('a', 'd'), { path: 'a/x' }), 'malformed');
      await refuses(await zip({ path: 'a/x' }, { path: 'a' }), 'malformed');
      await refuses(await zip({ path: 'a' }, { path: 'a/' }), 'malformed');
    });

    it('refuses encrypted entries, devices and methods that it does not know', async () => {
      const archive = await zip({ path: 'a', content: 'x' });
      await refuses(patchRecord(archive, 8, 0x801, 2), 'unsupported');
      await refuses(patchRecord(archive, 10, 14, 2), 'unsupported');
      await refuses(await zip({ path: 'a', mode: 0o060644 }), 'unsupported');
      await refuses(await zip({ path: 'n'.repeat(256) }), 'unsupported');
    });

    it('merges trees, later ones over earlier ones', async () => {
      const { store } = make();
      const lower = await store.unpackZip(
        await zip(
          { path: 'same', content: '1' },
          { path: 'low', content: '22' },
          { path: 'd/x', content: '333' },
        ),
        LIMITS,
      );
      const upper = await store.unpackZip(
        await zip({ path: 'same', content: '4444' }, { path: 'd/y' }),
        LIMITS,
      );
      const merged = await store.merge([lower.id, upper.id], LIMITS);
      assert.equal(merged.bytes, 4 + 2 + 3);
      await store.delete(lower.id);
      assert.deepEqual(await store.find(merged.id), merged);
      await assert.rejects(
        store.merge([upper.id, merged.id], { ...LIMITS, bytesMax: 8 }),
        ArchiveRefused,
      );
      await store.merge([upper.id, merged.id], { ...LIMITS, bytesMax: 9 });
    });

    it('refuses trees whose links leave the root together', async () => {
      const { store, leftovers } = make();
      const one = await store.unpackZip(await zip(link('b', '.')), LIMITS);
      const two = await store.unpackZip(await zip(link('a', 'b/b/../..')), LIMITS);
      await assert.rejects(store.merge([one.id, two.id], LIMITS), ArchiveRefused);
      assert.deepEqual(leftovers(), []);
    });

    it('unpacks the layers of an image, and tells the size of what is left', async () => {
      const { store } = make();
      const layers = [
        tarOf({ path: 'low', content: '22' }, { path: 'gone', content: '333' }),
        tarOf({ path: '.wh.gone' }, { path: 'high', content: '4444' }),
      ];
      const compressions = ['none', 'gzip', 'zstd'] as const;
      for (const compression of compressions) {
        const image = layers.map((layer) => layerOf(layer, compression));
        const stored = await store.unpackImage(image, PLACES, LIMITS);
        assert.equal(stored.bytes, 2 + 4);
        assert.deepEqual(await store.find(stored.id), stored);
      }
    });

    it('refuses images that leave the root, are damaged or too large', async () => {
      const { store, leftovers } = make();
      const refuses = async (layer: Buffer, reason: ArchiveRefused['reason'], limits = LIMITS) => {
        const unpacked = store.unpackImage([layerOf(layer)], PLACES, limits);
        await assert.rejects(unpacked, (error) => {
          assert.ok(error instanceof ArchiveRefused, String(error));
          assert.equal(error.reason, reason);
          return true;
        });
      };
      const file = tarOf({ path: 'a', content: 'x'.repeat(600) });
      await refuses(tarOf({ path: '../a' }), 'path-escapes');
      await refuses(tarOf({ path: 'a/../../b' }), 'path-escapes');
      await refuses(
        tarOf({ path: 'a', type: 'Link', linkpath: '../../etc/passwd' }),
        'path-escapes',
      );
      await refuses(tarOf({ path: 'a', type: 'Link', linkpath: '/etc/passwd' }), 'malformed');
      await refuses(Buffer.from('no archive at all'), 'malformed');
      await refuses(file.subarray(0, 700), 'malformed');
      await refuses(file, 'too-large', { ...LIMITS, bytesMax: 599 });
      await refuses(tarOf({ path: 'a' }, { path: 'b' }), 'too-many-entries', {
        ...LIMITS,
        entriesMax: 1,
      });
      const cut = layerOf(file, 'gzip', (bytes) => bytes.subarray(0, 30));
      await assert.rejects(store.unpackImage([cut], PLACES, LIMITS), ArchiveRefused);
      assert.deepEqual(leftovers(), []);
    });

    it('answers any bytes with a tree or a refusal', async () => {
      const { store, leftovers } = make();
      const archive = await zip({ path: 'a/b', content: 'some text' }, link('c', 'a/b'), {
        path: 'd/',
      });
      await assertProperty(
        asyncProperty(
          array(tuple(nat(archive.byteLength - 1), nat(255)), {
            minLength: 1,
            maxLength: 6,
          }),
          async (changes) => {
            const fuzzed = Buffer.from(archive);
            for (const [offset, value] of changes) fuzzed[offset] = value;
            const outcome = await store.unpackZip(fuzzed, LIMITS).catch((error: unknown) => error);
            assert.ok(
              outcome instanceof ArchiveRefused || !(outcome instanceof Error),
              String(outcome),
            );
          },
        ),
        { numRuns: 150 },
      );
      assert.deepEqual(leftovers(), []);
    });

    it('answers the bytes of any image with a tree or a refusal', async () => {
      const { store, leftovers } = make();
      const archive = tarOf(
        { path: 'a/b', content: 'some text'.repeat(100) },
        { path: 'c', type: 'Link', linkpath: 'a/b' },
        { path: 'd', type: 'SymbolicLink', linkpath: 'a' },
        { path: 'a/.wh.x' },
      );
      const change = tuple(nat(archive.byteLength - 1), nat(255));
      await assertProperty(
        asyncProperty(array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
          const fuzzed = Buffer.from(archive);
          for (const [offset, value] of changes) fuzzed[offset] = value;
          const layers = [layerOf(archive), layerOf(fuzzed)];
          const outcome = await store
            .unpackImage(layers, PLACES, LIMITS)
            .catch((error: unknown) => error);
          const isAnswered = outcome instanceof ArchiveRefused || !(outcome instanceof Error);
          assert.ok(isAnswered, String(outcome));
        }),
        { numRuns: 150 },
      );
      assert.deepEqual(leftovers(), []);
    });
  });
}

describe('The store of directories in files', () => {
  const open = () => openFileDirectoryStore(mkdtempSync(join(place, 'tree-')));

  it('tells where a tree is for whoever stands elsewhere, too', async () => {
    const here = relative(process.cwd(), mkdtempSync(join(place, 'tree-')));
    const store = openFileDirectoryStore(here);
    const { id, path } = await store.merge([], LIMITS);
    assert.ok(isAbsolute(path), path);
    assert.equal((await store.find(id))?.path, path);
  });

  it('writes contents, modes, times, links and directories', async () => {
    const big = Buffer.alloc(200_000, 'big ');
    const { path } = await open().unpackZip(
      await zip(
        { path: 'bootstrap', content: '#!', mode: 0o100755 },
        { path: 'private', content: 'p', mode: 0o100600 },
        { path: './d//big', content: big },
        { path: 'empty/' },
        link('l', 'd/big'),
      ),
      LIMITS,
    );
    const mode = (name: string): number => lstatSync(join(path, name)).mode & 0o777;
    assert.deepEqual(
      ['bootstrap', 'private', 'd', 'empty', 'd/big'].map(mode),
      [0o755, 0o644, 0o755, 0o755, 0o644],
    );
    assert.deepEqual(readFileSync(join(path, 'd/big')), big);
    assert.equal(readlinkSync(join(path, 'l')), 'd/big');
    assert.equal(lstatSync(join(path, 'bootstrap')).mtime.toISOString(), TIME.toISOString());
    assert.deepEqual(readdirSync(path).sort(), ['bootstrap', 'd', 'empty', 'l', 'private']);
  });

  it('lets the later of two entries of one name win', async () => {
    const archive = await zip({ path: 'a', content: 'first' }, { path: 'b', content: 'second' });
    const { path } = await open().unpackZip(patchLastName(archive), LIMITS);
    assert.equal(readFileSync(join(path, 'a'), 'utf8'), 'second');
    assert.deepEqual(readdirSync(path), ['a']);
  });

  it('merges by hard links, with a file over a directory and a directory over a file', async () => {
    const store = open();
    const lower = await store.unpackZip(
      await zip({ path: 'x/in', content: '1' }, { path: 'y', content: '2' }),
      LIMITS,
    );
    const upper = await store.unpackZip(
      await zip({ path: 'x', content: '3' }, { path: 'y/in', content: '4' }),
      LIMITS,
    );
    const { path } = await store.merge([lower.id, upper.id], LIMITS);
    assert.deepEqual(
      [readFileSync(join(path, 'x'), 'utf8'), readFileSync(join(path, 'y/in'), 'utf8')],
      ['3', '4'],
    );
    assert.equal(lstatSync(join(path, 'x')).ino, lstatSync(join(upper.path, 'x')).ino);
  });

  it('lays the layers of an image over one another', async () => {
    const store = openFileDirectoryStore(mkdtempSync(join(place, 'store-')));
    const lower = tarOf(
      { path: 'bin', type: 'SymbolicLink', linkpath: 'usr/bin' },
      { path: 'usr/bin/tool', content: 'tool', mode: 0o4755 },
      { path: 'usr/bin/twin', type: 'Link', linkpath: 'usr/bin/tool' },
      { path: '/absolute/', type: 'Directory', mode: 0o1777 },
      { path: 'absolute/link', type: 'SymbolicLink', linkpath: '/etc/shadow' },
      { path: 'full/a', content: 'a' },
      { path: 'full/b/c', content: 'c' },
      { path: 'emptied/a', content: 'a' },
      { path: 'was-file', content: 'f' },
      { path: 'proc', type: 'SymbolicLink', linkpath: '/' },
      { path: 'etc/hosts', type: 'SymbolicLink', linkpath: '/proc/mounts' },
      { path: 'dev/null', type: 'CharacterDevice' },
      { path: 'secret', content: 's', mode: 0o600 },
    );
    const upper = tarOf(
      { path: 'full/.wh.b' },
      { path: 'emptied/new', content: 'n' },
      { path: 'emptied/.wh..wh..opq' },
      { path: 'usr/bin/.wh.tool' },
      { path: 'was-file/now', content: 'd' },
      { path: 'absolute/link/inside', content: 'i' },
    );
    const { path } = await store.unpackImage([layerOf(lower), layerOf(upper)], PLACES, LIMITS);
    const at = (name: string) => join(path, name);
    const mode = (name: string) => lstatSync(at(name)).mode & 0o7777;
    const expected =
      // What is below bin is there by the link, which readdir follows.
      'absolute absolute/link absolute/link/inside bin bin/twin dev emptied emptied/new etc etc/hosts ' +
      'full full/a proc secret tmp usr usr/bin usr/bin/twin was-file was-file/now';
    const found = readdirSync(path, { recursive: true, encoding: 'utf8' });
    assert.deepEqual(found.toSorted(), expected.split(' '));
    assert.equal(readlinkSync(at('bin')), 'usr/bin');
    assert.equal(readFileSync(at('usr/bin/twin'), 'utf8'), 'tool');
    assert.deepEqual(
      ['usr/bin/twin', 'absolute', 'secret', 'proc'].map(mode),
      [0o755, 0o777, 0o600, 0o755],
    );
    assert.ok(lstatSync(at('proc')).isDirectory());
    assert.equal(readFileSync(at('etc/hosts'), 'utf8'), '');
    assert.equal(lstatSync(at('usr/bin/twin')).mtimeMs, TIME.getTime());
  });

  it('keeps what a layer has under the names that it hides, and no more', async () => {
    const store = open();
    const lower = tarOf(
      { path: 'one/old', content: 'o' },
      { path: 'two/old', content: 'o' },
      { path: 'three/old', content: 'o' },
      { path: 'file', content: 'old' },
    );
    const upper = tarOf(
      { path: '.wh.one' },
      { path: 'one/new', content: 'n' },
      { path: 'two/new', content: 'n' },
      { path: '.wh.two' },
      { path: 'three', content: 'no directory' },
      { path: 'three/new', content: 'n' },
      { path: 'file', content: 'new' },
      { path: '.wh.file' },
    );
    const { path } = await store.unpackImage([layerOf(lower), layerOf(upper)], PLACES, LIMITS);
    const namesOf = (name: string) => readdirSync(join(path, name));
    assert.deepEqual(['one', 'two', 'three'].map(namesOf), [['new'], ['new'], ['new']]);
    assert.equal(readFileSync(join(path, 'file'), 'utf8'), 'new');
  });

  it('takes layers that change nothing, and hard links to symbolic ones', async () => {
    const store = open();
    const layer = tarOf(
      { path: 'link', type: 'SymbolicLink', linkpath: 'target' },
      { path: 'twin', type: 'Link', linkpath: 'link' },
    );
    const nothing = layerOf(tarOf(), 'gzip');
    const { path } = await store.unpackImage([nothing, layerOf(layer), nothing], PLACES, LIMITS);
    assert.equal(readlinkSync(join(path, 'twin')), 'target');
  });

  it('refuses images whose names no file system takes, or whose heads would fill the memory', async () => {
    const store = open();
    const refuses = async (layer: Buffer, reason: ArchiveRefused['reason']) => {
      await assert.rejects(store.unpackImage([layerOf(layer)], PLACES, LIMITS), (error) => {
        assert.ok(error instanceof ArchiveRefused, String(error));
        assert.equal(error.reason, reason);
        return true;
      });
    };
    const long = Array.from({ length: 20 }, () => 'a'.repeat(200)).join('/');
    await refuses(withPax({ path: long }, { path: 'x' }), 'unsupported');
    const link = { path: 'x', type: 'SymbolicLink', linkpath: 'y' } as const;
    await refuses(withPax({ linkpath: 'a'.repeat(5000) }, link), 'unsupported');
    // Each directory on the way is one, whether the archive has a head for it or not.
    await refuses(tarOf({ path: `${'d/'.repeat(49)}x` }, { path: 'y' }), 'too-many-entries');
  });

  const notRoot = { skip: process.getuid?.() !== 0 && 'only root can become somebody else' };
  it('unpacks and deletes, without being root, what its owner may not read', notRoot, async () => {
    const layer = tarOf(
      { path: 'etc/shadow', content: 's', mode: 0 },
      { path: 'root/file' },
      { path: 'root', type: 'Directory', mode: 0 },
    );
    process.seteuid?.(65_534);
    const directory = mkdtempSync(join(tmpdir(), 'hearth-directories-'));
    try {
      const store = openFileDirectoryStore(directory);
      const { id } = await store.unpackImage([layerOf(layer)], PLACES, LIMITS);
      await store.delete(id);
      assert.deepEqual(readdirSync(directory, { recursive: true }), ['tmp']);
    } finally {
      process.seteuid?.(0);
      rmSync(directory, { recursive: true });
    }
  });

  it('clears what a dead process had begun', () => {
    const directory = join(place, 'again');
    mkdirSync(join(directory, 'tmp', 'half', 'tree'), { recursive: true });
    writeFileSync(join(directory, 'tmp', 'half', 'tree', 'x'), 'x');
    openFileDirectoryStore(directory);
    assert.deepEqual(readdirSync(join(directory, 'tmp')), []);
  });
});

/** An archive of one entry, with what a record before it says instead. */
function withPax(fields: Readonly<Record<string, string>>, entry: TarEntry): Buffer {
  const records = Object.entries(fields).map(([name, value]) => {
    const text = ` ${name}=${value}\n`;
    // Its own length, with as many digits as that has.
    const length = text.length + String(text.length).length;
    return `${text.length + String(length).length}${text}`;
  });
  const content = records.join('');
  const head = tarOf({ path: 'PaxHeader', type: 'ExtendedHeader', content });
  // Without the two blocks that end an archive.
  return Buffer.concat([head.subarray(0, -1024), tarOf(entry)]);
}

/** Renames the entry `b` to `a`, in its header and its record. */
function patchLastName(archive: Buffer): Buffer {
  const patched = Buffer.from(archive);
  const header = patched.lastIndexOf(Buffer.from('PK\x03\x04', 'latin1'));
  const record = patched.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
  patched.write('a', header + 30, 'latin1');
  patched.write('a', record + 46, 'latin1');
  return patched;
}
