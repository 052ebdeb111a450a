import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';

/** A server without a launcher, which starts one process that prints its id, and is killed. */
const SERVER = `
  import { ProcessRecords } from ${JSON.stringify(`${import.meta.dirname}/process-records.ts`)};
  import { SpawnedProcesses } from ${JSON.stringify(`${import.meta.dirname}/spawned-processes.ts`)};
  await new SpawnedProcesses(await ProcessRecords.open(process.argv.at(-1))).launch({
    id: 'orphan', runtimeApiAddress: '', endpointAddress: '', limits: {}, mounts: [],
    workingDirectory: '/', command: ['/bin/sh', '-c', 'echo $$; exec sleep 600'], environment: {},
    onOutput: (_, chunk) => process.stdout.write(chunk), onConnection: () => {},
  });
`;
const skip = existsSync('/usr/bin/setpriv') ? false : 'needs setpriv of util-linux';

describe('processes of a server without a launcher', () => {
  it('do not outlive a server that is killed', { skip }, async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'hearth-orphans-'));
    const server = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        '--input-type=module',
        '-e',
        SERVER,
        '--',
        directory,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = await once(server.stdout, 'data');
    const pid = Number(String(line));
    assert.ok(pid > 0 && existsSync(`/proc/${pid}`));
    server.kill('SIGKILL');
    const endMs = performance.now() + 5000;
    while (existsSync(`/proc/${pid}`)) {
      assert.ok(performance.now() < endMs, `process ${pid} lives on`);
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
    rmSync(directory, { recursive: true });
  });
});
