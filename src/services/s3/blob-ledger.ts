/**
 * The order of blobs and rows: a blob is stored first, then the row that names it, and a blob that no row names any
 * more is deleted last.
 * Owns which writes are under way; does not own the blobs.
 * I1 While a write is under way its blobs are named by no row, and no sweep may take them.
 * I2 A blob is discarded only when the transaction has surely not committed, or after the commit that forgot it.
 * What a crash leaves behind is found by `sweep`.
 */
import { AwsError } from '#aws/errors.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Log } from '#ports/world/log.ts';
import type { Content } from './model.ts';

/** What a write has stored. */
export interface Stored {
  readonly content: Content;
}

export class BlobLedger {
  readonly #blobs: BlobStore;
  readonly #log: Log;
  readonly #writes = new Set<Promise<unknown>>();
  readonly #discards = new Set<Promise<void>>();

  constructor(blobs: BlobStore, log: Log) {
    this.#blobs = blobs;
    this.#log = log;
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
      if (error instanceof AwsError && stored.content.kind === 'blob') {
        this.discard([stored.content.id]);
      }
      throw error;
    }
  }

  /** Deletes blobs that no row names any more; nobody waits for it. */
  discard(ids: readonly (string | undefined)[]): void {
    for (const id of ids) {
      if (id === undefined) continue;
      const discard = this.#blobs.delete(id).catch((error: unknown) => {
        this.#log.warn('a blob could not be deleted, the next start will', { id, error });
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
