/** Built sandboxes wait for the next launch, whatever those do that run. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { childrenOf, until } from './remains.ts';
import { describeSandboxed, launchSleepers, openDriver } from './sandboxed.ts';
import { launcherOf } from './started-server.ts';

/** Below what is waited for the init of a launch, and above the pause before any build. */
const BETWEEN_REQUESTS_MS = 10;
const DEADLINE_MS = 30_000;

describeSandboxed('the pool of built sandboxes', () => {
  it('is filled beside a sandbox that nobody binds, while requests come all the time', async () => {
    await using test = await openDriver(undefined, { poolSize: 1 });
    const launcher = launcherOf(process.pid);
    const built = (): number => childrenOf(launcher).length;
    await until(
      () => built() === 1,
      () => `${built()} are built`,
    );
    const [sandbox] = await launchSleepers(test.driver, 1);
    await using _sandbox = sandbox;
    const deadline = performance.now() + DEADLINE_MS;
    while (built() < 2) {
      assert.ok(performance.now() < deadline, 'none is built');
      await sandbox?.peakMemoryBytes();
      await setTimeout(BETWEEN_REQUESTS_MS);
    }
  });
});
