/**
 * A server as far as sandboxes of the isolation that is named first go: starts some, prints who they are, and waits
 * to be killed; with `resets` they are given new processes meanwhile, over and over.
 */
import type { Sandbox } from '#ports/world/sandbox.ts';
import { ISOLATIONS, LIMITS, launchSleepers, openDriver } from './sandboxed.ts';

const SLEEPERS = 3;
/** Enough that a reset takes a while. */
const PROCESSES = 100;

async function resetOnce(sandbox: Sandbox): Promise<Sandbox> {
  await sandbox.reset?.();
  await sandbox.exited;
  if (sandbox.restart === undefined) throw new Error('these sandboxes are never reset');
  const started = Promise.withResolvers<void>();
  const script = `i=0; while [ $i -lt ${PROCESSES} ]; do sleep 600 & i=$((i+1)); done; echo; wait`;
  const next = await sandbox.restart({
    command: ['/bin/sh', '-c', script],
    environment: { PATH: '/usr/bin:/bin' },
    limits: LIMITS,
    onRuntimeConnection: (connection) => connection.destroy(),
    onOutput: () => started.resolve(),
  });
  await started.promise;
  return next;
}

async function resetForEver(first: Sandbox): Promise<never> {
  for (let sandbox = await resetOnce(first); ;) sandbox = await resetOnce(sandbox);
}

// Never disposed: this process is killed.
const [, , name, when] = process.argv;
const { driver, directory } = await openDriver(ISOLATIONS.find((it) => it.name === name));
const sandboxes = await launchSleepers(driver, SLEEPERS);
if (when === 'resets') {
  const [first] = await Promise.all(sandboxes.slice(0, 1).map((sandbox) => resetOnce(sandbox)));
  for (const sandbox of [first, ...sandboxes.slice(1)]) {
    if (sandbox !== undefined) void resetForEver(sandbox);
  }
}
console.log(directory);
setInterval(() => {}, 60_000);
