import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateParity } from './generate-parity.ts';

test('a page is written once, and a check finds it stale and writes nothing', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'parity-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'docs/reference'), { recursive: true });
  assert.equal(generateParity([], { root, check: true }), false);
  assert.equal(generateParity([], { root }), false);
  assert.equal(generateParity([], { root }), true);
  writeFileSync(join(root, 'docs/reference/parity.md'), 'old');
  assert.equal(generateParity([], { root, check: true }), false);
  assert.equal(generateParity([], { root, check: true }), false);
});
