import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runtimeProgram } from '#adapters/simulated-sandbox/index.ts';
import { functionVersion, TestPlane } from '../../../test/support/invoke-plane.ts';

const options = { stemCells: { min: 1, max: 4, bootsMax: 1, memoryMiB: 16 } };
const program = runtimeProgram({ handler: async () => '1' });

/** A plane that has run for a while. */
async function openPlane(runtimes: readonly string[]): Promise<TestPlane> {
  const test = new TestPlane({ program, options });
  test.catalog.runtimes = runtimes;
  void test.plane.run(new AbortController().signal);
  await test.during(Promise.resolve(), 100);
  return test;
}

describe('sandboxes of a runtime', () => {
  it('are not booted where nothing was deployed', async () => {
    await using test = await openPlane([]);
    assert.equal(test.plane.stats().stemCells, 0);
    assert.equal(test.driver.launches, 0);
  });

  it('are booted at the start for the functions that there are', async () => {
    await using test = await openPlane(['python3.11', 'provided.al2023', 'nodejs24.x', 'dotnet8']);
    assert.equal(test.plane.stats().stemCells, 2);
  });

  it('are booted once a function is stored, so that its first invocation finds one', async () => {
    await using test = await openPlane([]);
    const version = functionVersion();
    test.catalog.store(version);
    await test.during(Promise.resolve(), 100);
    assert.equal(test.plane.stats().stemCells, 1);
    test.catalog.put(version);
    await test.during(test.invoke());
    assert.equal(test.driver.launches, 1, 'no sandbox was made for it');
  });

  it('do not wait for what they will be forked of, which then boots beside nobody', async () => {
    await using test = await openPlane([]);
    const booted: string[] = [];
    // It never comes to its end.
    const { promise: booting } = Promise.withResolvers<void>();
    Object.assign(test.driver, {
      hasZygote: () => false,
      prepareZygote: () => {
        booted.push(`after ${test.driver.launches}`);
        return booting;
      },
    });
    test.catalog.store(functionVersion());
    await test.during(Promise.resolve(), 100);
    assert.equal(test.plane.stats().stemCells, 1);
    assert.deepEqual(booted, ['after 1']);
  });

  it('are not booted for functions that cannot become of one', async () => {
    await using test = await openPlane([]);
    test.catalog.store(functionVersion({ runtime: 'provided.al2023' }));
    test.catalog.store(functionVersion({ runtime: 'dotnet8' }));
    test.catalog.store(
      functionVersion({ environmentVariables: { NODE_OPTIONS: '--no-warnings' } }),
    );
    await test.during(Promise.resolve(), 100);
    assert.equal(test.driver.launches, 0);
  });
});
