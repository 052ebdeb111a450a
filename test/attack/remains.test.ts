/** Nothing is left: of sandboxes that ended, of a server that was killed, of a launcher that was. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import {
  childrenOf,
  countRemains,
  groupsOf,
  isAlive,
  numberOf,
  settled,
  until,
} from './remains.ts';
import { launcherOf, startServer } from './started-server.ts';
import {
  LIMITS,
  PROGRAMS,
  launchSleepers,
  openDriver,
  describeSandboxed,
  runInSandbox,
} from './sandboxed.ts';

const LAUNCHES = 60;

describeSandboxed('what sandboxes leave', () => {
  it(`is nothing after ${LAUNCHES} of them`, async () => {
    await using test = await openDriver(undefined, { poolSize: 0 });
    const launcher = launcherOf(process.pid);
    const number = numberOf(launcher);
    const count = () => countRemains(launcher, number, test.directory);
    const round = async (launches: number): Promise<void> => {
      for (let i = 0; i < launches; i += 5) {
        await Promise.all(
          Array.from({ length: 5 }, () =>
            runInSandbox(test.driver, ['/bin/sh', '-c', 'echo x > /tmp/x; sleep 30 & exit 0']),
          ),
        );
      }
    };
    // The first round fills what is kept for good: templates, Node's own descriptors.
    await round(5);
    await until(
      () => count().groups === 0 && count().cables === 0 && count().loopDevices === 0,
      () => JSON.stringify(count()),
    );
    const before = await settled(count);
    await round(LAUNCHES);
    const isSame = () => JSON.stringify(count()) === before;
    await until(isSame, () => `${JSON.stringify(count())}, before ${before}`);
  });

  it('is nothing after sandboxes are ended while they are frozen', async () => {
    await using test = await openDriver(undefined, { poolSize: 0 });
    const launcher = launcherOf(process.pid);
    const number = numberOf(launcher);
    const sandboxes = await launchSleepers(test.driver, 3);
    for (const sandbox of sandboxes) await sandbox.freeze();
    for (const sandbox of sandboxes) await sandbox[Symbol.asyncDispose]();
    await until(
      () => groupsOf(number).length === 0 && childrenOf(launcher).length === 0,
      () => String(groupsOf(number)),
    );
  });

  for (const when of ['', 'resets'] as const) {
    it(`is nothing once the server is killed${when === '' ? '' : ' amid resets'}`, async () => {
      const { server, launcher, number, directory } = await startServer('namespaces', when);
      const sandboxes = childrenOf(launcher);
      assert.ok(sandboxes.length >= 3);
      server.kill('SIGKILL');
      await until(
        () => !isAlive(launcher),
        () => 'the launcher lives on',
      );
      assert.deepEqual(sandboxes.filter(isAlive), []);
      assert.deepEqual(groupsOf(number), []);
      const count = () => countRemains(launcher, number, directory);
      await until(
        () => count().cables === 0 && count().loopDevices === 0,
        () => JSON.stringify(count()),
      );
      await rm(directory, { recursive: true, force: true });
    });
  }

  it('ends with a launcher that is killed amid resets, and is swept by the next', async () => {
    const { server, launcher, number, directory } = await startServer('namespaces', 'resets');
    const sandboxes = childrenOf(launcher);
    // Both at once, so that nobody is left to clean up.
    server.kill('SIGSTOP');
    process.kill(launcher, 'SIGKILL');
    server.kill('SIGKILL');
    await until(
      () => !sandboxes.some(isAlive),
      () => 'sandboxes live on',
    );
    const left = new Set(groupsOf(number));
    assert.ok(left.size > 0, 'nothing was left to be swept');
    // Whoever starts next takes the lowest number that is free, this one or another test's.
    await using test = await openDriver(undefined, { poolSize: 0 });
    const remaining = () => groupsOf(number).filter((group) => left.has(group));
    await until(
      () => remaining().length === 0,
      () => `${remaining().join()} ${test.directory}`,
    );
    await rm(directory, { recursive: true, force: true });
  });

  it('is nothing more after a hundred resets than after one', async () => {
    await using test = await openDriver(undefined, { poolSize: 0 });
    const launcher = launcherOf(process.pid);
    const count = () => countRemains(launcher, numberOf(launcher), test.directory);
    let [sandbox] = await launchSleepers(test.driver, 1);
    const resetOnce = async (): Promise<void> => {
      await sandbox?.reset?.();
      await sandbox?.exited;
      sandbox = await sandbox?.restart?.({
        command: ['/bin/sh', '-c', 'exec sleep 600'],
        environment: { PATH: '/usr/bin:/bin' },
        limits: LIMITS,
        onRuntimeConnection: (connection) => connection.destroy(),
        onOutput: () => {},
      });
    };
    await resetOnce();
    const before = await settled(count);
    for (let resets = 0; resets < 100; resets += 1) await resetOnce();
    await until(
      () => JSON.stringify(count()) === before,
      () => `${JSON.stringify(count())}, before ${before}`,
    );
    await sandbox?.[Symbol.asyncDispose]();
  });

  it('is a server that goes on when its launcher dies', async () => {
    await using test = await openDriver();
    const [sandbox] = await launchSleepers(test.driver, 1);
    process.kill(launcherOf(process.pid), 'SIGKILL');
    const exit = await sandbox?.exited;
    assert.equal(exit?.signal, 'SIGKILL');
    await sandbox?.[Symbol.asyncDispose]();
    const { exit: next } = await runInSandbox(test.driver, ['/bin/true']);
    assert.equal(next.exitCode, 0);
  });

  it('is bounded on disk while a sandbox is alive: a deep tree in /tmp goes with it', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'hearth-attack-'));
    await using test = await openDriver(undefined, { directory, poolSize: 0 });
    const script = 'import os\nfor _ in range(3000):\n os.mkdir("a" * 200); os.chdir("a" * 200)';
    const mounts = [{ source: PROGRAMS, target: '/var/task' }];
    const command = ['/usr/bin/python3', '-c', `import os; os.chdir("/tmp")\n${script}`];
    const { exit } = await runInSandbox(test.driver, command, { mounts });
    assert.equal(exit.exitCode, 0);
    await rm(directory, { recursive: true, force: true });
  });
});
