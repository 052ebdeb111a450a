/**
 * Carries the write-ahead log over into the database file, on a thread of its own that lives as long as
 * the carrying does, so that the event loop waits for no disk.
 * I1 At most one thread. I2 Writers stand still for the last part alone, which finds the log nearly empty;
 * after it the next writer begins the log anew, which bounds the log's size.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Log } from '#ports/world/log.ts';
import type { Connection } from './connection.ts';

/** 16 MiB of log. */
const FRAMES_MAX = 4096;
/** Writing statements between two looks at the log's size. */
const WRITES_BETWEEN_LOOKS = 256;

export interface CheckpointerOptions {
  readonly connection: Connection;
  readonly path: string;
  readonly log: Log | undefined;
  readonly framesMax?: number;
}

export class Checkpointer implements AsyncDisposable {
  readonly #options: CheckpointerOptions;
  readonly #framesMax: number;
  #writesAtLook = 0;
  #running: Promise<void> | undefined;
  #pause: PromiseWithResolvers<void> | undefined;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#framesMax = options.framesMax ?? FRAMES_MAX;
  }

  /** Before a group of transactions: begins a checkpoint where one is due; the promise to wait for, if any. */
  ready(): Promise<void> | undefined {
    const { connection } = this.#options;
    if (
      this.#running === undefined &&
      connection.writes - this.#writesAtLook >= WRITES_BETWEEN_LOOKS
    ) {
      this.#writesAtLook = connection.writes;
      if (framesToCarry(connection) >= this.#framesMax) this.#running = this.#run();
    }
    return this.#pause?.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#runThread();
    } catch (error) {
      // The log keeps everything, and grows until a later checkpoint succeeds.
      this.#options.log?.error('the checkpoint of the store failed', { error });
    }
    this.#pause?.resolve();
    this.#pause = undefined;
    this.#running = undefined;
  }

  #runThread(): Promise<void> {
    const url = new URL(`./checkpoint-thread${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(url, { workerData: this.#options.path, execArgv: [], env: {} });
    return new Promise((resolve, reject) => {
      worker.once('message', () => {
        this.#pause = Promise.withResolvers();
        worker.postMessage('writers stand still', []);
      });
      worker.once('error', reject);
      worker.once('exit', () => {
        resolve();
      });
    });
  }
}

/** Pages in the log that the database file lacks. SQLite before 3.51 knows no NOOP and carries them over. */
function framesToCarry(connection: Connection): number {
  // The pragma's three columns are SQLite's own.
  const row = connection.get('PRAGMA wal_checkpoint(NOOP)', []) as {
    log: number;
    checkpointed: number;
  };
  return row.log - row.checkpointed;
}
