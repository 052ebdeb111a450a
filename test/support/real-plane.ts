import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { findDotnets, findJavas, findNode, findRubies } from '#adapters/interpreters/index.ts';
import { findLauncher } from '#adapters/launcher/index.ts';
import { createProcessDriver } from '#adapters/process/index.ts';
import { systemClock } from '#adapters/system-clock/index.ts';
import { systemRandom } from '#adapters/system-random/index.ts';
import { createInvokePlane, defaultInvokeOptions } from '#lambda/invoke/index.ts';
import type { InvokePlane, InvokePlaneOptions } from '#lambda/invoke/index.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import { createRuntimeTable } from '#lambda/worker/index.ts';
import type { Interpreter } from '#lambda/worker/index.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { Invocation, Outcome } from '#ports/peers/invoker.ts';
import type { SandboxDriver, SandboxMount } from '#ports/world/sandbox.ts';
import type { Isolation } from '../attack/sandboxed.ts';
import { FakeCatalog, functionVersion, KeptLog, payloadOf } from './invoke-plane.ts';
import { DOTNET_ROOTS } from './dotnet.ts';
import { PYTHON } from './python.ts';

/** The timeout of functions here that tell none: no event takes so long, on the slowest machine either. */
export const PATIENT_TIMEOUT_MS = 300_000;

export interface RealPlaneOptions {
  /** Where functions' code is written; removed at the end. */
  readonly directory: string;
  readonly driver: SandboxDriver;
  readonly node: Interpreter;
  readonly options?: Partial<InvokePlaneOptions>;
}

/** The invoke plane with real runtimes in child processes, or in a driver of the test's. */
export class RealPlane implements AsyncDisposable {
  readonly catalog = new FakeCatalog();
  readonly log = new KeptLog();
  readonly messages: string[] = [];
  readonly reports: InvocationReport[] = [];
  readonly driver: SandboxDriver;
  readonly plane: InvokePlane;
  readonly #directory: string;
  #functions = 0;

  /** A plane of plain processes, with the runtimes of this repository. */
  static async open(options: Partial<InvokePlaneOptions> = {}): Promise<RealPlane> {
    const directory = mkdtempSync(join(tmpdir(), 'hearth-runtime-'));
    const driver = await createProcessDriver({
      directory: join(directory, 'sandboxes'),
      onEndpointConnection: (connection) => connection.destroy(),
      onDiagnostic: () => {},
    });
    const node = { command: process.execPath, mounts: [], version: process.versions.node };
    return new RealPlane({ directory, driver, node, options });
  }

  /** A plane in one kind of isolation, which this machine has. */
  static async openIn(
    isolation: Isolation,
    options: Partial<InvokePlaneOptions> = {},
  ): Promise<RealPlane> {
    const directory = mkdtempSync(join(tmpdir(), 'hearth-isolation-'));
    // Code is mounted from below it, for another user than the server's.
    chmodSync(directory, 0o755);
    const node = findNode();
    const driver = await isolation.open({
      launcher: findLauncher(resolve('.')) ?? '',
      directory: join(directory, 'sandboxes'),
      onEndpointConnection: (connection) => connection.destroy(),
      onDiagnostic: (line) => console.error(line),
      baseMounts: [...node.mounts, ...dotnetMounts()],
    });
    return new RealPlane({ directory, driver, node, options });
  }

