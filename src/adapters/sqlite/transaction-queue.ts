/**
 * Runs transactions one after another on one connection, gathered in groups: one BEGIN and COMMIT around
 * a SAVEPOINT each, so that many share the log's pages and one disk sync.
 * Owns the order and the connection's transaction state; does not own the connection.
 * I1 One body runs at a time. I2 A body that throws undoes its own writes alone. I3 Nobody is told an
 * outcome, good or bad, before the commits that it may have seen are durable. I4 A group ends after
 * `GROUP_MAX` bodies or `GROUP_MS_MAX`, and the event loop turns before the next. I5 A body that awaits
 * anything but statements is ended: everybody else would wait for it.
 */
import { AssertionError } from '#kernel/assert.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { Connection } from './connection.ts';
import type { Durability } from './durability.ts';
import { OpenTransaction } from './open-transaction.ts';

const GROUP_MAX = 256;
const GROUP_ENOUGH = 32;
const GROUP_MS_MAX = 4;

export type Body<T> = (tx: Transaction) => Promise<T>;

export interface TransactionQueueOptions {
  readonly connection: Connection;
  readonly durability: Durability;
  /** How a group is begun: `setImmediate` gathers what one turn of the event loop brings. */
  readonly schedule: (callback: () => void) => void;
  /** What a group waits for before it begins: a checkpoint's last part. */
  readonly ready?: () => Promise<void> | undefined;
  /** How long a group takes bodies in, in ms; GROUP_MS_MAX where nothing is said. */
  readonly groupMsMax?: number;
  /** Bodies may only query; the snapshot is taken without the writer's lock. */
  readonly isReadOnly?: boolean;
}

interface Waiting {
  readonly body: Body<unknown>;
  readonly isReadOnly: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly waiting: Waiting } & (
  | { readonly kind: 'done'; readonly value: unknown; readonly callbacks: readonly (() => void)[] }
  | { readonly kind: 'failed'; readonly error: unknown }
);

export class TransactionQueue {
  readonly #options: TransactionQueueOptions;
  readonly #begin: string;
  #waiting: Waiting[] = [];
  #isDraining = false;
  /** Called once enough bodies wait. */
  #onEnough: (() => void) | undefined;
  #onIdle: (() => void)[] = [];

  constructor(options: TransactionQueueOptions) {
    this.#options = options;
    this.#begin = options.isReadOnly === true ? 'BEGIN' : 'BEGIN IMMEDIATE';
  }

  /** Runs `body` in its turn; settles as the body did, once that may be told. */
  add<T>(body: Body<T>, isReadOnly = this.#options.isReadOnly === true): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      // The promise's own type says what `resolve` takes; the queue holds bodies of every type.
      this.#waiting.push({
        body,
        isReadOnly,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      if (this.#waiting.length >= GROUP_ENOUGH) this.#onEnough?.();
      if (this.#isDraining) return;
      this.#isDraining = true;
      this.#options.schedule(() => void this.#drain());
    });
  }

  /** Resolves when everything added before has settled. */
  async idle(): Promise<void> {
    if (this.#isDraining) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    await this.#options.durability.idle();
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const ready = this.#options.ready?.();
      if (ready !== undefined) await ready;
      await this.#gather();
      await this.#runGroup();
      if (this.#waiting.length > 0) await new Promise<void>((turn) => setImmediate(turn));
    }
    this.#isDraining = false;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** Waits while company may come and nobody loses by it (I6). */
  async #gather(): Promise<void> {
    if (this.#waiting.length >= GROUP_ENOUGH) return;
    const underWay = this.#options.durability.underWay();
    if (underWay === undefined) return;
    await new Promise<void>((resolve) => {
      this.#onEnough = resolve;
      void underWay.then(resolve);
    });
    this.#onEnough = undefined;
  }

  async #runGroup(): Promise<void> {
    const { connection, durability } = this.#options;
    const writesBefore = connection.writes;
    const outcomes: Outcome[] = [];
    let groupFailure: { readonly error: unknown } | undefined;
    try {
      connection.control(this.#begin);
      await this.#runBodies(outcomes);
      connection.control('COMMIT');
    } catch (error) {
      groupFailure = { error };
      if (connection.isTransaction) connection.control('ROLLBACK');
    }
    // At least one leaves the queue, also where BEGIN itself failed.
    const taken = this.#waiting.splice(0, Math.max(1, outcomes.length));
    durability.whenDurable(connection.writes !== writesBefore, (error) => {
      const failure = error === undefined ? groupFailure : { error };
      if (failure === undefined) outcomes.forEach(settle);
      else for (const { reject } of taken) reject(failure.error);
    });
  }

  /** @throws what ended the whole group; SQLite itself undoes it when the disk is full or fails */
  async #runBodies(outcomes: Outcome[]): Promise<void> {
    const { connection, groupMsMax = GROUP_MS_MAX } = this.#options;
    const endMs = performance.now() + groupMsMax;
    using turn = new TurnGuard();
    // The queue may grow while it is walked; what comes in time joins the group.
    for (const waiting of this.#waiting) {
      const outcome = await runBody(connection, waiting, turn);
      outcomes.push(outcome);
      if (outcome.kind === 'failed' && !connection.isTransaction) throw outcome.error;
      if (outcomes.length >= GROUP_MAX || performance.now() > endMs) return;
    }
  }
}

async function runBody(
  connection: Connection,
  waiting: Waiting,
  turn: TurnGuard,
): Promise<Outcome> {
  const { isReadOnly } = waiting;
  const tx = new OpenTransaction(connection, isReadOnly);
  // A read has nothing to undo.
  if (!isReadOnly) connection.control('SAVEPOINT body');
  try {
    const value = await turn.within(waiting.body(tx));
    if (!isReadOnly) connection.control('RELEASE body');
    return { kind: 'done', waiting, value, callbacks: tx.callbacks };
  } catch (error) {
    if (connection.isTransaction && !isReadOnly) {
      connection.control('ROLLBACK TO body');
      connection.control('RELEASE body');
    }
    return { kind: 'failed', waiting, error };
  } finally {
    tx.close();
  }
}

function settle(outcome: Outcome): void {
  if (outcome.kind === 'failed') return outcome.waiting.reject(outcome.error);
  // As a microtask, a callback that throws spoils nobody else's outcome.
  for (const callback of outcome.callbacks) queueMicrotask(callback);
  outcome.waiting.resolve(outcome.value);
}

/** Ends a body that lets the event loop turn: it awaits something that is no statement (I5). */
class TurnGuard implements Disposable {
  #reject: ((error: Error) => void) | undefined;
  #immediate: NodeJS.Immediate | undefined;

  within<T>(body: Promise<T>): Promise<T> {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#reject?.(
        new AssertionError('a transaction awaited something that is no statement of its own'),
      );
    });
    return new Promise<T>((resolve, reject) => {
      this.#reject = reject;
      body.then(resolve, reject);
    });
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#immediate);
  }
}
