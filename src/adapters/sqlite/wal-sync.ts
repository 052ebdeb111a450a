/**
 * Syncs the write-ahead log to the disk, on libuv's pool, one sync at a time.
 * Owns a descriptor of the -wal file; SQLite holds no POSIX lock on that file, so that our closing it
 * drops none of SQLite's.
 * I1 A waiter is told after a sync that began after its commit. I2 Waiters are told in order.
 * I3 After a failed sync nobody is ever told success: the kernel may have dropped the pages.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';
import { StoreFailed } from '#ports/world/database.ts';
import type { Durability } from './durability.ts';

type Sync = (descriptor: number, callback: (error: Error | null) => void) => void;
type Settle = (error?: Error) => void;

/** The disk did not take what was committed: the process has to end, the next one recovers from the log. */
export class DiskFailed extends StoreFailed {
  override readonly name = 'DiskFailed';
}

export class WalSync implements Durability, Disposable {
  readonly #descriptor: number;
  readonly #syncDisk: Sync;
  #waiting: Settle[] = [];
  #isSyncing = false;
  #failure: DiskFailed | undefined;
  #underWay: PromiseWithResolvers<void> | undefined;
  #onIdle: (() => void)[] = [];

  /** `sync` is the kernel's, but in a test of its failure. */
  constructor(walPath: string, sync: Sync = fdatasync) {
    this.#descriptor = openSync(walPath, 'r+');
    this.#syncDisk = sync;
  }

  whenDurable(hasWritten: boolean, settle: Settle): void {
    if (this.#failure !== undefined) return settle(this.#failure);
    // Even one that wrote nothing waits: it may have seen what a loss of power would still undo.
    if (!hasWritten && !this.#isSyncing) return settle();
    this.#waiting.push(settle);
    if (!this.#isSyncing) this.#sync();
  }

  underWay(): Promise<void> | undefined {
    if (!this.#isSyncing) return undefined;
    this.#underWay ??= Promise.withResolvers();
    return this.#underWay.promise;
  }

  async idle(): Promise<void> {
    if (this.#isSyncing) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  #sync(): void {
    const covered = this.#waiting;
    this.#waiting = [];
    this.#isSyncing = true;
    this.#syncDisk(this.#descriptor, (error) => {
      this.#isSyncing = false;
      if (error !== null) this.#failure = new DiskFailed(`the disk failed: ${error.message}`);
      if (this.#waiting.length > 0 && this.#failure === undefined) this.#sync();
      for (const settle of covered) settle(this.#failure);
      if (this.#failure !== undefined) this.#fail(this.#failure);
      this.#underWay?.resolve();
      this.#underWay = undefined;
      if (!this.#isSyncing) for (const resolve of this.#onIdle.splice(0)) resolve();
    });
  }

  #fail(failure: DiskFailed): void {
    for (const settle of this.#waiting.splice(0)) settle(failure);
  }
}
