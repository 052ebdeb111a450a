/*
 * Compiles functions' code ahead of its starts.
 *
 * Owns: the line of what is to be compiled, bounded; the one sandbox that compiles.
 * Does not own: what comes of it, which is kept and swept with the code.
 *
 * I1  Code is compiled by a sandbox of its own, which holds nothing but code, and runs none of it.
 * I2  What came of code serves nothing but that code, and nobody who runs it can write to it.
 * I3  A compiler is the first to make room for whoever starts.
 */
import { BoundedMap } from '#kernel/bounded-map.ts';
import { HOUR_MS, MIB, SECOND_MS } from '#kernel/units.ts';
import type { CompiledCode, CompiledKey } from '#lambda/model/compiled-code.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { DirectoryStore } from '#ports/world/directory-store.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import type { SandboxDriver, SandboxMount } from '#ports/world/sandbox.ts';
import type { Capacity, Slot } from './capacity.ts';
import type { RuntimeEntry } from './runtime-table.ts';

export interface AheadCompilerDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly driver: SandboxDriver;
  readonly directories: DirectoryStore;
  readonly capacity: Capacity;
  readonly compiled: CompiledCode;
  /** The room that a compiler held was given back. */
  readonly onFreed: () => void;
}

interface Order {
  readonly key: CompiledKey;
  readonly runtime: RuntimeEntry;
}

/** Less code than this is compiled in a moment: what it names of the runtime is seen in how long it takes. */
const CODE_BYTES_MIN = 64 * 1024;
/** A start that takes as long is tried to be shortened, however small its code is. */
const SLOW_INIT_MS = 50;
/** Less than this is not worth a mount. */
const ARCHIVE_BYTES_MIN = 32 * 1024;
/** As the compilers know; the server holds as much twice, for a moment. */
const ARCHIVE_BYTES_MAX = 32 * MIB;
const COMPILE_MS_MAX = 120 * SECOND_MS;
const WAITING_MAX = 100;
const MEMORY_MIB = 512;
/** What was asked is not looked up again so soon; what was compiled meanwhile is found then at the latest. */
const ANSWERS_MAX = 1000;
const ANSWERS_MS = 1 * HOUR_MS;
/** A compiler that did not come to its own end is not tried again so soon. */
const FAILED_MS = 1 * HOUR_MS;

interface Answer {
  readonly directoryId: Promise<string | null | undefined>;
  readonly untilMs: number;
}

/** The one that runs. */
interface Run {
  readonly slot: Slot;
  readonly stop: AbortController;
}

/** What came of it: nothing that could be kept is an end, too, but a kill or too long a time says nothing of the code. */
type Result =
  | { readonly kind: 'ended'; readonly archive: Uint8Array | undefined }
  | { readonly kind: 'failed' };

export class AheadCompiler implements AsyncDisposable {
  readonly #dependencies: AheadCompilerDependencies;
  readonly #answers = new BoundedMap<Answer>(ANSWERS_MAX);
  /** When those may be tried again that did not come to their own end, by name. */
  readonly #failed = new BoundedMap<number>(ANSWERS_MAX);
  readonly #waiting = new Map<string, Order>();
  #run: Run | undefined;
  #work: Promise<void> | undefined;
  #isClosed = false;

  constructor(dependencies: AheadCompilerDependencies) {
    this.#dependencies = dependencies;
  }

  /** The folder of what was compiled of a version's code, for forks of this runtime; none as long as there is none. */
  async folderOf(version: FunctionVersion, runtime: RuntimeEntry): Promise<string | undefined> {
    const key = this.#keyOf(version, runtime);
    if (key === undefined) return undefined;
    const directoryId = await this.#answerOf(key);
    return typeof directoryId === 'string' ? this.#pathOf(directoryId) : undefined;
  }

  /** Compiles a version's code, in a while, where there is enough of it. */
  noteStored(version: FunctionVersion, runtime: RuntimeEntry): void {
    const key = this.#keyOf(version, runtime);
    if (key !== undefined) this.#orderSoon({ key, runtime }, CODE_BYTES_MIN);
  }

  /** Compiles a version's code, in a while, where its start has taken long. */
  noteInit(version: FunctionVersion, runtime: RuntimeEntry, tookMs: number): void {
    const key = tookMs < SLOW_INIT_MS ? undefined : this.#keyOf(version, runtime);
    if (key !== undefined) this.#orderSoon({ key, runtime }, 0);
  }

  /** Ends what runs; whoever starts slowly asks for it again. Answers the MiB that are on their way back. */
  evict(): number {
    if (this.#run === undefined) return 0;
    this.#waiting.clear();
    this.#run.stop.abort();
    return this.#run.slot.memoryMiB;
  }

  /** Drops what compilers made that this machine has no more. */
  async dropOthers(runtimes: Iterable<RuntimeEntry>): Promise<void> {
    const compilers = [...runtimes].flatMap(({ family, compiler }) =>
      compiler === undefined ? [] : { family, compiler: compiler.version },
    );
    await this.#dependencies.compiled.keepOnly(compilers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#waiting.clear();
    this.#run?.stop.abort();
    await this.#work;
  }

  /** `undefined` where nothing is compiled ahead: for other languages, drivers, and folders, which change. */
  #keyOf(version: FunctionVersion, runtime: RuntimeEntry): CompiledKey | undefined {
    const { compiler, family, zygote } = runtime;
    const isForked = zygote !== undefined && this.#dependencies.driver.hasZygote !== undefined;
    if (compiler === undefined || !isForked || version.folder !== undefined) return undefined;
    const { codeDirectoryId, layersDirectoryId } = version;
    const layers = layersDirectoryId === undefined ? {} : { layersDirectoryId };
    return { codeDirectoryId, ...layers, family, compiler: compiler.version };
  }

