/*
 * Makes execution environments: a stem cell that becomes one, or a sandbox of its own.
 *
 * Owns: a bounded memory of credentials and of the paths of code.
 * Does not own: the environments that it makes, nor the room for them on the machine.
 */
import { present } from '#kernel/assert.ts';
import { HOUR_MS, MIB } from '#kernel/units.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { CredentialIssuer, Credentials } from '#ports/peers/credential-issuer.ts';
import type { LogSink } from '#ports/peers/log-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { DirectoryStore } from '#ports/world/directory-store.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import type { SandboxDriver, SandboxLimits, SandboxSpec } from '#ports/world/sandbox.ts';
import type { AheadCompiler } from './ahead-compiler.ts';
import { BoundedCache } from './bounded-cache.ts';
import { canBindLate, environmentVariables } from './environment-variables.ts';
import { Environment } from './environment.ts';
import { ExtensionAnnouncement, withExtensions } from './extension-launch.ts';
import { ExtensionsApi } from './extensions-api.ts';
import { Forks } from './forks.ts';
import { CREDENTIALS_MS, initLimitsOf, limitsOf } from './limits.ts';
import { launchIn } from './launch-in.ts';
import { LogTap } from './log-tap.ts';
import type { InitPhase, PlatformRecord } from './platform-log.ts';
import { jsonReply } from './runtime-api/replies.ts';
import { RuntimeApi } from './runtime-api/runtime-api.ts';
import type { RuntimeEntry } from './runtime-table.ts';
import { Telemetry } from './telemetry.ts';
import { SandboxLine } from './sandbox-line.ts';
import type { StemCell } from './sandbox-line.ts';

export interface LauncherDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly logSink: LogSink;
  readonly driver: SandboxDriver;
  readonly directories: DirectoryStore;
  readonly credentials: CredentialIssuer;
  readonly freezeAfterMs: number;
  /** Absent where nothing is compiled ahead. */
  readonly compiler?: AheadCompiler;
}

export interface LaunchOptions {
  readonly version: FunctionVersion;
  readonly runtime: RuntimeEntry;
  readonly initTimeoutMs: number;
  readonly phase: InitPhase;
  readonly initializationType: InitializationType;
  /** A waiting sandbox of the runtime's family, to become this environment. */
  readonly stemCell?: StemCell;
  /** The log of the environment that this one replaces. */
  readonly tap?: LogTap;
  /** Itself; its processes are gone. */
  readonly previous?: Environment;
}

/** What a sandbox speaks to. */
interface Inside {
  readonly line: SandboxLine;
  readonly api: RuntimeApi;
}

/** What of a sandbox is the function's. */
type FunctionFiles = Pick<SandboxSpec, 'root' | 'workingDirectory' | 'mounts'>;

/** What began an environment, in the words of AWS_LAMBDA_INITIALIZATION_TYPE. */
export type InitializationType = 'on-demand' | 'provisioned-concurrency';

/** Where a fork finds what was compiled ahead, and how it is told. */
const COMPILED_TARGET = '/var/lang/compiled';
const CACHED_MAX = 1000;
/** Credentials are shared by a function's environments that start within this time. */
const CREDENTIALS_SHARED_MS = 1 * HOUR_MS;

export class Launcher {
  readonly #dependencies: LauncherDependencies;
  readonly #credentials = new BoundedCache<Promise<Credentials>>(CACHED_MAX);
  /** Layers that were seen to bring none. */
  readonly #withoutExtensions = new Set<string>();
  readonly #paths = new BoundedCache<Promise<string>>(CACHED_MAX);
  readonly #forks: Forks;

  constructor(dependencies: LauncherDependencies) {
    this.#dependencies = dependencies;
    this.#forks = new Forks(dependencies.driver);
  }

