/** Each limit below, at and above its end. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { MIB } from '#kernel/units.ts';
import {
  ISOLATIONS,
  attack,
  countOf,
  describeIsolated,
  openDriver,
  runInSandbox,
} from './sandboxed.ts';
import type { TestDriver } from './sandboxed.ts';

/** What Python itself takes, and the first process. */
const INTERPRETER_MIB = 16;
/** What a kernel of the sandbox's own takes of the function's memory. */
const OWN_KERNEL_MIB = 48;
/** The first process of the sandbox, which is ours and comes on top. */
const PROCESSES = 1024;
const DESCRIPTORS = 1024;
const NETLINK_SOCKETS = 64;
/** Where what all share is twice as much. */
const CONNECTIONS = 1024;

/** How many descriptors this process, which is the server here, may have. */
function descriptorsMax(): number {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  return Number(/^Max open files +(\d+) /m.exec(limits)?.[1]);
}

for (const isolation of ISOLATIONS) {
  const { name, hasOwnInit, hasOwnKernel, limitsTemporaryStorage } = isolation;
  const noSize = limitsTemporaryStorage ? {} : { skip: `${name} gives /tmp no size of its own` };
  const noExactSize = hasOwnKernel
    ? { skip: `${name} writes /tmp as root, into what its file system keeps back` }
    : noSize;
  const noNumber = { skip: hasOwnKernel && `${name} ends the function far below 1,024` };
  const takenMiB = INTERPRETER_MIB + (hasOwnKernel ? OWN_KERNEL_MIB : 0);

  describeIsolated(`the limits of a sandbox of ${name}`, isolation, () => {
    let test: TestDriver;
    before(async () => {
      test = await openDriver(isolation);
    });
    after(async () => {
      await test[Symbol.asyncDispose]();
    });
    const limits = { memoryMiB: 256, virtualCpus: 1, temporaryStorageMiB: 512 };

    it('lets a function use its memory but for what the interpreter takes', async () => {
      const mib = limits.memoryMiB - takenMiB;
      const result = await attack(test.driver, 'allocate', [String(mib)], { limits });
      assert.equal(countOf(result), mib);
      assert.ok(result.peakMemoryBytes > mib * MIB, `peak ${result.peakMemoryBytes}`);
      assert.ok(result.peakMemoryBytes <= limits.memoryMiB * MIB);
    });

    for (const beyondMiB of [0, 1]) {
      it(`kills a function at its memory and ${beyondMiB} MiB, and says so`, async () => {
        const mib = String(limits.memoryMiB + beyondMiB);
        const { exit, peakMemoryBytes } = await attack(test.driver, 'allocate', [mib], { limits });
        assert.deepEqual(exit, {
          description: 'signal: killed',
          exitCode: undefined,
          signal: 'SIGKILL',
          outOfMemory: true,
        });
        assert.equal(peakMemoryBytes, limits.memoryMiB * MIB);
      });
    }

    it('counts /dev/shm as memory', async () => {
      const below = await attack(test.driver, 'shared-memory', ['200'], { limits });
      assert.equal(countOf(below), 200);
      const { exit } = await attack(test.driver, 'shared-memory', ['257'], { limits });
      assert.equal(exit.outOfMemory, true);
    });

    it('counts what waits in sockets', async () => {
      const result = await attack(test.driver, 'fill-sockets', ['400'], { limits });
      const mib = result.exit.outOfMemory ? 0 : countOf(result);
      assert.ok(mib < limits.memoryMiB, result.output);
    });

    const noCount = hasOwnInit ? {} : { skip: `nobody counts them under ${name}` };
    it(
      'lets a function have 64 sockets of netlink, whose memory is not counted',
      noCount,
      async () => {
        const result = await attack(test.driver, 'netlink-sockets', [], { limits });
        assert.equal(countOf(result), NETLINK_SOCKETS, result.output);
      },
    );

    it(
      'lets no more have them who ask all at once, or who blind the one who counts',
      noCount,
      async () => {
        for (const name of ['netlink-crowd', 'netlink-uncounted']) {
          const result = await attack(test.driver, name, [], { limits });
          assert.ok(countOf(result) <= NETLINK_SOCKETS, `${name}: ${result.output}`);
        }
      },
    );

    it('does not call it out of memory when a function kills itself', async () => {
      // A shell of its own, as the first process of a namespace cannot be killed from inside.
      const script = 'sh -c "kill -9 \\$\\$"; exit $?';
      const { exit } = await runInSandbox(test.driver, ['/bin/sh', '-c', script], { limits });
      assert.equal(exit.exitCode, 137);
      assert.equal(exit.outOfMemory, false);
    });

    it('does not count the files in /tmp as memory', async () => {
      const result = await attack(test.driver, 'fill-disk', ['300'], { limits });
      assert.equal(countOf(result), 300 * MIB);
      assert.match(result.output, /BLOCKED written/);
    });

    for (const temporaryStorageMiB of [512, 600]) {
      it(`ends /tmp at ${temporaryStorageMiB} MiB`, noExactSize, async () => {
        const options = { limits: { ...limits, temporaryStorageMiB } };
        const below = await attack(
          test.driver,
          'fill-disk',
          [String(temporaryStorageMiB)],
          options,
        );
        assert.match(below.output, /BLOCKED written/);
        const above = await attack(
          test.driver,
          'fill-disk',
          [String(temporaryStorageMiB + 8)],
          options,
        );
        assert.match(above.output, /BLOCKED no space left/);
        // At its end, give or take what the file system needs to remember where the file lies.
        const endMiB = countOf(above) / MIB;
        assert.ok(Math.abs(endMiB - temporaryStorageMiB) <= 4, `ended at ${endMiB} MiB`);
      });
    }

    it('offers the largest /tmp of 10,240 MiB', noSize, async () => {
      const options = { limits: { ...limits, temporaryStorageMiB: 10_240 } };
      const script = "df --output=avail -B1M /tmp | tail -1 | tr -d ' '";
      const { output } = await runInSandbox(test.driver, ['/bin/sh', '-c', script], options);
      assert.ok(Number(output) >= 10_240 && Number(output) < 10_240 * 1.01, output);
    });

    it('bounds the number of files in /tmp', noSize, async () => {
      const result = await attack(test.driver, 'fill-inodes', [], { limits });
      assert.ok(countOf(result) > 30_000, result.output);
      assert.ok(countOf(result) < 60_000, result.output);
    });

    it('lets a function have 1,024 processes and not one more', noNumber, async () => {
      assert.equal(countOf(await attack(test.driver, 'fork-bomb', [])), PROCESSES);
    });

    it('lets a function have 1,024 threads and not one more', noNumber, async () => {
      assert.equal(countOf(await attack(test.driver, 'thread-bomb', [])), PROCESSES);
    });

    it('lets a function have 1,024 descriptors and not one more', async () => {
      assert.equal(countOf(await attack(test.driver, 'open-files', [])), DESCRIPTORS);
    });

    it('lets a function hold 1,024 connections with the server and not one more', async () => {
      const parameters = ['127.0.0.1', '9001', '1100'];
      const result = await attack(test.driver, 'many-connections', parameters, {
        limits,
        onRuntimeConnection: (connection) => connection.on('error', () => {}).write('h'),
      });
      const shared = Math.min(16_384, Math.floor(descriptorsMax() / 8));
      assert.equal(countOf(result), Math.min(CONNECTIONS, 8 + Math.ceil(shared / 2)));
    });

    it('starts others while one is a fork bomb', async () => {
      await using bomb = await test.driver.launch({
        id: 'bomb',
        command: ['/bin/sh', '-c', 'bomb() { bomb | bomb & }; bomb; sleep 60'],
        environment: { PATH: '/usr/bin:/bin' },
        mounts: [],
        limits: { memoryMiB: 512, temporaryStorageMiB: 512 },
        onRuntimeConnection: () => {},
        onOutput: () => {},
      });
      const { exit } = await runInSandbox(test.driver, ['/bin/true']);
      assert.equal(exit.exitCode, 0, bomb.id);
    });

    const noBinding = hasOwnInit ? {} : { skip: `${name} binds no code late` };
    it('gives a sandbox that was launched small the limits of its binding', noBinding, async () => {
      const chunks: string[] = [];
      await using sandbox = await test.driver.launch({
        id: 'bound',
        command: [
          '/bin/sh',
          '-c',
          'until [ -e /var/task/attack.py ]; do sleep 0.01; done; df -m /tmp',
        ],
        environment: { PATH: '/usr/bin:/bin' },
        mounts: [],
        limits: { memoryMiB: 128, temporaryStorageMiB: 512 },
        onRuntimeConnection: () => {},
        onOutput: (_, chunk) => chunks.push(Buffer.from(chunk).toString()),
      });
      await sandbox.bind({
        mounts: [{ source: `${import.meta.dirname}/programs`, target: '/var/task' }],
        limits: { memoryMiB: 512, temporaryStorageMiB: 1024 },
      });
      assert.equal((await sandbox.exited).exitCode, 0);
      const available = Number(chunks.join('').split('\n')[1]?.split(/\s+/)[3]);
      assert.ok(available >= 1024 && available < 1024 * 1.02, chunks.join(''));
    });
  });
}
