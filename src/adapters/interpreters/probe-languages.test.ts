import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findVirtualMachines } from './find-interpreters.ts';
import { probeLanguages } from './probe-languages.ts';

const NEEDS_JAVA = findVirtualMachines().length > 0 ? false : 'needs a Java of the system';

test('a Java that waits for its runtime client is not called missing', { skip: NEEDS_JAVA }, () => {
  const runtimes = mkdtempSync(join(tmpdir(), 'hearth-probe-'));
  try {
    const java = probeLanguages(runtimes).find(({ name }) => name.endsWith('Java'));
    assert.equal(java?.isEnforced, false);
    assert.match(java.detail, /^it is there/);
    assert.match(java.remedy ?? '', /bin\/set-up java/);
  } finally {
    rmSync(runtimes, { recursive: true });
  }
});
