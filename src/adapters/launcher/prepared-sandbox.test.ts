import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { PreparedSandbox } from './prepared-sandbox.ts';

it('keeps no descriptor of a sandbox that ended before its pipes were opened', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'hearth-pipes-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const pipe = join(directory, 'stdout');
  execFileSync('mkfifo', [pipe]);
  const descriptors = readdirSync('/proc/self/fd').length;
  assert.throws(() => new PreparedSandbox([pipe, join(directory, 'gone')]), { code: 'ENOENT' });
  assert.equal(readdirSync('/proc/self/fd').length, descriptors);
});
