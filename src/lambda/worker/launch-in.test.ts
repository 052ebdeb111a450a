import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { SimulatedSandboxDriver } from '#adapters/simulated-sandbox/index.ts';
import type { SandboxSpec } from '#ports/world/sandbox.ts';
import { launchIn } from './launch-in.ts';

const SPEC: SandboxSpec = {
  id: 'sandbox',
  command: ['/bin/true'],
  environment: {},
  mounts: [],
  limits: { memoryMiB: 128, temporaryStorageMiB: 512 },
  onRuntimeConnection: (connection) => connection.destroy(),
  onOutput: () => {},
};

async function open() {
  const driver = new SimulatedSandboxDriver({
    clock: new SimulatedClock(),
    program: async () => 0,
  });
  const sandbox = await driver.launch(SPEC);
  await sandbox.exited;
  return { driver, sandbox };
}

describe('what a sandbox is begun in', () => {
  it('is what the one before left, with the code that is mounted there', async () => {
    const { driver, sandbox } = await open();
    const { hasCode } = await launchIn(driver, { sandbox, hasCode: true }, SPEC);
    assert.deepEqual([hasCode, driver.launches, driver.restarts], [true, 1, 1]);
  });

  it('is nothing where the one before ended before its code was mounted, and nothing of that is left', async () => {
    const { driver, sandbox } = await open();
    const { hasCode } = await launchIn(driver, { sandbox, hasCode: false }, SPEC);
    assert.deepEqual([hasCode, driver.launches, driver.restarts], [false, 2, 0]);
    assert.equal(sandbox.canRestart, false);
  });

  it('is nothing where nothing was there', async () => {
    const { driver } = await open();
    const { hasCode } = await launchIn(driver, undefined, SPEC);
    assert.deepEqual([hasCode, driver.launches], [false, 2]);
  });
});
