import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { HOUR_MS, MIB } from '#kernel/units.ts';
import type { CompiledCode, CompiledKey } from '#lambda/model/compiled-code.ts';
import type { DirectoryStore } from '#ports/world/directory-store.ts';
import type { Sandbox, SandboxDriver, SandboxExit, SandboxSpec } from '#ports/world/sandbox.ts';
import { functionVersion } from '../../../test/support/invoke-plane.ts';
import { silentLog } from '../../../test/support/silent-log.ts';
import { AheadCompiler } from './ahead-compiler.ts';
import { Capacity } from './capacity.ts';
import type { Slot } from './capacity.ts';
import type { Launcher } from './launcher.ts';
import { EnvironmentPool } from './pool.ts';
import { createRuntimeTable } from './runtime-table.ts';
import type { RuntimeEntry } from './runtime-table.ts';
import type { StemCells } from './stem-cells.ts';

const CODE_BYTES = 64 * 1024;
const ARCHIVE = Buffer.alloc(32 * 1024, 7);
const VERSION = functionVersion({ environmentVariables: { SECRET: 'secret' } });

/** A driver whose compilers end when they are told to. */
class FakeDriver implements SandboxDriver {
  readonly name = 'fake';
  readonly description = 'fake';
  readonly specs: SandboxSpec[] = [];
  readonly exits: PromiseWithResolvers<SandboxExit>[] = [];
  /** Told of each launch. */
  launched = Promise.withResolvers<void>();
  disposed = 0;

  hasZygote(): boolean {
    return true;
  }

  async launch(spec: SandboxSpec): Promise<Sandbox> {
    const exit = Promise.withResolvers<SandboxExit>();
    this.specs.push(spec);
    this.exits.push(exit);
    this.launched.resolve();
    this.launched = Promise.withResolvers();
    return {
      id: spec.id,
      runtimeApiAddress: '',
      endpointAddress: '',
      bind: async () => {},
      freeze: async () => {},
      thaw: async () => {},
      terminate: async () => {},
      peakMemoryBytes: async () => 0,
      exited: exit.promise,
      [Symbol.asyncDispose]: async () => {
        this.disposed += 1;
      },
    };
  }

