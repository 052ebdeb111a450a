import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { DiskFailed, WalSync } from './wal-sync.ts';

const place = mkdtempSync(join(tmpdir(), 'hearth-sync-'));
writeFileSync(join(place, 'wal'), '');
after(() => {
  rmSync(place, { recursive: true });
});

/** A log whose disk answers when the test says so. */
function makeLog(): {
  sync: WalSync;
  answers: ((error: Error | null) => void)[];
  told: string[];
  wait: (name: string, hasWritten?: boolean) => void;
} {
  const answers: ((error: Error | null) => void)[] = [];
  const told: string[] = [];
  const sync = new WalSync(join(place, 'wal'), (_descriptor, callback) => answers.push(callback));
  const wait = (name: string, hasWritten = true): void => {
    sync.whenDurable(hasWritten, (error) =>
      told.push(error === undefined ? name : `${name} failed`),
    );
  };
  return { sync, answers, told, wait };
}

describe('WalSync', () => {
  it('tells after a sync that began after the commit, in order', () => {
    const { sync, answers, told, wait } = makeLog();
    wait('first');
    wait('second');
    wait('third');
    assert.deepEqual([answers.length, told], [1, []]);
    answers[0]?.(null);
    assert.deepEqual([answers.length, told], [2, ['first']]);
    answers[1]?.(null);
    assert.deepEqual([answers.length, told], [2, ['first', 'second', 'third']]);
    sync[Symbol.dispose]();
  });

  it('makes what wrote nothing wait for what it may have seen, and for nothing else', () => {
    const { sync, answers, told, wait } = makeLog();
    wait('reader', false);
    assert.deepEqual([answers.length, told], [0, ['reader']]);
    wait('writer');
    wait('second reader', false);
    assert.deepEqual(told, ['reader']);
    answers[0]?.(null);
    answers[1]?.(null);
    assert.deepEqual(told, ['reader', 'writer', 'second reader']);
    sync[Symbol.dispose]();
  });

  it('tells when the sync that is under way has ended, also one that failed', async () => {
    const { sync, answers, wait } = makeLog();
    assert.equal(sync.underWay(), undefined);
    wait('first');
    const first = sync.underWay();
    answers[0]?.(null);
    await first;
    assert.equal(sync.underWay(), undefined);
    wait('second');
    const second = sync.underWay();
    answers[1]?.(new Error('EIO'));
    await second;
    sync[Symbol.dispose]();
  });

  it('tells nobody success once the disk has failed', () => {
    const { sync, answers, told, wait } = makeLog();
    wait('first');
    wait('second');
    answers[0]?.(new Error('EIO'));
    wait('third');
    wait('reader', false);
    assert.deepEqual(told, ['first failed', 'second failed', 'third failed', 'reader failed']);
    assert.equal(answers.length, 1);
    sync.whenDurable(true, (error) => assert.ok(error instanceof DiskFailed));
    sync[Symbol.dispose]();
  });
});
