/** The contract of the port BlobStore, over each adapter. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openFileBlobStore, readPrivateFile, writePrivateFile } from '#adapters/files/index.ts';
import { MemoryBlobStore, SeededRandom } from '#adapters/simulated/index.ts';
import { collectBytes, utf8 } from '#kernel/bytes.ts';
import { BlobMissing } from '#ports/world/blob-store.ts';
import type { BlobStore, ByteRange } from '#ports/world/blob-store.ts';

const place = mkdtempSync(join(tmpdir(), 'hearth-blobs-'));
after(() => {
  rmSync(place, { recursive: true });
});

const TARGETS: readonly { readonly name: string; readonly make: () => BlobStore }[] = [
  { name: 'files', make: () => openFileBlobStore(mkdtempSync(join(place, 'store-'))) },
  { name: 'memory', make: () => new MemoryBlobStore(new SeededRandom(1)) },
];

async function* stream(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? utf8(chunk) : chunk;
}

async function text(blobs: BlobStore, id: string, range?: ByteRange): Promise<string> {
  return Buffer.from(await collectBytes(blobs.read(id, range), 1e9)).toString('latin1');
}

async function list(blobs: BlobStore): Promise<string[]> {
  return (await Array.fromAsync(blobs.list())).sort();
}

for (const { name, make } of TARGETS) {
  describe(`BlobStore: ${name}`, () => {
    it('reads back what was put, chunk borders aside', async () => {
      const blobs = make();
      const stored = await blobs.put(stream('he', '', 'arth'));
      assert.equal(stored.bytes, 6);
      assert.equal(await text(blobs, stored.id), 'hearth');
      const empty = await blobs.put(stream());
      assert.deepEqual([empty.bytes, await text(blobs, empty.id)], [0, '']);
    });

    it('reads any range, clipped to the end, in chunks of at most 256 KiB', async () => {
      const blobs = make();
      const content = Uint8Array.from({ length: 700_000 }, (_, n) => n % 251);
      const { id } = await blobs.put(
        stream(content.subarray(0, 300_001), content.subarray(300_001)),
      );
      const sizes: number[] = [];
      for await (const chunk of blobs.read(id)) sizes.push(chunk.byteLength);
      assert.ok(Math.max(...sizes) <= 256 * 1024);
      for (const [start, end] of [
        [0, 0],
        [1, 3],
        [262_143, 262_144],
        [262_100, 600_000],
        [699_999, 699_999],
      ] as const) {
        const expected = Buffer.from(content.subarray(start, end + 1)).toString('latin1');
        assert.equal(await text(blobs, id, { start, end }), expected);
      }
      assert.equal((await text(blobs, id, { start: 699_998, end: 1e9 })).length, 2);
      assert.equal(await text(blobs, id, { start: 700_000, end: 700_005 }), '');
    });

    it('keeps its own copy, whatever the writer does with its buffer', async () => {
      const blobs = make();
      const buffer = utf8('before');
      async function* reuse(): AsyncGenerator<Uint8Array> {
        yield buffer;
        buffer.fill(0x78);
      }
      const { id } = await blobs.put(reuse());
      assert.equal(await text(blobs, id), 'before');
    });

    it('leaves nothing when the source throws', async () => {
      const blobs = make();
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield utf8('half');
        throw new Error('cut');
      }
      await assert.rejects(blobs.put(broken()), /cut/);
      assert.deepEqual(await list(blobs), []);
    });

    it('joins blobs in order, and keeps the parts', async () => {
      const blobs = make();
      const parts = await Promise.all(
        ['one ', 'two ', 'three'].map((part) => blobs.put(stream(part))),
      );
      const whole = await blobs.concatenate(parts.map(({ id }) => id));
      assert.equal(await text(blobs, whole.id), 'one two three');
      assert.equal(whole.bytes, 13);
      assert.equal(await text(blobs, parts[1]?.id ?? ''), 'two ');
      assert.equal((await blobs.concatenate([])).bytes, 0);
      await assert.rejects(blobs.concatenate([whole.id, 'f'.repeat(32)]), BlobMissing);
      assert.equal((await list(blobs)).length, 5);
    });

    it('deletes a blob, once or again, and then misses it', async () => {
      const blobs = make();
      const { id } = await blobs.put(stream('x'));
      await blobs.delete(id);
      await blobs.delete(id);
      await assert.rejects(text(blobs, id), BlobMissing);
      await assert.rejects(text(blobs, '../../etc/passwd'), BlobMissing);
    });

    it('lists what was stored, each under an id of its own', async () => {
      const blobs = make();
      const stored = await Promise.all(Array.from({ length: 40 }, () => blobs.put(stream('same'))));
      assert.deepEqual(await list(blobs), stored.map(({ id }) => id).sort());
      assert.equal(new Set(stored.map(({ id }) => id)).size, 40);
    });
  });
}

describe('The store of blobs in files', () => {
  it('finds everything again, and clears what a dead process had begun', async () => {
    const directory = join(place, 'again');
    const { id } = await openFileBlobStore(directory).put(stream('kept'));
    writeFileSync(join(directory, 'tmp', 'half'), 'left behind');
    const again = openFileBlobStore(directory);
    assert.deepEqual(readdirSync(join(directory, 'tmp')), []);
    assert.equal(await text(again, id), 'kept');
    assert.deepEqual(await list(again), [id]);
  });

  it('shows its files to their owner alone', async () => {
    const directory = join(place, 'modes');
    const { id } = await openFileBlobStore(directory).put(stream('secret'));
    assert.equal(statSync(join(directory, id.slice(0, 2), id)).mode & 0o777, 0o600);
  });
});

describe('A private file', () => {
  it('is written whole, read back, and open to its owner alone', async () => {
    const path = join(place, 'credentials');
    assert.equal(await readPrivateFile(path), undefined);
    writeFileSync(path, 'old', { mode: 0o644 });
    await writePrivateFile(path, 'new');
    assert.equal(await readPrivateFile(path), 'new');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(
      readdirSync(place).filter((entry) => entry.endsWith('.tmp')),
      [],
    );
  });

  it('leaves nothing where it cannot be written', async () => {
    await assert.rejects(writePrivateFile(join(place, 'missing', 'file'), 'x'));
    assert.equal(existsSync(join(place, 'missing')), false);
  });
});
