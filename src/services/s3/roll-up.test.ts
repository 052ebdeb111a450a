import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { behindPrefix, rollUp, type ListedRow, type Position, type RolledUp } from './roll-up.ts';

const order = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A table of keys, and how many rows were read of it. */
function table(keys: readonly string[], prefix: string) {
  const sorted = keys.filter((key) => key.startsWith(prefix)).toSorted(order);
  const counter = { rows: 0 };
  return {
    counter,
    fetch: async ({ kind, key }: Position, limit: number) => {
      const found = sorted.filter((one) =>
        kind === 'from' ? order(one, key) >= 0 : order(one, key) > 0,
      );
      const rows = found.slice(0, limit).map((one) => ({ key: one, sequence: 1 }));
      counter.rows += rows.length;
      return rows;
    },
  };
}

const textOf = (
  entry: { kind: 'row'; row: { key: string } } | { kind: 'prefix'; prefix: string },
): string => (entry.kind === 'row' ? entry.row.key : entry.prefix);

test('pages of any size make the list that one look at all keys makes', async () => {
  const key = fc.string({
    unit: fc.constantFrom('a', 'b', '/', '\u{10ffff}'),
    minLength: 1,
    maxLength: 5,
  });
  const property = fc.asyncProperty(
    fc.uniqueArray(key, { maxLength: 40 }),
    fc.constantFrom('', 'a', 'a/'),
    fc.constantFrom('', '/', '//'),
    fc.integer({ min: 1, max: 5 }),
    async (keys, prefix, delimiter, limit) => {
      const { fetch } = table(keys, prefix);
      const seen: string[] = [];
      let start: Position | undefined = { kind: 'after', key: '' };
      while (start) {
        const page: RolledUp<ListedRow> = await rollUp({ prefix, delimiter, start, limit, fetch });
        seen.push(...page.entries.map(textOf));
        const last = page.entries.at(-1);
        if (!page.isTruncated || !last) break;
        start =
          last.kind === 'row' ? { kind: 'after', key: last.row.key } : behindPrefix(last.prefix);
      }
      const whole = new Set(
        keys
          .filter((one) => one.startsWith(prefix))
          .map((one) => {
            const at = delimiter === '' ? -1 : one.indexOf(delimiter, prefix.length);
            return at < 0 ? one : one.slice(0, at + delimiter.length);
          }),
      );
      assert.deepEqual(seen, [...whole].toSorted(order));
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

test('keys under a prefix that was shown are jumped over', async () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `${index % 4}/${index}`);
  const { fetch, counter } = table(keys, '');
  const start: Position = { kind: 'after', key: '' };
  const page = await rollUp({ prefix: '', delimiter: '/', start, limit: 1000, fetch });
  assert.deepEqual(page.entries.map(textOf), ['0/', '1/', '2/', '3/']);
  assert.ok(counter.rows < 300, `${counter.rows} rows were read`);
});

test('a page of nothing reads nothing', async () => {
  const { fetch, counter } = table(['a'], '');
  const start: Position = { kind: 'after', key: '' };
  assert.deepEqual(await rollUp({ prefix: '', delimiter: '', start, limit: 0, fetch }), {
    entries: [],
    isTruncated: false,
  });
  assert.equal(counter.rows, 0);
});
