import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Connection } from './connection.ts';
import type { Durability } from './durability.ts';
import { TransactionQueue } from './transaction-queue.ts';

/** A queue whose syncs end when the test says so; each group's end is told with the rows that it saw. */
function makeQueue() {
  const connection = new Connection(':memory:', []);
  connection.script('CREATE TABLE t (n INTEGER)');
  const groups: number[] = [];
  let sync: PromiseWithResolvers<void> | undefined;
  const durability: Durability = {
    whenDurable: (_hasWritten, settle) => {
      groups.push((connection.get('SELECT COUNT(*) AS n FROM t', []) as { n: number }).n);
      settle();
    },
    underWay: () => sync?.promise,
    idle: () => Promise.resolve(),
  };
  const queue = new TransactionQueue({
    connection,
    durability,
    schedule: queueMicrotask,
    // What a group takes in does not hang on how busy the machine is.
    groupMsMax: Infinity,
  });
  const add = (count: number): Promise<number[]> =>
    Promise.all(
      Array.from({ length: count }, () => queue.add((tx) => tx.run('INSERT INTO t VALUES (1)'))),
    );
  const beginSync = (): void => {
    sync = Promise.withResolvers();
  };
  const endSync = (): void => {
    sync?.resolve();
    sync = undefined;
  };
  return { groups, add, beginSync, endSync };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('TransactionQueue', () => {
  it('commits at once where no sync is under way', async () => {
    const { groups, add } = makeQueue();
    await add(1);
    await add(2);
    assert.deepEqual(groups, [1, 3]);
  });

  it('makes one commit of what comes while a sync is under way', async () => {
    const { groups, add, beginSync, endSync } = makeQueue();
    beginSync();
    const added = [add(1)];
    await turn();
    added.push(add(30));
    await turn();
    assert.deepEqual(groups, []);
    endSync();
    await Promise.all(added);
    assert.deepEqual(groups, [31]);
  });

  it('waits for no sync once 32 bodies are there', async () => {
    const { groups, add, beginSync } = makeQueue();
    beginSync();
    const added = [add(1)];
    await turn();
    added.push(add(31));
    await Promise.all(added);
    assert.deepEqual(groups, [32]);
  });
});