  /** Begins an environment; how its start goes is told by `initialised`. */
  start(options: LaunchOptions): Environment {
    const { clock, log, random, freezeAfterMs } = this.#dependencies;
    const { version, runtime, phase, stemCell, previous, initTimeoutMs } = options;
    const tap = options.tap ?? this.#openTap(version, runtime);
    const telemetry = new Telemetry({ clock, hasJsonLines: version.logging.format === 'JSON' });
    tap.observer = telemetry;
    const began = initStart(options, tap);
    // Who pays for an init reads it in `LogResult`, but for the line that begins it in text.
    if (version.logging.format === 'JSON') tap.openTail();
    // An init that is repeated stands in no log, nor one without a runtime; the Telemetry API tells it.
    if (phase === 'init' && version.image === undefined) tap.record(began);
    else telemetry.onRecord(began, clock.now());
    tap.openTail();
    const inside = stemCell ?? this.#openInside();
    const { line, api } = inside;
    const extensions = this.#openExtensions(version, telemetry, inside);
    const id = stemCell?.sandbox.id ?? previous?.id ?? random.uuid();
    const environment = new Environment({
      id,
      version,
      clock,
      log,
      tap,
      api,
      freezeAfterMs,
      initTimeoutMs,
      limits: limitsOf(version),
      phase,
      initializationType: options.initializationType,
      extensions,
      telemetry,
    });
    line.environment = environment;
    void environment.initialised.then((end) => {
      if (end.kind !== 'ready') return;
      this.#dependencies.compiler?.noteInit(version, runtime, end.durationMs);
    });
    const begun = this.#begin(environment, options, inside).catch(async (error: unknown) => {
      // Nobody else takes what is left of what it was to replace.
      await previous?.sandbox?.[Symbol.asyncDispose]();
      throw error;
    });
    begun.catch((error: unknown) => {
      const { functionArn } = version;
      log.warn('an execution environment could not start', { function: functionArn, error });
      environment.fail('launch failed');
    });
    return environment;
  }

  /** Boots a sandbox that any function of the family can become; resolves once it has practised, and waits. */
  async startStemCell(runtime: RuntimeEntry, limits: SandboxLimits): Promise<StemCell> {
    const inside = this.#openInside();
    inside.line.mayPractise = true;
    const over = Promise.withResolvers<void>();
    try {
      const isFork = await this.#forks.isForStemCell(runtime, over.promise);
      return await this.#boot(isFork ? runtime : withoutZygote(runtime), limits, inside);
    } finally {
      over.resolve();
    }
  }

  async #boot(
    runtime: RuntimeEntry,
    limits: SandboxLimits,
    { line, api }: Inside,
    previous?: Environment,
  ): Promise<StemCell> {
    const { driver, random } = this.#dependencies;
    const { zygote } = runtime;
    const booted = Promise.withResolvers<void>();
    line.onBooted = booted.resolve;
    const { sandbox, hasCode } = await launchIn(driver, previous, {
      id: previous?.id ?? random.uuid(),
      command: runtime.command,
      environment: {
        ...runtime.environment,
        HEARTH_STEM_CELL: '1',
        TZ: ':UTC',
        LANG: 'en_US.UTF-8',
      },
      mounts: runtime.mounts,
      limits,
      ...(zygote === undefined ? {} : { zygote }),
      onRuntimeConnection: (connection) => api.accept(connection),
      onOutput: (output, chunk) => line.onOutput(output, chunk),
    });
    const exited = sandbox.exited.then((exit) => {
      throw new Error(`a stem cell of ${runtime.family} ended: ${exit.description}`);
    });
    try {
      await Promise.race([booted.promise, exited]);
    } catch (error) {
      await sandbox[Symbol.asyncDispose]();
      throw error;
    }
    exited.catch(() => {});
    return { sandbox, line, api, hasCode };
  }

  /** The runtime as this function needs it: without a zygote where its forks would be too small. */
  runtimeFor({ memorySizeMiB }: FunctionVersion, runtime: RuntimeEntry): RuntimeEntry {
    const { zygote } = runtime;
    const isSmall = zygote === undefined || memorySizeMiB <= zygote.memoryMiBMax;
    return isSmall ? runtime : withoutZygote(runtime);
  }

  /** Whether a waiting sandbox can become an environment of this function. */
  canUseStemCell(version: FunctionVersion, runtime: RuntimeEntry): boolean {
    const layers = version.layersDirectoryId;
    const hasExtensions = layers !== undefined && !this.#withoutExtensions.has(layers);
    return runtime.hasStemCells && canBindLate(version) && !hasExtensions;
  }

  #openInside(): Inside {
    const line = new SandboxLine();
    return { line, api: new RuntimeApi(line, this.#dependencies.log) };
  }

  async #begin(environment: Environment, options: LaunchOptions, inside: Inside): Promise<void> {
    const { version, runtime, stemCell, previous } = options;
    if (stemCell !== undefined) return this.#bind(environment, options, stemCell);
    if (
      this.canUseStemCell(version, runtime) &&
      (await this.#forks.isForStart(runtime, environment.initialised))
    ) {
      const limits = initLimitsOf(version);
      const forked = await this.#boot(runtime, limits, inside, previous);
      return this.#bind(environment, options, forked);
    }
    return this.#launch(environment, options, inside);
  }

  /** Opens the Extensions API; where layers may bring extensions, their names are awaited. */
  #openExtensions(
    version: FunctionVersion,
    telemetry: Telemetry,
    { line, api }: Inside,
  ): ExtensionsApi {
    const extensions = new ExtensionsApi({
      version,
      random: this.#dependencies.random,
      telemetry,
    });
    api.otherRoutes = (exchange) => extensions.route(exchange);
    const layers = version.layersDirectoryId;
    const mayHaveExtensions = layers !== undefined && !this.#withoutExtensions.has(layers);
    if (!mayHaveExtensions && version.image?.hasExtensions !== true) {
      extensions.expect([]);
      return extensions;
    }
    line.announcement = new ExtensionAnnouncement({
      onNames: (names) => {
        if (names.length === 0 && layers !== undefined) this.#rememberWithout(layers);
        extensions.expect(names);
      },
      onEnd: (ended) => line.environment?.onProcessEnd(ended),
    });
    return extensions;
  }

  async #launch(environment: Environment, options: LaunchOptions, inside: Inside): Promise<void> {
    const { version, runtime, previous } = options;
    const [credentials, files] = await this.#prepare(version);
    const wrapper = version.environmentVariables['AWS_LAMBDA_EXEC_WRAPPER'];
    const isWrapped = wrapper !== undefined && runtime.family !== 'provided';
    const command = isWrapped ? [wrapper, ...runtime.command] : runtime.command;
    const { executable } = runtime;
    const isAlone = inside.line.announcement === undefined;
    const { sandbox, hasCode } = await launchIn(this.#dependencies.driver, previous, {
      id: environment.id,
      command: isAlone ? command : withExtensions(command),
      ...(isAlone && executable !== undefined ? { executable } : {}),
      environment: environmentVariables({
        version,
        runtime,
        credentials,
        logStream: environment.tap.stream.logStream,
        initializationType: options.initializationType,
      }),
      ...files,
      mounts: [...runtime.mounts, ...files.mounts],
      limits: initLimitsOf(version),
      onRuntimeConnection: (connection) => inside.api.accept(connection),
      onOutput: (output, chunk) => inside.line.onOutput(output, chunk),
    });
    environment.hasCode = true;
    environment.hasCompiled = hasCode && previous?.hasCompiled === true;
    environment.attach(sandbox);
  }

  async #bind(environment: Environment, options: LaunchOptions, stemCell: StemCell): Promise<void> {
    const { version, runtime, previous } = options;
    const { sandbox, line, hasCode } = stemCell;
    environment.hasCode = hasCode;
    environment.hasCompiled = hasCode && previous?.hasCompiled === true;
    environment.attach(sandbox);
    const [[credentials, { mounts }], compiled] = await Promise.all([
      this.#prepare(version),
      this.#dependencies.compiler?.folderOf(version, runtime),
    ]);
    const missing = hasCode ? [] : [...mounts];
    if (compiled !== undefined && !environment.hasCompiled) {
      missing.push({ source: compiled, target: COMPILED_TARGET });
    }
    await sandbox.bind({ mounts: missing, limits: initLimitsOf(version) });
    // Perhaps before all was mounted: then nothing can be begun in what is left.
    if (environment.state.kind === 'stopped') return;
    environment.hasCode = true;
    environment.hasCompiled ||= compiled !== undefined;
    const variables = environmentVariables({
      version,
      runtime,
      credentials,
      logStream: environment.tap.stream.logStream,
      initializationType: options.initializationType,
      addresses: sandbox,
    });
    const request = present(line.bindRequest, 'a stem cell that is not booted is bound');
    const environmentInside = sandbox.environmentInside?.(variables) ?? variables;
    const announced = compiled === undefined ? {} : { compiled: COMPILED_TARGET };
    request.reply(jsonReply(200, { environment: environmentInside, ...announced }));
  }

  async #prepare(version: FunctionVersion): Promise<readonly [Credentials, FunctionFiles]> {
    return Promise.all([this.#credentialsOf(version), this.#filesOf(version)]);
  }

  async #filesOf(version: FunctionVersion): Promise<FunctionFiles> {
    const { codeDirectoryId, folder, layersDirectoryId, image } = version;
    const [code, layers] = await Promise.all([
      folder ?? this.#pathOf(codeDirectoryId),
      layersDirectoryId === undefined ? undefined : this.#pathOf(layersDirectoryId),
    ]);
    if (image !== undefined) {
      return { root: code, workingDirectory: image.workingDirectory, mounts: [] };
    }
    const task = { source: code, target: '/var/task' };
    return { mounts: layers === undefined ? [task] : [task, { source: layers, target: '/opt' }] };
  }

  #credentialsOf(version: FunctionVersion): Promise<Credentials> {
    const { clock, credentials } = this.#dependencies;
    const { roleArn, functionName } = version;
    return this.#credentials.get(
      `${roleArn} ${functionName} ${Math.floor(clock.now() / CREDENTIALS_SHARED_MS)}`,
      async () =>
        credentials.issue({ roleArn, sessionName: functionName, durationMs: CREDENTIALS_MS }),
    );
  }

  #pathOf(directoryId: string): Promise<string> {
    return this.#paths.get(directoryId, async () => {
      const directory = await this.#dependencies.directories.find(directoryId);
      return present(directory, `the directory ${directoryId} of a function is missing`).path;
    });
  }

  #rememberWithout(layersDirectoryId: string): void {
    if (this.#withoutExtensions.size >= CACHED_MAX) this.#withoutExtensions.clear();
    this.#withoutExtensions.add(layersDirectoryId);
  }

  #openTap(version: FunctionVersion, runtime: RuntimeEntry): LogTap {
    const { clock, random, logSink } = this.#dependencies;
    const { accountId, region, logging, functionName } = version;
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const hex = Buffer.from(random.bytes(16)).toString('hex');
    // AWS puts the name before the version where several functions share a group.
    const isOwnGroup = logging.logGroup === `/aws/lambda/${functionName}`;
    const logStream = `${day}/${isOwnGroup ? '' : functionName}[${version.version}]${hex}`;
    return new LogTap({
      sink: logSink,
      clock,
      stream: { accountId, region, logGroup: logging.logGroup, logStream },
      logging,
      filtersLines: runtime.family === 'provided',
    });
  }
}

function initStart(
  { version, runtime, phase, initializationType }: LaunchOptions,
  tap: LogTap,
): PlatformRecord {
  return {
    kind: 'init-start',
    runtimeVersion: runtime.versionText,
    runtimeVersionArn: `arn:aws:lambda:${version.region}::runtime:${runtime.versionHash}`,
    phase,
    initializationType,
    functionName: version.functionName,
    functionVersion: version.version,
    instanceId: tap.stream.logStream,
    instanceMaxMemory: version.memorySizeMiB * MIB,
  };
}

function withoutZygote(runtime: RuntimeEntry): RuntimeEntry {
  const { zygote, ...booted } = runtime;
  return zygote === undefined ? runtime : booted;
}
