import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { OciRuntime } from './oci-runtime.ts';

/** A runtime that refuses the first calls, as crun does while it has not written down that a container runs. */
async function callsOf(refusals: number): Promise<readonly string[]> {
  const directory = mkdtempSync(path.join(tmpdir(), 'hearth-runtime-'));
  try {
    const program = path.join(directory, 'runtime');
    const calls = path.join(directory, 'calls');
    const script = `#!/bin/sh\necho "$3 $4 $5" >>${calls}\n[ $(wc -l <${calls}) -gt ${refusals} ]\n`;
    writeFileSync(program, script);
    chmodSync(program, 0o755);
    await new OciRuntime(program, directory, 10_000).terminate('one');
    return readFileSync(calls, 'utf8').trim().split('\n');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('who is not known to run yet is asked to end again, and for a while only', async () => {
  assert.deepEqual(await callsOf(0), ['kill one TERM']);
  assert.deepEqual(
    await callsOf(2),
    Array.from({ length: 3 }, () => 'kill one TERM'),
  );
  const inVain = await callsOf(1000);
  assert.ok(inVain.length > 3 && inVain.length < 100, String(inVain.length));
});
