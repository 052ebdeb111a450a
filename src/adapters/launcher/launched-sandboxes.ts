/*
 * The sandboxes that one launcher holds, seen from the server.
 *
 * Owns: the launcher (begun again when it died) and the server's ends of its sandboxes.
 * Does not own: what a sandbox is made of; that differs by driver and stands in LaunchOptions.
 *
 * I1 `exited` resolves once, after the last byte of output, however the sandbox or launcher ended.
 * I2 A serial number that the launcher gave is released exactly once, or died with it.
 * I3 Of the handles to one sandbox, one for each tree of processes that it had, the last one disposes of it, and only
 *    it orders anything: the others have the same serial number.
 * I4 Once it is disposed of no launcher is begun: nobody would end it.
 */
import type { Duplex } from 'node:stream';
import type {
  Sandbox,
  SandboxBinding,
  SandboxExit,
  SandboxLimits,
  SandboxMount,
  SandboxRestart,
  SandboxZygote,
} from '#ports/world/sandbox.ts';
import { SandboxUnavailable } from '#ports/world/sandbox.ts';
import { describeExit, diedWithLauncher } from './exit.ts';
import { Generation } from './generation.ts';
import type { Held } from './generation.ts';
import type { LauncherCommand, LauncherExit, LauncherHello } from './launcher-link.ts';
import { limitFields } from './limit-fields.ts';
import { mountFields, processFields } from './process-fields.ts';
import { pipesRead } from './prepared-sandbox.ts';
import type { SandboxUser } from './prepared-sandbox.ts';

export interface LaunchOptions extends SandboxUser {
  readonly id: string;
  readonly runtimeApiAddress: string;
  readonly endpointAddress: string;
  readonly limits: SandboxLimits;
  readonly mounts: readonly SandboxMount[];
  readonly workingDirectory: string;
  readonly command: readonly string[];
  /** Tried before the command, with both outputs as one. */
  readonly executable?: string;
  /** The function's, where the command is another that brings it about. */
  readonly program?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Forked in place of the command, once it is ready. */
  readonly zygote?: SandboxZygote;
  /** What the end of its first process, all of whose output was given out, says of the function's. */
  readonly translateExit?: (exit: LauncherExit) => LauncherExit;
  /** The same sandbox with other processes; absent where it ends with those that it has. */
  readonly again?: (restart: SandboxRestart) => LaunchOptions;
}

/** A sandbox that the launcher made. */
export interface LaunchedSandbox extends Sandbox {
  /** Its control group, from where the hierarchies are mounted on. */
  readonly cgroupPath: string;
  restart(restart: SandboxRestart): Promise<LaunchedSandbox>;
}

/** How long a sandbox whose processes do not stand still at once is asked again. */
const FREEZE_ATTEMPTS_MAX = 500;
const FREEZE_PAUSE_MS = 2;
/** A fork takes milliseconds; a hundred at once on a busy machine, a second. */
const FORK_MS_MAX = 5000;

export class LaunchedSandboxes implements AsyncDisposable {
  readonly #command: LauncherCommand;
  #generation: Generation;
  #isClosed = false;

  constructor(command: LauncherCommand) {
    this.#command = command;
    this.#generation = new Generation(command);
  }

  /**
   * What the launcher says of itself that the next launch is asked of.
   * @throws SandboxUnavailable
   */
  get hello(): Promise<LauncherHello> {
    return this.#greet();
  }