  end(index: number, exitCode: number | undefined, output: Uint8Array): void {
    this.specs[index]?.onOutput('stdout', output);
    const signal = exitCode === undefined ? 'SIGKILL' : undefined;
    const end = { description: '', exitCode, signal, outOfMemory: false };
    this.exits[index]?.resolve(end);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Keeps in memory; tells when it has kept. */
class FakeCompiled implements CompiledCode {
  readonly kept = new Map<string, Uint8Array | undefined>();
  only: readonly Pick<CompiledKey, 'family' | 'compiler'>[] = [];
  keeping = Promise.withResolvers<void>();

  async find({ codeDirectoryId }: CompiledKey): Promise<string | null | undefined> {
    if (!this.kept.has(codeDirectoryId)) return undefined;
    return this.kept.get(codeDirectoryId) === undefined ? null : `of-${codeDirectoryId}`;
  }

  async keep({ codeDirectoryId }: CompiledKey, archive: Uint8Array | undefined): Promise<void> {
    this.kept.set(codeDirectoryId, archive);
    this.keeping.resolve();
    this.keeping = Promise.withResolvers();
  }

  async keepOnly(compilers: FakeCompiled['only']): Promise<void> {
    this.only = compilers;
  }
}

/** Tells what came of the first reservation. */
class TellingCapacity extends Capacity {
  readonly reserved = Promise.withResolvers<Slot | undefined>();

  override reserve(memoryMiB: number): Slot | undefined {
    const slot = super.reserve(memoryMiB);
    this.reserved.resolve(slot);
    return slot;
  }
}

function open({ codeBytes = CODE_BYTES, memoryMiB = 4096 } = {}) {
  const driver = new FakeDriver();
  const compiled = new FakeCompiled();
  const capacity = new TellingCapacity({ memoryMiB, slots: 10, starts: 10 });
  const gone = new Set<string>();
  const directories: Pick<DirectoryStore, 'find'> = {
    find: async (id) => (gone.has(id) ? undefined : { id, path: `/store/${id}`, bytes: codeBytes }),
  };
  const freed = Promise.withResolvers<void>();
  const clock = new SimulatedClock(0);
  const compiler = new AheadCompiler({
    clock,
    random: new SeededRandom(1),
    log: silentLog,
    driver,
    // No test lets it do anything else.
    directories: directories as DirectoryStore,
    capacity,
    compiled,
    onFreed: () => freed.resolve(),
  });
  return { clock, driver, gone, compiled, capacity, compiler, freed: freed.promise };
}

function runtimeOf(name: string): RuntimeEntry {
  const node = { command: '/var/lang/bin/node', mounts: [], version: '24.21.0' };
  const python = { command: '/usr/bin/python3', mounts: [], version: '3.11.2' };
  const table = createRuntimeTable({ runtimesDirectory: '/runtimes', node, pythons: [python] });
  const runtime = table.get(name);
  assert.ok(runtime !== undefined);
  return runtime;
}

const NODE = runtimeOf('nodejs24.x');

describe('compiling ahead', () => {
  it('is done by a sandbox that has the code and nothing else, once', async () => {
    const { driver, compiled, compiler } = open();
    const { promise: launched } = driver.launched;
    compiler.noteStored(VERSION, NODE);
    await launched;
    const [spec] = driver.specs;
    assert.deepEqual(spec?.mounts.at(-1), { source: '/store/code', target: '/var/task' });
    assert.doesNotMatch(JSON.stringify(spec?.environment), /AWS_|SECRET/);
    assert.equal(await compiler.folderOf(VERSION, NODE), undefined);
    const { promise: kept } = compiled.keeping;
    driver.end(0, 0, ARCHIVE);
    await kept;
    assert.deepEqual(compiled.kept.get('code'), ARCHIVE);
    await compiler[Symbol.asyncDispose]();
    assert.equal(driver.disposed, 1);
    assert.equal(await compiler.folderOf(VERSION, NODE), '/store/of-code');
  });

  it('is for enough code, or for starts that took long', async () => {
    const small = open({ codeBytes: CODE_BYTES - 1 });
    const { promise: launched } = small.driver.launched;
    small.compiler.noteStored(VERSION, NODE);
    small.compiler.noteInit({ ...VERSION, codeDirectoryId: 'quick' }, NODE, 49);
    small.compiler.noteInit({ ...VERSION, codeDirectoryId: 'slow' }, NODE, 50);
    await launched;
    const sources = small.driver.specs.flatMap(({ mounts }) => mounts.at(-1)?.source ?? []);
    assert.deepEqual(sources, ['/store/slow']);
  });

  it('is not for folders, which change, nor for runtimes that are not forked', async () => {
    const { driver, compiler } = open();
    const { promise: launched } = driver.launched;
    const { zygote: _zygote, ...booted } = NODE;
    compiler.noteStored({ ...VERSION, folder: '/home/a', codeDirectoryId: 'folder' }, NODE);
    compiler.noteStored({ ...VERSION, codeDirectoryId: 'booted' }, booted);
    compiler.noteStored({ ...VERSION, codeDirectoryId: 'provided' }, runtimeOf('provided.al2023'));
    compiler.noteStored({ ...VERSION, codeDirectoryId: 'python' }, runtimeOf('python3.11'));
    await launched;
    const sources = driver.specs.flatMap(({ mounts }) => mounts.at(-1)?.source ?? []);
    assert.deepEqual(sources, ['/store/python']);
  });

  for (const [what, exitCode, output] of [
    ['failed', 1, ARCHIVE],
    ['made too little to be worth a mount', 0, ARCHIVE.subarray(1)],
    ['wrote without end', 0, Buffer.alloc(32 * MIB + 1)],
  ] as const) {
    it(`keeps that there is nothing where a compiler ${what}`, async () => {
      const { driver, compiled, compiler } = open();
      const { promise: launched } = driver.launched;
      compiler.noteStored(VERSION, NODE);
      await launched;
      const { promise: kept } = compiled.keeping;
      driver.end(0, exitCode, output);
      await kept;
      assert.equal(
        await compiled.find({ codeDirectoryId: 'code', family: '', compiler: '' }),
        null,
      );
      assert.equal(await compiler.folderOf(VERSION, NODE), undefined);
    });
  }

  it('takes its memory from the machine, and does without where there is none', async () => {
    const { driver, capacity, compiler, freed } = open({ memoryMiB: 512 });
    const { promise: launched } = driver.launched;
    compiler.noteStored(VERSION, NODE);
    await launched;
    assert.equal(capacity.usedMemoryMiB, 512);
    driver.end(0, 0, ARCHIVE);
    await freed;
    assert.equal(capacity.usedMemoryMiB, 0);
    const full = open({ memoryMiB: 511 });
    full.compiler.noteStored(VERSION, NODE);
    assert.equal(await full.capacity.reserved.promise, undefined);
    await full.compiler[Symbol.asyncDispose]();
    assert.equal(full.driver.specs.length, 0);
  });

  it('says nothing of the code where it was ended, and is tried again in an hour', async () => {
    const { clock, driver, compiled, compiler, freed } = open();
    const launchOf = async (codeDirectoryId: string): Promise<void> => {
      const { promise: launched } = driver.launched;
      compiler.noteInit({ ...VERSION, codeDirectoryId }, NODE, 50);
      await launched;
    };
    await launchOf('code');
    driver.end(0, undefined, ARCHIVE);
    await freed;
    assert.equal(compiled.kept.size, 0);
    compiler.noteInit(VERSION, NODE, 50);
    await launchOf('other');
    driver.end(1, undefined, ARCHIVE);
    await clock.advance(HOUR_MS);
    await launchOf('code');
    const sources = driver.specs.map(({ mounts }) => mounts.at(-1)?.source);
    assert.deepEqual(sources, ['/store/code', '/store/other', '/store/code']);
  });

  it('is the first to make room for whoever starts', async () => {
    const { driver, capacity, compiled, compiler, freed } = open({ memoryMiB: 768 });
    const { promise: launched } = driver.launched;
    compiler.noteStored(VERSION, NODE);
    compiler.noteStored({ ...VERSION, codeDirectoryId: 'next' }, NODE);
    await launched;
    let evictions = 0;
    const stemCells: Pick<StemCells, 'evict'> = { evict: () => (evictions += 1) };
    const pool = new EnvironmentPool({
      clock: new SimulatedClock(0),
      log: silentLog,
      // Nobody asks them for more where there is no room.
      launcher: {} as Launcher,
      stemCells: stemCells as StemCells,
      capacity,
      compiler,
      options: { idleMs: 1, ageMsMax: 1 },
    });
    const version = functionVersion({ memorySizeMiB: 512 });
    assert.equal(pool.start(version, NODE), undefined);
    assert.equal(pool.start(version, NODE), undefined, 'its room is counted until it is free');
    assert.equal(evictions, 0);
    await freed;
    assert.equal(capacity.usedMemoryMiB, 0);
    assert.equal(compiled.kept.size, 0);
    const { promise: launchedAgain } = driver.launched;
    compiler.noteInit(VERSION, NODE, 50);
    await launchedAgain;
    const sources = driver.specs.map(({ mounts }) => mounts.at(-1)?.source);
    assert.deepEqual(sources, ['/store/code', '/store/code']);
  });

  it('goes without what is gone, and is done again', async () => {
    const { driver, gone, compiled, compiler } = open();
    await compiled.keep({ codeDirectoryId: 'code', family: '', compiler: '' }, ARCHIVE);
    assert.equal(await compiler.folderOf(VERSION, NODE), '/store/of-code');
    gone.add('of-code');
    assert.equal(await compiler.folderOf(VERSION, NODE), undefined);
    const { promise: launched } = driver.launched;
    compiler.noteStored(VERSION, NODE);
    await launched;
  });

  it('takes an order that comes as the last one ends', async () => {
    const { driver, compiler } = open();
    const { promise: launched } = driver.launched;
    compiler.noteStored(VERSION, NODE);
    await launched;
    // One of them comes in each of the turns in which the one before ends.
    for (let turns = 0; turns < 40; turns += 1) {
      const { promise: next } = driver.launched;
      driver.end(turns, 0, ARCHIVE);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      compiler.noteStored({ ...VERSION, codeDirectoryId: `code-${turns}` }, NODE);
      await next;
    }
  });

  it('drops what compilers made that the machine has no more', async () => {
    const { compiled, compiler } = open();
    await compiler.dropOthers([NODE, runtimeOf('python3.11'), runtimeOf('provided.al2023')]);
    assert.deepEqual(compiled.only, [
      { family: 'nodejs', compiler: '24.21.0 1' },
      { family: 'python', compiler: '3.11.2 1' },
    ]);
  });

  it('ends with the server', async () => {
    const { driver, compiled, compiler } = open();
    const { promise: launched } = driver.launched;
    compiler.noteStored(VERSION, NODE);
    await launched;
    await compiler[Symbol.asyncDispose]();
    assert.equal(driver.disposed, 1);
    assert.equal(compiled.kept.size, 0);
  });
});
