/*
 * Compiles functions' code ahead of its starts.
 *
 * Owns: the line of what is to be compiled, bounded; the one sandbox that compiles.
 * Does not own: what comes of it, which is kept and swept with the code.
 *
 * I1  Code is compiled by a sandbox of its own, which holds nothing but code, and runs none of it.
 * I2  What came of code serves nothing but that code, and nobody who runs it can write to it.
 * I3  No start waits for a compiler.
 */
import { HOUR_MS, MIB, SECOND_MS } from '#kernel/units.ts';
import type { CompiledCode, CompiledKey } from '#lambda/model/compiled-code.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { DirectoryStore } from '#ports/world/directory-store.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import type { SandboxDriver, SandboxMount } from '#ports/world/sandbox.ts';
import type { Capacity } from './capacity.ts';
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
const ARCHIVE_BYTES_MAX = 128 * MIB;
const COMPILE_MS_MAX = 120 * SECOND_MS;
const WAITING_MAX = 100;
const MEMORY_MIB = 512;
/** What was asked is not looked up again so soon; what was compiled meanwhile is found then at the latest. */
const ANSWERS_MAX = 1000;
const ANSWERS_MS = 1 * HOUR_MS;

interface Answer {
  readonly found: Promise<string | undefined>;
  readonly untilMs: number;
}

export class AheadCompiler implements AsyncDisposable {
  readonly #dependencies: AheadCompilerDependencies;
  readonly #answers = new Map<string, Answer>();
  readonly #waiting = new Map<string, Order>();
  readonly #closing = new AbortController();
  #work: Promise<void> | undefined;

  constructor(dependencies: AheadCompilerDependencies) {
    this.#dependencies = dependencies;
  }

  /** The folder of what was compiled of a version's code, for forks of this runtime; none as long as there is none. */
  async folderOf(version: FunctionVersion, runtime: RuntimeEntry): Promise<string | undefined> {
    const key = this.#keyOf(version, runtime);
    if (key === undefined) return undefined;
    const name = nameOf(key);
    const nowMs = this.#dependencies.clock.monotonicMs();
    const known = this.#answers.get(name);
    if (known !== undefined && known.untilMs > nowMs) return known.found;
    const found = this.#find(key);
    this.#answers.delete(name);
    this.#answers.set(name, { found, untilMs: nowMs + ANSWERS_MS });
    const oldest = this.#answers.keys().next();
    if (this.#answers.size > ANSWERS_MAX && oldest.done !== true)
      this.#answers.delete(oldest.value);
    found.catch(() => this.#answers.delete(name));
    return found;
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

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#waiting.clear();
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

  async #find(key: CompiledKey): Promise<string | undefined> {
    const { compiled, directories } = this.#dependencies;
    const id = await compiled.find(key);
    return typeof id === 'string' ? (await directories.find(id))?.path : undefined;
  }

  #orderSoon(order: Order, codeBytesMin: number): void {
    this.#order(order, codeBytesMin).catch((error: unknown) => {
      this.#dependencies.log.warn('code could not be looked at', { error });
    });
  }

  async #order(order: Order, codeBytesMin: number): Promise<void> {
    const { compiled } = this.#dependencies;
    const isKnown = (await compiled.find(order.key)) !== undefined;
    if (isKnown || (await this.#bytesOf(order.key)) < codeBytesMin) return;
    if (this.#closing.signal.aborted || this.#waiting.size >= WAITING_MAX) return;
    this.#waiting.set(nameOf(order.key), order);
    this.#work ??= this.#compileAll().finally(() => {
      this.#work = undefined;
    });
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
  }

  async #compileOne({ key, runtime }: Order): Promise<void> {
    const { capacity, compiled, onFreed } = this.#dependencies;
    const slot = capacity.reserve(MEMORY_MIB);
    // The machine is full: whoever starts next asks again.
    if (slot === undefined) return;
    let archive: Uint8Array | undefined;
    try {
      archive = await this.#run(key, runtime);
    } finally {
      slot[Symbol.dispose]();
      onFreed();
    }
    if (this.#closing.signal.aborted) return;
    const isWorth = archive !== undefined && archive.byteLength >= ARCHIVE_BYTES_MIN;
    await compiled.keep(key, isWorth ? archive : undefined);
    this.#answers.delete(nameOf(key));
  }

  /** What the compiler wrote; `undefined` where it failed. */
  async #run(key: CompiledKey, runtime: RuntimeEntry): Promise<Uint8Array | undefined> {
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
    const stop = Promise.withResolvers<undefined>();
    const { signal } = this.#closing;
    using _timer = clock.setTimer(COMPILE_MS_MAX, () => stop.resolve(undefined));
    const onAbort = (): void => stop.resolve(undefined);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    const exit = await Promise.race([sandbox.exited, stop.promise]);
    signal.removeEventListener('abort', onAbort);
    return exit?.exitCode === 0 && bytes <= ARCHIVE_BYTES_MAX ? Buffer.concat(chunks) : undefined;
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
