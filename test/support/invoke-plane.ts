import { textOf } from '#kernel/bytes.ts';
import { RuntimeClient } from '#adapters/simulated-sandbox/simulated-runtime.ts';
import { SeededRandom, SimulatedClock } from '#adapters/simulated/index.ts';
import { SimulatedSandboxDriver } from '#adapters/simulated-sandbox/index.ts';
import type {
  SimulatedDriverOptions,
  SimulatedProgram,
} from '#adapters/simulated-sandbox/index.ts';
import { createInvokePlane, defaultInvokeOptions } from '#lambda/invoke/index.ts';
import type { InvokePlane, InvokePlaneOptions } from '#lambda/invoke/index.ts';
import type {
  FunctionCatalog,
  ProvisionedDemand,
  Resolution,
} from '#lambda/model/function-catalog.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import { createRuntimeTable } from '#lambda/worker/index.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { Invocation, Outcome } from '#ports/peers/invoker.ts';
import type { LogLine, LogStreamName } from '#ports/peers/log-sink.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import type { Log } from '#ports/world/log.ts';

export { RuntimeClient };

export const REQUEST_ID = '8f1c2a3b-0000-4000-8000-000000000001';

/** A version of the function `hello`, and what a test wants otherwise. */
export function functionVersion(overrides: Partial<FunctionVersion> = {}): FunctionVersion {
  const functionName = overrides.functionName ?? 'hello';
  return {
    accountId: '000000000000',
    region: 'us-east-1',
    functionName,
    version: '$LATEST',
    functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    revisionId: 'revision-1',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    roleArn: 'arn:aws:iam::000000000000:role/test',
    timeoutMs: 3000,
    memorySizeMiB: 128,
    temporaryStorageMiB: 512,
    architecture: 'x86_64',
    environmentVariables: {},
    codeDirectoryId: 'code',
    logging: {
      format: 'Text',
      applicationLevel: 'INFO',
      systemLevel: 'INFO',
      logGroup: `/aws/lambda/${functionName}`,
    },
    tracingMode: 'PassThrough',
    ...overrides,
  };
}

/** A catalog of versions that a test can change. */
export class FakeCatalog implements FunctionCatalog {
  readonly functions = new Map<string, Resolution>();
  readonly #callbacks = new Set<(functionArn: string) => void>();
  readonly #demandCallbacks = new Set<() => void>();
  readonly #storedCallbacks = new Set<(version: FunctionVersion) => void>();
  /** Of functions that were there before. */
  runtimes: readonly string[] = [];
  #demands: readonly ProvisionedDemand[] = [];

  put(version: FunctionVersion, reservedConcurrency?: number): void {
    this.functions.set(version.functionName, {
      kind: 'found',
      version,
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    });
    this.changed(version.functionArn);
  }

