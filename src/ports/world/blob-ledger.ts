/**
 * The order of blobs and rows: a blob is stored first, then the row that names it, and a blob that no row names any
 * more is deleted last.
 * Owns which writes are under way; does not own the blobs.
 * I1 While a write is under way its blobs are named by no row, and no sweep may take them.
 * I2 A blob is discarded only when the transaction has surely not committed, or after the commit that forgot it.
 * What a crash leaves behind is found by `sweepBlobs`.
 */
import type { BlobStore } from './blob-store.ts';
import type { Log } from './log.ts';

export interface BlobLedgerOptions<Stored> {
  readonly blobs: BlobStore;
  readonly log: Log;
  /** The blobs that a write has stored. */
  readonly idsOf: (stored: Stored) => readonly string[];
  /** True for what a commit throws where it has surely not happened. */
  readonly isRefusal: (error: unknown) => boolean;
}

export class BlobLedger<Stored> {
  readonly #options: BlobLedgerOptions<Stored>;
  readonly #writes = new Set<Promise<unknown>>();
  readonly #discards = new Set<Promise<void>>();

  constructor(options: BlobLedgerOptions<Stored>) {
    this.#options = options;
  }

  /** Stores content by `store` and names it by `commit`; takes it back where the commit refuses (I2). */
  async write<S extends Stored, T>(
    store: () => Promise<S>,
    commit: (stored: S) => Promise<T>,
  ): Promise<T> {
    const write = this.#storeAndCommit(store, commit);
    const settled = write.then(
      () => undefined,
      () => undefined,
    );
    this.#writes.add(settled);
    void settled.then(() => this.#writes.delete(settled));
    return write;
  }

  async #storeAndCommit<S extends Stored, T>(
    store: () => Promise<S>,
    commit: (stored: S) => Promise<T>,
  ): Promise<T> {
    const stored = await store();
    try {
      return await commit(stored);
    } catch (error) {
      const { isRefusal, idsOf } = this.#options;
      if (isRefusal(error)) this.discard(idsOf(stored));
      throw error;
    }
  }

  /** Deletes blobs that no row names any more; nobody waits for it. */
  discard(ids: readonly (string | undefined)[]): void {
    const { blobs, log } = this.#options;
    for (const id of ids) {
      if (id === undefined) continue;
      const discard = blobs.delete(id).catch((error: unknown) => {
        log.warn('a blob could not be deleted, the next start will', { id, error });
      });
      this.#discards.add(discard);
      void discard.then(() => this.#discards.delete(discard));
    }
  }

  /** Resolves when the writes that are now under way have ended. */
  async writesSettled(): Promise<void> {
    await Promise.all(this.#writes);
  }

  /** Resolves when everything discarded so far is gone. */
  async discardsSettled(): Promise<void> {
    await Promise.all(this.#discards);
  }
}
