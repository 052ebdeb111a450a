/** Max Memory Used: what processes needed, whatever the kernel caches of their files. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { after, before, it } from 'node:test';
import { MIB } from '#kernel/units.ts';
import type { Sandbox, SandboxRestart } from '#ports/world/sandbox.ts';
import { NEEDS_PYTHON } from '../support/python.ts';
import { ISOLATIONS, describeIsolated, openDriver } from './sandboxed.ts';
import type { TestDriver } from './sandboxed.ts';

const MEMORY_MIB = 128;
/** What Python itself takes, what remembers where files lie, and half a step. */
const SLACK_MIB = 40;
/** Tells the server after each step, and waits for its word. */
const STEPS = {
  none: 'pass',
  files: 'write("/tmp/x", 300)',
  deleted: 'os.remove("/tmp/x")',
  own: 'held = bytearray(60 << 20); del held; write("/tmp/y", 300)',
  child: 'child(80); write("/tmp/z", 200)',
} as const;

type Step = keyof typeof STEPS;

/** Begins processes in a new sandbox, or in one whose old ones are gone. */
type Start = (process: SandboxRestart) => Promise<Sandbox>;

interface Followed {
  readonly sandbox: Sandbox;
  readonly peaks: readonly number[];
}

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

    /** MiB that are told after each step of new processes, and once they were ordered to end. */
    async function follow(start: Start, steps: readonly Step[]): Promise<Followed> {
      const connected = Promise.withResolvers<Duplex>();
      const peaks: number[] = [];
      const sandbox = await start({
        command: ['/usr/bin/python3', '-I', '-S', '-c', programOf(steps)],
        environment: { PATH: '/usr/bin:/bin' },
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
      return { sandbox, peaks: [...peaks, (await sandbox.peakMemoryBytes()) / MIB] };
    }

    function launched(...steps: readonly Step[]): Promise<Followed> {
      const id = `measured-${steps.join('-')}`;
      return follow((process) => test.driver.launch({ id, mounts: [], ...process }), steps);
    }

    async function measured(...steps: readonly Step[]): Promise<readonly number[]> {
      const { sandbox, peaks } = await launched(...steps);
      await using _sandbox = sandbox;
      return peaks;
    }

    it('has no files in it, be they there or deleted', needs, async () => {
      const peaks = await measured('files', 'deleted');
      assert.equal(peaks.length, 3);
      for (const peak of peaks) assert.ok(peak > 1 && peak < SLACK_MIB, peaks.join());
    });

    it('has nothing in it of the processes before a reset, nor their files', needs, async () => {
      const { sandbox: before } = await launched('files', 'child');
      await using _before = before;
      const { sandbox, peaks } = await follow(
        async (process) => {
          assert.ok(before.restart !== undefined);
          return before.restart(process);
        },
        ['none', 'child'],
      );
      await using _sandbox = sandbox;
      const [ofNone = 0, ofChild = 0] = peaks;
      assert.ok(ofNone > 1 && ofNone < SLACK_MIB, peaks.join());
      assert.ok(ofChild >= 80 && ofChild <= MEMORY_MIB, peaks.join());
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