  /** Tells that a version was stored, which may not run yet. */
  store(version: FunctionVersion): void {
    for (const callback of this.#storedCallbacks) callback(version);
  }

  async runtimesInUse(): Promise<readonly string[]> {
    return this.runtimes;
  }

  onStored(callback: (version: FunctionVersion) => void): Disposable {
    this.#storedCallbacks.add(callback);
    return { [Symbol.dispose]: () => this.#storedCallbacks.delete(callback) };
  }

  /** Puts a version with environments that are to be kept ready, and no others. */
  provision(demand: ProvisionedDemand, reservedConcurrency?: number): void {
    const { version, qualifier, requested } = demand;
    this.functions.set(version.functionName, {
      kind: 'found',
      version,
      alias: qualifier,
      provisioned: { qualifier, requested },
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    });
    this.#demands = [demand];
    for (const callback of this.#demandCallbacks) callback();
  }

  /** Asks for no environments any more. */
  unprovision(): void {
    this.#demands = [];
    for (const callback of this.#demandCallbacks) callback();
  }

  changed(functionArn: string): void {
    for (const callback of this.#callbacks) callback(functionArn);
  }

  async provisionedDemands(): Promise<readonly ProvisionedDemand[]> {
    return this.#demands;
  }

  onDemandChange(callback: () => void): Disposable {
    this.#demandCallbacks.add(callback);
    return { [Symbol.dispose]: () => this.#demandCallbacks.delete(callback) };
  }

  async resolve({ functionName }: { readonly functionName: string }): Promise<Resolution> {
    return this.functions.get(functionName) ?? { kind: 'missing' };
  }

  onChange(callback: (functionArn: string) => void): Disposable {
    this.#callbacks.add(callback);
    return { [Symbol.dispose]: () => this.#callbacks.delete(callback) };
  }
}

/** The operator's log of a test: warnings and errors are kept for it to look at. */
export class KeptLog implements Log {
  readonly problems: { readonly message: string; readonly fields: unknown }[] = [];
  debug(): void {}
  info(): void {}
  warn(message: string, fields?: unknown): void {
    this.problems.push({ message, fields });
  }
  error(message: string, fields?: unknown): void {
    this.problems.push({ message, fields });
  }
}

export interface TestPlaneOptions {
  readonly program: SimulatedProgram;
  readonly driver?: Partial<SimulatedDriverOptions>;
  readonly options?: Partial<InvokePlaneOptions>;
}

/** An invoke plane over simulated sandboxes, a fake clock, and sinks that remember. */
export class TestPlane implements AsyncDisposable {
  readonly clock = new SimulatedClock();
  readonly random = new SeededRandom(1);
  readonly catalog = new FakeCatalog();
  readonly log = new KeptLog();
  readonly lines: { readonly stream: LogStreamName; readonly line: LogLine }[] = [];
  readonly metrics: MetricDatum[] = [];
  readonly reports: InvocationReport[] = [];
  readonly driver: SimulatedSandboxDriver;
  readonly plane: InvokePlane;
  #requests = 0;

  constructor({ program, driver, options }: TestPlaneOptions) {
    const { clock } = this;
    this.driver = new SimulatedSandboxDriver({ clock, program, ...driver });
    this.plane = createInvokePlane({
      clock,
      random: this.random,
      log: this.log,
      driver: this.driver,
      directories: {
        find: async (id) => ({ id, path: `/directories/${id}`, bytes: 1 }),
        unpackZip: unsupported,
        merge: unsupported,
        unpackImage: unsupported,
        namesIn: unsupported,
        delete: unsupported,
        list: unsupported,
      },
      catalog: this.catalog,
      runtimes: createRuntimeTable({
        runtimesDirectory: '/runtimes',
        node: { command: '/var/lang/bin/node', mounts: [], version: '24.0.0' },
        pythons: [{ command: '/usr/bin/python3', mounts: [], version: '3.11.0' }],
      }),
      credentials: {
        issue: async () => ({ accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' }),
      },
      logSink: {
        append: (stream, lines) => {
          this.lines.push(...lines.map((line) => ({ stream, line })));
        },
        flush: async () => {},
      },
      metrics: {
        put: (data) => this.metrics.push(...data),
        putLater: (make) => this.metrics.push(...make()),
      },
      reports: [{ report: (report) => this.reports.push(report) }],
      options: {
        ...defaultInvokeOptions({ memoryMiB: 4096, processors: 2 }),
        stemCells: { min: 0, max: 0, bootsMax: 1, memoryMiB: 16 },
        ...options,
      },
    });
  }

  /** The messages of the log, in order, without their stream. */
  get messages(): string[] {
    return this.lines.map(({ line }) => line.message);
  }

  /** Invokes; the promise is for the test to await while it lets time pass. */
  invoke(
    overrides: Partial<Invocation> = {},
    signal = new AbortController().signal,
  ): Promise<Outcome> {
    this.#requests += 1;
    return this.plane.invoker.invoke(
      {
        accountId: '000000000000',
        region: 'us-east-1',
        functionName: 'hello',
        requestId: REQUEST_ID.replace(/1$/, String(this.#requests)),
        payload: new TextEncoder().encode('{}'),
        source: 'invoke',
        responseMode: 'buffered',
        ...overrides,
      },
      signal,
    );
  }

  /** Lets `durationMs` pass while `promise` is waited for. */
  async during<T>(promise: Promise<T>, durationMs = 0): Promise<T> {
    promise.catch(() => {});
    for (let turn = 0; turn < 20; turn += 1) await this.clock.settle();
    if (durationMs > 0) await this.clock.advance(durationMs);
    for (let turn = 0; turn < 20; turn += 1) await this.clock.settle();
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = Promise.resolve(this.plane[Symbol.asyncDispose]());
    await this.during(closed, 60_000);
  }
}

/** The payload of an outcome, as text. */
export async function payloadOf(outcome: Outcome): Promise<string> {
  if (outcome.kind === 'failed') return textOf(outcome.payload);
  if (outcome.kind === 'throttled') return outcome.reason;
  const chunks: Uint8Array[] = [];
  for await (const chunk of outcome.payload) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function unsupported(): never {
  throw new Error('not in this test');
}