  #answerOf(key: CompiledKey): Promise<string | null | undefined> {
    const name = nameOf(key);
    const nowMs = this.#dependencies.clock.monotonicMs();
    const known = this.#answers.get(name);
    if (known !== undefined && known.untilMs > nowMs) return known.directoryId;
    const directoryId = this.#dependencies.compiled.find(key);
    this.#answers.set(name, { directoryId, untilMs: nowMs + ANSWERS_MS });
    directoryId.catch(() => this.#answers.delete(name));
    return directoryId;
  }

  /** `undefined` where the tree is gone: an answer may be older than that. */
  async #pathOf(directoryId: string): Promise<string | undefined> {
    return (await this.#dependencies.directories.find(directoryId))?.path;
  }

  async #isKnown(key: CompiledKey): Promise<boolean> {
    const directoryId = await this.#dependencies.compiled.find(key);
    if (typeof directoryId !== 'string') return directoryId === null;
    return (await this.#pathOf(directoryId)) !== undefined;
  }

  #orderSoon(order: Order, codeBytesMin: number): void {
    this.#order(order, codeBytesMin).catch((error: unknown) => {
      this.#dependencies.log.warn('code could not be looked at', { error });
    });
  }

  async #order(order: Order, codeBytesMin: number): Promise<void> {
    const { key } = order;
    if ((await this.#isKnown(key)) || (await this.#bytesOf(key)) < codeBytesMin) return;
    const name = nameOf(key);
    const isPaused = (this.#failed.get(name) ?? 0) > this.#dependencies.clock.monotonicMs();
    if (this.#isClosed || isPaused || this.#waiting.size >= WAITING_MAX) return;
    this.#waiting.set(name, order);
    this.#work ??= this.#compileAll();
  }

  async #bytesOf({ codeDirectoryId, layersDirectoryId }: CompiledKey): Promise<number> {
    const { directories } = this.#dependencies;
    const code = await directories.find(codeDirectoryId);
    const layers =
      layersDirectoryId === undefined ? undefined : await directories.find(layersDirectoryId);
    return (code?.bytes ?? 0) + (layers?.bytes ?? 0);
  }

  async #compileAll(): Promise<void> {
    for (const [name, order] of this.#waiting) {
      try {
        await this.#compileOne(order);
      } catch (error) {
        this.#dependencies.log.warn('code could not be compiled ahead', { name, error });
      }
      this.#waiting.delete(name);
    }
    // In the turn in which the last one was found: an order that comes later begins anew.
    this.#work = undefined;
  }

  async #compileOne({ key, runtime }: Order): Promise<void> {
    const { capacity, clock, compiled, onFreed } = this.#dependencies;
    if (await this.#isKnown(key)) return;
    // The machine is full: whoever starts next asks again.
    const slot = this.#isClosed ? undefined : capacity.reserve(MEMORY_MIB);
    if (slot === undefined) return;
    const stop = new AbortController();
    this.#run = { slot, stop };
    let result: Result;
    try {
      result = await this.#compile(key, runtime, stop.signal);
    } finally {
      this.#run = undefined;
      slot[Symbol.dispose]();
      onFreed();
    }
    const name = nameOf(key);
    if (result.kind === 'failed') {
      const untilMs = clock.monotonicMs() + FAILED_MS;
      if (!stop.signal.aborted) this.#failed.set(name, untilMs);
      return;
    }
    const { archive } = result;
    const isWorth = archive !== undefined && archive.byteLength >= ARCHIVE_BYTES_MIN;
    await compiled.keep(key, isWorth ? archive : undefined);
    this.#answers.delete(name);
  }

  async #compile(key: CompiledKey, runtime: RuntimeEntry, signal: AbortSignal): Promise<Result> {
    const { driver, random, clock } = this.#dependencies;
    const { command, environment } = runtime.compiler ?? { command: [], environment: {} };
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    await using sandbox = await driver.launch({
      id: random.uuid(),
      command,
      environment,
      mounts: [...runtime.mounts, ...(await this.#mountsOf(key))],
      limits: { memoryMiB: MEMORY_MIB, temporaryStorageMiB: 512, virtualCpus: 1 },
      onRuntimeConnection: (connection) => connection.destroy(),
      onOutput: (output, chunk) => {
        bytes += output === 'stdout' ? chunk.byteLength : 0;
        if (output === 'stdout' && bytes <= ARCHIVE_BYTES_MAX) chunks.push(chunk);
      },
    });
    const stopped = Promise.withResolvers<undefined>();
    const stop = (): void => stopped.resolve(undefined);
    using _timer = clock.setTimer(COMPILE_MS_MAX, stop);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const exit = await Promise.race([sandbox.exited, stopped.promise]);
    if (exit?.exitCode === undefined) return { kind: 'failed' };
    const isWhole = exit.exitCode === 0 && bytes <= ARCHIVE_BYTES_MAX;
    return { kind: 'ended', archive: isWhole ? Buffer.concat(chunks) : undefined };
  }

  async #mountsOf({ codeDirectoryId, layersDirectoryId }: CompiledKey): Promise<SandboxMount[]> {
    const { directories } = this.#dependencies;
    const mounts: SandboxMount[] = [];
    const wanted = [
      [codeDirectoryId, '/var/task'],
      [layersDirectoryId, '/opt'],
    ] as const;
    for (const [id, target] of wanted) {
      const found = id === undefined ? undefined : await directories.find(id);
      if (found !== undefined) mounts.push({ source: found.path, target });
    }
    return mounts;
  }
}

function nameOf({ codeDirectoryId, layersDirectoryId, family, compiler }: CompiledKey): string {
  return [codeDirectoryId, layersDirectoryId ?? '', family, compiler].join(' ');
}
