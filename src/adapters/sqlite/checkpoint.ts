/**
 * Carries the write-ahead log over into the database file, on a thread of its own, so that the event loop
 * waits for no disk. The thread stays: to start one costs as much as carrying a thousand pages.
 * I1 At most one thread. I2 Writers stand still for the last part alone, which finds the log nearly empty;
 * after it the next writer begins the log anew, which bounds the log's size.
 */
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker, type ResourceLimits } from 'node:worker_threads';
import type { Log } from '#ports/world/log.ts';
import type { Connection } from './connection.ts';

/** 16 MiB of log. */
const FRAMES_MAX = 4096;
/** Writing statements between two looks at the log's size. */
const WRITES_BETWEEN_LOOKS = 256;

/** Of what follows a word the thread answers, but for the last. */
export type CheckpointWord = 'begin' | 'writers stand still' | 'end';
export type CheckpointAnswer = 'the rest is small' | 'done';

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
  #thread: Worker | undefined;

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
    const thread = this.#thread;
    if (thread === undefined) return;
    thread.ref();
    tell(thread, 'end');
    await once(thread, 'exit');
  }

  async #run(): Promise<void> {
    try {
      const thread = (this.#thread ??= this.#startThread());
      await ask(thread, 'begin');
      this.#pause = Promise.withResolvers();
      await ask(thread, 'writers stand still');
    } catch (error) {
      // The log keeps everything, and grows until a later checkpoint, by another thread, succeeds.
      this.#options.log?.error('the checkpoint of the store failed', { error });
    }
    this.#pause?.resolve();
    this.#pause = undefined;
    this.#running = undefined;
  }

  #startThread(): Worker {
    const url = new URL(`./checkpoint-thread${extname(import.meta.url)}`, import.meta.url);
    const options = {
      workerData: this.#options.path,
      execArgv: [],
      env: {},
      resourceLimits: SMALL,
    };
    const thread = new Worker(url, options);
    thread.unref();
    const forget = (): void => {
      this.#thread = undefined;
    };
    // Who asks hears of an error, too.
    thread.once('error', forget).once('exit', forget);
    return thread;
  }
}

const SMALL: ResourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };

function tell(thread: Worker, word: CheckpointWord): void {
  thread.postMessage(word, []);
}

/** Resolves at the thread's answer; rejects with the error that ended it. */
async function ask(thread: Worker, word: CheckpointWord): Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;
  thread.ref();
  tell(thread, word);
  try {
    const exit = once(thread, 'exit', { signal }).then(() => {
      throw new Error('the thread of checkpoints has ended');
    });
    await Promise.race([once(thread, 'message', { signal }), exit]);
  } finally {
    thread.unref();
    ended.abort();
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
