/** Max Memory Used: what processes needed, whatever the kernel caches of their files. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { after, before, it } from 'node:test';
import { MIB } from '#kernel/units.ts';
import type { Sandbox } from '#ports/world/sandbox.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import { ISOLATIONS, describeIsolated, openDriver } from './sandboxed.ts';
import type { TestDriver } from './sandboxed.ts';

const MEMORY_MIB = 128;
/** What Python itself takes, what remembers where files lie, and half a step. */
const SLACK_MIB = 40;
/** Tells the server after each step, and waits for its word. */
const STEPS = {
  files: 'write("/tmp/x", 300)',
  deleted: 'os.remove("/tmp/x")',
  own: 'held = bytearray(60 << 20); del held; write("/tmp/y", 300)',
  child: 'child(80); write("/tmp/z", 200)',
} as const;

type Step = keyof typeof STEPS;

function programOf(steps: readonly Step[]): string {
  return `
import os, socket, subprocess, sys
def write(path, mib):
    with open(path, "wb", buffering=0) as file:
        for turn in range(mib): file.write(bytes(1 << 20))
def child(mib):
    subprocess.run([sys.executable, "-I", "-S", "-c", "held = bytearray(%d << 20)" % mib], check=True)
server = socket.create_connection(("127.0.0.1", 9001))
def done():
    server.sendall(b".")
    server.recv(1)
${steps.map((step) => `${STEPS[step]}\ndone()`).join('\n')}
`;
}

for (const isolation of ISOLATIONS) {
  const needs = isolation.hasOwnKernel
    ? { skip: `${isolation.name} has files in memory of its own` }
    : NEEDS_PYTHON;

  describeIsolated(`the memory that is told of ${isolation.name}`, isolation, () => {
    let test: TestDriver;
    before(async () => {
      test = await openDriver(isolation);
    });
    after(async () => {
      await test[Symbol.asyncDispose]();
    });

    /** MiB that are told after each step, and once it was ordered to end. */
    async function measured(...steps: readonly Step[]): Promise<readonly number[]> {
      const connected = Promise.withResolvers<Duplex>();
      const peaks: number[] = [];
      await using sandbox = await test.driver.launch({
        id: `measured-${steps.join('-')}`,
        command: ['/usr/bin/python3', '-I', '-S', '-c', programOf(steps)],
        environment: { PATH: '/usr/bin:/bin' },
        mounts: [],
        limits: { memoryMiB: MEMORY_MIB, virtualCpus: 1, temporaryStorageMiB: 1024 },
        onRuntimeConnection: (connection) => connected.resolve(connection.on('error', () => {})),
        onOutput: (_, chunk) => process.stderr.write(chunk),
      });
      const connection = await Promise.race([connected.promise, failedOf(sandbox)]);
      for (const step of steps) {
        await Promise.race([once(connection, 'data'), failedOf(sandbox, step)]);
        peaks.push((await sandbox.peakMemoryBytes()) / MIB);
        if (step !== steps.at(-1)) connection.write('.');
      }
      await sandbox.reset?.();
      await sandbox.exited;
      return [...peaks, (await sandbox.peakMemoryBytes()) / MIB];
    }

    it('has no files in it, be they there or deleted', needs, async () => {
      const peaks = await measured('files', 'deleted');
      assert.equal(peaks.length, 3);
      for (const peak of peaks) assert.ok(peak > 1 && peak < SLACK_MIB, peaks.join());
    });

    it('has in it what a process gave back before the last look', needs, async () => {
      const [, own = 0, atEnd = 0] = await measured('files', 'own');
      assert.ok(own >= 60 && own < 60 + SLACK_MIB, `${own}`);
      assert.ok(atEnd >= own && atEnd < 60 + SLACK_MIB, `${atEnd}`);
    });

    it('has in it what a process had that ended before the last look', needs, async () => {
      const [, ofChild = 0, atEnd = 0] = await measured('files', 'child');
      assert.ok(ofChild >= 80 && ofChild <= MEMORY_MIB, `${ofChild}`);
      assert.ok(atEnd >= ofChild && atEnd <= MEMORY_MIB, `${atEnd}`);
    });
  });
}

async function failedOf(sandbox: Sandbox, step = 'start'): Promise<never> {
  const { description } = await sandbox.exited;
  throw new Error(`it ended before ${step}: ${description}`);
}
