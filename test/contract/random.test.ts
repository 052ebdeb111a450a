/** The contract of the port Random, over the machine's and the simulator's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '#adapters/simulated/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';

for (const [name, random] of [
  ['system', systemRandom],
  ['seeded', new SeededRandom(42)],
] as const) {
  describe(`Random: ${name}`, () => {
    it('gives as many bytes as asked, none of them always the same', () => {
      assert.equal(random.bytes(0).byteLength, 0);
      const rows = Array.from({ length: 64 }, () => random.bytes(16));
      for (let column = 0; column < 16; column += 1) {
        assert.ok(new Set(rows.map((row) => row[column])).size > 8);
      }
    });

    it('gives fractions of [0, 1), evenly', () => {
      const counts = [0, 0, 0, 0];
      for (let n = 0; n < 4000; n += 1) {
        const fraction = random.fraction();
        assert.ok(fraction >= 0 && fraction < 1);
        const quarter = Math.floor(fraction * 4);
        counts[quarter] = (counts[quarter] ?? 0) + 1;
      }
      for (const count of counts) assert.ok(count > 800 && count < 1200, String(counts));
    });

    it('gives UUIDs of version 4, each another', () => {
      const uuids = Array.from({ length: 100 }, () => random.uuid());
      for (const uuid of uuids) {
        assert.match(uuid, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      }
      assert.equal(new Set(uuids).size, 100);
    });
  });
}

describe('SeededRandom', () => {
  it('repeats itself from the same seed, and from no other', () => {
    const uuids = [7, 7, 8, 7 + 2 ** 40].map((seed) => new SeededRandom(seed).uuid());
    assert.equal(uuids[0], uuids[1]);
    assert.equal(new Set(uuids).size, 3);
  });
});