  constructor({ directory, driver, node, options = {} }: RealPlaneOptions) {
    this.#directory = directory;
    this.driver = driver;
    this.plane = createInvokePlane({
      clock: systemClock,
      random: systemRandom,
      log: this.log,
      driver,
      directories: {
        find: async (id) => ({ id, path: join(this.#directory, id), bytes: 0 }),
        unpackZip: unsupported,
        merge: unsupported,
        unpackImage: unsupported,
        namesIn: unsupported,
        delete: unsupported,
        list: unsupported,
      },
      catalog: this.catalog,
      runtimes: createRuntimeTable({
        runtimesDirectory: resolve('runtimes'),
        node,
        pythons: findPython(),
        javas: findJavas(resolve('runtimes')),
        rubies: findRubies(),
        dotnets: findDotnets(resolve('runtimes'), DOTNET_ROOTS),
      }),
      credentials: {
        issue: async () => ({
          accessKeyId: 'ASIATEST',
          secretAccessKey: 'secret',
          sessionToken: 'token',
        }),
      },
      logSink: {
        append: (_stream, lines) => this.messages.push(...lines.map(({ message }) => message)),
        flush: async () => {},
      },
      metrics: { put: () => {}, putLater: () => {} },
      reports: [{ report: (report) => this.reports.push(report) }],
      options: {
        ...defaultInvokeOptions({ memoryMiB: 4096, processors: 2 }),
        stemCells: { min: 0, max: 0, bootsMax: 1, memoryMiB: 16 },
        drainMs: () => 100,
        ...options,
      },
    });
  }

  /** Writes a function's files, by their paths, and deploys it. */
  deploy(
    files: Readonly<Record<string, string>>,
    overrides: Partial<FunctionVersion> = {},
  ): string {
    this.#functions += 1;
    const functionName = overrides.functionName ?? `function-${this.#functions}`;
    this.write(functionName, files);
    const version = functionVersion({
      functionName,
      codeDirectoryId: functionName,
      timeoutMs: PATIENT_TIMEOUT_MS,
      ...overrides,
    });
    this.catalog.put(version);
    return functionName;
  }

  /** Gives a function another timeout from its next event on, in the environments that it has. */
  limitTime(functionName: string, timeoutMs: number): void {
    const found = this.catalog.functions.get(functionName);
    assert.ok(found?.kind === 'found');
    const version = { ...found.version, timeoutMs };
    this.catalog.functions.set(functionName, { ...found, version });
  }

  /** Where a directory of a function's code or layers is. */
  pathOf(directoryId: string): string {
    return join(this.#directory, directoryId);
  }

  /** The text of a file in a directory. */
  read(directoryId: string, path: string): string {
    return readFileSync(join(this.pathOf(directoryId), path), 'utf8');
  }

  /** Writes a directory, which a function may name as its code or layers. */
  write(directoryId: string, files: Readonly<Record<string, string>>): void {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.#directory, directoryId, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      if (content.startsWith('#!')) chmodSync(file, 0o755);
    }
  }

  async invoke(
    functionName: string,
    event: unknown = {},
    overrides: Partial<Invocation> = {},
  ): Promise<Outcome> {
    return this.plane.invoker.invoke(
      {
        accountId: '000000000000',
        region: 'us-east-1',
        functionName,
        requestId: systemRandom.uuid(),
        payload: Buffer.from(JSON.stringify(event)),
        source: 'invoke',
        responseMode: 'buffered',
        ...overrides,
      },
      new AbortController().signal,
    );
  }

  /** What a function answers, once its environment is free again. */
  async answer(functionName: string, event: unknown): Promise<string> {
    const outcome = await this.invoke(functionName, event);
    const payload = await payloadOf(outcome);
    assert.ok(outcome.kind !== 'throttled');
    await outcome.report;
    return payload;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.plane[Symbol.asyncDispose]();
    await this.driver[Symbol.asyncDispose]();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function dotnetMounts(): readonly SandboxMount[] {
  const mounts = findDotnets(resolve('runtimes'), DOTNET_ROOTS).flatMap((it) => it.mounts);
  return [...new Map(mounts.map((mount) => [mount.target, mount])).values()];
}

function findPython(): Interpreter[] {
  if (!existsSync(PYTHON)) return [];
  const script = 'import platform; print(platform.python_version())';
  const version = execFileSync(PYTHON, ['-c', script]).toString().trim();
  return [{ command: PYTHON, mounts: [], version }];
}

function unsupported(): never {
  throw new Error('not in this test');
}
