import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { present } from '#kernel/assert.ts';
import { Forks } from './forks.ts';
import { createRuntimeTable } from './runtime-table.ts';

const NODE = { command: '/var/lang/bin/node', mounts: [], version: '24.0.0' };
const table = createRuntimeTable({ runtimesDirectory: '/runtimes', node: NODE, pythons: [] });
const node = present(table.get('nodejs24.x'), 'Node is there');

/** A driver whose zygote boots until it is told to be there. */
class FakeDriver {
  readonly #booting = Promise.withResolvers<void>();
  isThere = false;
  asked = 0;

  hasZygote(): boolean {
    return this.isThere;
  }

  prepareZygote(): Promise<void> {
    this.asked += 1;
    return this.#booting.promise;
  }

  end(isThere: boolean): void {
    this.isThere = isThere;
    this.#booting.resolve();
  }
}

/** What a choice came to, as far as it did. */
async function chosen(choice: Promise<boolean>): Promise<boolean | 'waits'> {
  const waiting = turn('waits' as const);
  return Promise.race([choice, waiting]);
}

const never = new Promise<void>(() => {});

describe('forks', () => {
  it('are what starts are made of where there is a zygote', async () => {
    const driver = new FakeDriver();
    driver.isThere = true;
    const forks = new Forks(driver);
    assert.equal(await chosen(forks.isForStart(node, never)), true);
    assert.equal(await chosen(forks.isForStemCell(node, never)), true);
    assert.equal(driver.asked, 0);
  });

  it('are not waited for by two starts at a time; who comes besides is one', async () => {
    const driver = new FakeDriver();
    const forks = new Forks(driver);
    const first = Promise.withResolvers<void>();
    assert.equal(await chosen(forks.isForStart(node, first.promise)), false);
    assert.equal(driver.asked, 1, 'its zygote boots');
    assert.equal(await chosen(forks.isForStart(node, never)), false);
    const third = forks.isForStart(node, never);
    assert.equal(await chosen(third), 'waits');
    first.resolve();
    await turn();
    assert.equal(await chosen(forks.isForStart(node, never)), false, 'the first is over');
    driver.end(true);
    assert.equal(await chosen(third), true);
  });

  it('are nothing to wait for where their zygote has failed', async () => {
    const driver = new FakeDriver();
    const forks = new Forks(driver);
    for (let count = 0; count < 2; count += 1) await forks.isForStart(node, never);
    const third = forks.isForStart(node, never);
    driver.end(false);
    assert.equal(await chosen(third), false);
  });

  it('come after the first stem cell, whose zygote boots once it has', async () => {
    const driver = new FakeDriver();
    const forks = new Forks(driver);
    const first = Promise.withResolvers<void>();
    assert.equal(await chosen(forks.isForStemCell(node, first.promise)), false);
    assert.equal(driver.asked, 0);
    first.resolve();
    await turn();
    assert.equal(driver.asked, 1);
    assert.equal(await chosen(forks.isForStemCell(node, never)), false, 'that one was taken');
    const third = forks.isForStemCell(node, never);
    assert.equal(await chosen(third), 'waits');
    driver.end(true);
    assert.equal(await chosen(third), true);
  });

  it('are not stem cells while starts wait for their zygote', async () => {
    const driver = new FakeDriver();
    const forks = new Forks(driver);
    assert.equal(await chosen(forks.isForStart(node, never)), false);
    assert.equal(await chosen(forks.isForStemCell(node, never)), 'waits');
  });

  it('are never where a driver has none', async () => {
    const forks = new Forks({});
    assert.equal(await chosen(forks.isForStart(node, never)), false);
    assert.equal(await chosen(forks.isForStemCell(node, never)), false);
  });
});