  async #greet(): Promise<LauncherHello> {
    return this.#living().link.hello;
  }

  /** @throws SandboxUnavailable */
  async launch(options: LaunchOptions): Promise<LaunchedSandbox> {
    const generation = this.#living();
    const { cgroupPath } = await generation.link.hello;
    const serial = (await fork(generation, options)) ?? (await start(generation, options));
    const held = generation.held.get(serial);
    if (held === undefined) {
      await generation.link.request('release', serial).catch(ignoreDeath);
      throw new SandboxUnavailable('the launcher lost the sandbox');
    }
    held.prepared.attach(options);
    return new Launched(options, { serial, generation, cgroupPath: `${cgroupPath}/${serial}` });
  }

  /** A dead launcher took its sandboxes along; the next one sweeps what it left and goes on. */
  #living(): Generation {
    // (I4)
    if (this.#isClosed) throw new SandboxUnavailable('the launcher was ended');
    if (this.#generation.link.isDead) this.#generation = new Generation(this.#command);
    return this.#generation;
  }

  /** Whether a launch with this zygote would be a fork of it. */
  hasZygote(zygote: SandboxZygote): boolean {
    return this.#generation.zygotes.isReady(zygote);
  }

  /** Boots it where there is none; resolves once none is booting. */
  prepareZygote(zygote: SandboxZygote, mounts: readonly SandboxMount[]): Promise<void> {
    return this.#generation.zygotes.prepare(zygote, { mounts });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#generation.link[Symbol.asyncDispose]();
  }
}

async function start(generation: Generation, options: LaunchOptions): Promise<number> {
  const answer = await generation.link.request(
    'launch',
    ...limitFields(options.limits),
    ...mountFields(options.mounts),
    ...processFields(options),
  );
  return Number(answer?.[0]);
}

/** `undefined` where there is no zygote, or not yet, or it fails: then the command is started. */
function fork(generation: Generation, options: LaunchOptions): Promise<number | undefined> {
  return withZygote(generation, options, async (number) => {
    const { limits, mounts } = options;
    const fields = [number, ...limitFields(limits), ...mountFields(mounts)];
    const answer = await generation.link.request('fork', ...fields);
    return Number(answer?.[0]);
  });
}

/** Gives what is empty new processes. */
async function restart(
  generation: Generation,
  serial: number,
  options: LaunchOptions,
): Promise<void> {
  const limits = limitFields(options.limits);
  const ask = async (...fields: readonly (string | number)[]): Promise<boolean> => {
    const answer = await generation.link.request('restart', serial, ...fields);
    return answer !== undefined;
  };
  const isForked = await withZygote(generation, options, (number) => ask(number, ...limits));
  const isThere = isForked ?? (await ask(0, ...limits, ...processFields(options)));
  if (!isThere) throw new SandboxUnavailable('the sandbox is gone');
}

async function withZygote<Result>(
  generation: Generation,
  options: LaunchOptions,
  ask: (number: number) => Promise<Result>,
): Promise<Result | undefined> {
  const { zygote } = options;
  const number = zygote === undefined ? undefined : generation.zygotes.take(zygote, options);
  if (zygote === undefined || number === undefined) return undefined;
  // Who waits for a zygote that is retired is answered that it failed.
  const tooLate = setTimeout(() => generation.zygotes.forget(zygote, 'too late'), FORK_MS_MAX);
  try {
    return await ask(number);
  } catch (error) {
    if (generation.link.isDead) throw error;
    generation.zygotes.forget(zygote, String(error));
    return undefined;
  } finally {
    clearTimeout(tooLate);
  }
}

/** Which sandbox a handle is one of (I3). */
interface Place {
  readonly serial: number;
  readonly generation: Generation;
  readonly cgroupPath: string;
}

class Launched implements LaunchedSandbox {
  readonly id: string;
  readonly runtimeApiAddress: string;
  readonly endpointAddress: string;
  readonly exited: Promise<SandboxExit>;
  readonly #options: LaunchOptions;
  readonly #place: Place;
  readonly #held: Held;
  #peakMemoryBytes = 0;
  #hasExited = false;
  #isKept = false;
  #isHandedOver = false;
  #disposal: Promise<void> | undefined;

  constructor(options: LaunchOptions, place: Place) {
    const held = place.generation.held.get(place.serial);
    if (held === undefined) throw new SandboxUnavailable('the launcher lost the sandbox');
    this.id = options.id;
    this.runtimeApiAddress = options.runtimeApiAddress;
    this.endpointAddress = options.endpointAddress;
    this.#options = options;
    this.#place = place;
    this.#held = held;
    this.exited = this.#watch(held.exit.promise);
  }

