import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';
import { LaunchedSandboxes } from './launched-sandboxes.ts';

/** Notes that it was begun, says so of itself, and ends with its channel. */
const LAUNCHER = `#!/bin/sh
echo begun >> "$2"
printf '\\010\\000\\000\\0000\\000hello\\000' >&4
cat <&4 > /dev/null
`;

test('begins no launcher once it was disposed of, whoever asks', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hearth-launched-'));
  using _removed = {
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
  const binary = join(directory, 'launcher');
  const begun = join(directory, 'begun');
  writeFileSync(binary, LAUNCHER, { mode: 0o755 });
  const sandboxes = new LaunchedSandboxes({
    binary,
    mode: 'process',
    directory: begun,
    poolSize: 0,
    wantsInternet: false,
    endpointPort: 1,
    baseMounts: [],
    onDiagnostic: () => {},
  });
  await sandboxes.hello;
  await sandboxes[Symbol.asyncDispose]();
  const launching = sandboxes.launch({
    id: 'late',
    runtimeApiAddress: '',
    endpointAddress: '',
    limits: { memoryMiB: 128, temporaryStorageMiB: 512 },
    mounts: [],
    workingDirectory: '/',
    command: ['/bin/true'],
    environment: {},
    onOutput: () => {},
    onConnection: () => {},
  });
  for (const asked of [sandboxes.hello, launching]) {
    await assert.rejects(asked, SandboxUnavailable);
  }
  assert.equal(readFileSync(begun, 'utf8'), 'begun\n');
});
