/** Nothing is left of what an OCI runtime made, whoever was killed meanwhile. */
import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { it } from 'node:test';
import {
  countRemains,
  descendantsOf,
  groupsOf,
  isAlive,
  numberOf,
  settled,
  until,
} from './remains.ts';
import { ISOLATIONS, describeIsolated, openDriver, runInSandbox } from './sandboxed.ts';
import { launcherOf, startServer } from './started-server.ts';

const RUNTIMES = ISOLATIONS.filter(({ name }) => name.startsWith('oci:'));
/** What a driver keeps in its directory as long as it is; gVisor's a point for mounts, one for all. */
const KEPT = new Set(['oci-root', 'oci-tmp', 'oci-state', 'runsc/null-netns']);

async function filesIn(directory: string): Promise<readonly string[]> {
  const state = await readdir(path.join(directory, 'oci-state'), { recursive: true });
  const files = [...(await readdir(directory)), ...state.filter((name) => name.includes('/'))];
  return files.filter((name) => !KEPT.has(name));
}

for (const isolation of RUNTIMES) {
  describeIsolated(`what containers of ${isolation.name} leave`, isolation, () => {
    it('is nothing after they ended, were killed, or were killed while they were frozen', async () => {
      await using test = await openDriver(isolation);
      const launcher = launcherOf(process.pid);
      const number = numberOf(launcher);
      const count = () => countRemains(launcher, number, test.directory);
      // Two wait for their launch, with a group in each of four hierarchies.
      await until(
        () => count().children === 2,
        () => JSON.stringify(count()),
      );
      const before = await settled(count);
      const ways = ['exit 0', 'sleep 600 & exit 3', 'echo ready; sleep 600'];
      for (const script of ways) {
        const { promise: ready, resolve } = Promise.withResolvers<void>();
        await using sandbox = await test.driver.launch({
          id: 'leaves',
          command: ['/bin/sh', '-c', script],
          environment: { PATH: '/usr/bin:/bin' },
          mounts: [],
          limits: { memoryMiB: 256, temporaryStorageMiB: 512 },
          onRuntimeConnection: (connection) => connection.destroy(),
          onOutput: () => resolve(),
        });
        if (script.startsWith('echo')) {
          await ready;
          await sandbox.freeze();
        } else await sandbox.exited;
      }
      await until(
        () => JSON.stringify(count()) === before,
        () => `${JSON.stringify(count())}, before ${before}`,
      );
      assert.deepEqual(await filesIn(test.directory), ['bundles']);
    });

    for (const when of ['', 'resets'] as const) {
      it(`is nothing once the server is killed${when === '' ? '' : ' amid resets'}`, async () => {
        const { server, launcher, number, directory } = await startServer(isolation.name, when);
        const inside = descendantsOf(launcher);
        server.kill('SIGKILL');
        await until(
          () => !isAlive(launcher) && !inside.some(isAlive),
          () => String(inside.filter(isAlive)),
        );
        const count = () => countRemains(launcher, number, directory);
        await until(
          () => count().cables === 0 && count().loopDevices === 0 && count().groups === 0,
          () => JSON.stringify(count()),
        );
        await using next = await openDriver(isolation, { directory });
        assert.deepEqual(await filesIn(directory), ['bundles']);
        assert.equal((await runInSandbox(next.driver, ['/bin/true'])).exit.exitCode, 0);
        await next.driver[Symbol.asyncDispose]();
        await rm(directory, { recursive: true, force: true });
      });
    }

    it('ends with a launcher that is killed beside its server, and is swept by the next', async () => {
      const { server, launcher, number, directory } = await startServer(isolation.name, 'resets');
      const inside = descendantsOf(launcher);
      // Both at once, so that nobody is left to clean up.
      server.kill('SIGSTOP');
      process.kill(launcher, 'SIGKILL');
      server.kill('SIGKILL');
      await until(
        () => !inside.some(isAlive),
        () => String(inside.filter(isAlive)),
      );
      const left = new Set(groupsOf(number));
      assert.ok(left.size > 0, 'nothing was left to be swept');
      // Whoever starts next takes the lowest number that is free, this one or another test's.
      await using next = await openDriver(isolation, { directory });
      const remaining = () => groupsOf(number).filter((group) => left.has(group));
      await until(
        () => remaining().length === 0,
        () => remaining().join(),
      );
      assert.deepEqual(await filesIn(directory), ['bundles']);
      await next.driver[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    });
  });
}