  get cgroupPath(): string {
    return this.#place.cgroupPath;
  }

  async bind({ mounts, limits }: SandboxBinding): Promise<void> {
    const fields = [...limitFields(limits), ...mountFields(mounts)];
    // Whoever binds what has ended is not told that it went well before the end is told.
    if ((await this.#request('bind', ...fields)) === undefined) await this.exited;
  }

  async freeze(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#request('freeze');
        return;
      } catch (error) {
        const isOver = attempt === FREEZE_ATTEMPTS_MAX || this.#place.generation.link.isDead;
        if (isOver || !(error instanceof SandboxUnavailable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, FREEZE_PAUSE_MS));
      }
    }
  }

  async thaw(): Promise<void> {
    await this.#request('thaw');
  }

  async terminate(): Promise<void> {
    await this.#request('terminate');
  }

  async reset(): Promise<void> {
    if (!this.#hasExited) await this.#request('reset');
  }

  get canRestart(): boolean {
    return this.#isKept && this.#disposal === undefined && !this.#place.generation.link.isDead;
  }

  async restart(wanted: SandboxRestart): Promise<LaunchedSandbox> {
    const options = this.#options.again?.(wanted);
    if (!this.canRestart || options === undefined) {
      throw new SandboxUnavailable('nothing is left that could be given new processes');
    }
    // From here on this handle has nothing to order, nor to dispose of (I3).
    this.#isHandedOver = true;
    this.#isKept = false;
    this.#disposal = Promise.resolve();
    const held = this.#held;
    held.exit = Promise.withResolvers();
    held.prepared.hand(options);
    const next = new Launched(options, this.#place);
    try {
      await restart(this.#place.generation, this.#place.serial, options);
    } catch (error) {
      held.exit.resolve(undefined);
      await next.#release();
      throw error;
    }
    return next;
  }

  outputSettled(): Promise<void> {
    return pipesRead();
  }

  async connect(port: number): Promise<Duplex> {
    if (this.#isHandedOver) throw new SandboxUnavailable('the sandbox is gone');
    return this.#place.generation.link.connect(this.#place.serial, port);
  }

  async peakMemoryBytes(): Promise<number> {
    if (!this.#hasExited) {
      const answer = await this.#request('peak');
      this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, Number(answer?.[0] ?? 0));
    }
    return this.#peakMemoryBytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    await this.#disposal;
  }

  async #watch(exiting: Promise<LauncherExit | undefined>): Promise<SandboxExit> {
    const ended = await exiting;
    // Of what is kept the outputs stay open, with nobody left to write.
    const { prepared } = this.#held;
    if (ended?.isKept === true) prepared.readOutput();
    else await prepared.outputEnded;
    const exit = ended && (this.#options.translateExit?.(ended) ?? ended);
    this.#hasExited = true;
    if (exit === undefined) return diedWithLauncher();
    this.#isKept = exit.isKept;
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, exit.peakMemoryBytes);
    return describeExit(exit, this.#options.program ?? this.#options.command[0] ?? '');
  }

  async #dispose(): Promise<void> {
    if (!this.#hasExited) await this.#request('kill').catch(ignoreDeath);
    await this.exited;
    await this.#release();
  }

  async #release(): Promise<void> {
    this.#held.prepared.close();
    this.#place.generation.held.delete(this.#place.serial);
    await this.#request('release').catch(ignoreDeath);
  }

  /** `undefined` when its processes are no more. */
  async #request(
    verb: string,
    ...fields: readonly (string | number)[]
  ): Promise<readonly string[] | undefined> {
    if (this.#isHandedOver) return undefined;
    return this.#place.generation.link.request(verb, this.#place.serial, ...fields);
  }
}

/** With the launcher everything is gone that was to be taken away. */
function ignoreDeath(error: unknown): void {
  if (!(error instanceof SandboxUnavailable)) throw error;
}
