/*
 * Keeps a server running on the simulated machine, as an init system does, and calls its operations as clients do.
 *
 * I1  At most one server lives. I2 Who called a server that dies is told that the connection is lost.
 */
import { CommitFailed, Life } from '#adapters/simulated/index.ts';
import { AwsError } from '#aws/errors.ts';
import type { RequestContext } from '#aws/operation.ts';
import {
  startSimulatedServer,
  type SimulatedServer,
  type SimulatedServerOptions,
} from '#compose/simulated.ts';
import type { Chance } from './chance.ts';
import { ACCOUNT, REGION } from './names.ts';
import type { Trace } from './trace.ts';

/** What a client learns of its call. `unknown`: it may have been done, or not. */
export type Answer<Output> =
  | { readonly kind: 'done'; readonly output: Output }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unknown' };

export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly requestId?: string;
}

export interface HostOptions {
  readonly server: Omit<SimulatedServerOptions, 'life'>;
  readonly trace: Trace;
  readonly chance: Chance;
  /** Told when a server is gone, in whichever way. */
  readonly onDeath: (isCrash: boolean) => void;
}

/** A stop in good order takes no longer, in ms. */
const STOP_MS_MAX = 120_000;

export class Host {
  readonly #options: HostOptions;
  #server: SimulatedServer | undefined;
  #life = new Life();
  #stopping: Promise<void> | undefined;
  #isClosed = false;
  #isOff = false;
  /** How many servers were started. */
  lives = 0;
  /** Transactions that were committed and whose callers were not told, of all lives. */
  untold = 0;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** The server that answers now. */
  get server(): SimulatedServer | undefined {
    return this.#server;
  }

  /** The life of the server that lives now, or lived last. */
  get life(): Life {
    return this.#life;
  }

  /** Keeps a server running until `close`. */
  async run(): Promise<void> {
    const { trace, chance, server, onDeath } = this.#options;
    while (!this.#isClosed) {
      const life = new Life();
      this.#life = life;
      this.lives += 1;
      trace.add(`host: life ${this.lives} begins`);
      const reason = await Promise.race([life.over, this.#live(life)]);
      life.end(reason);
      this.untold += life.untold;
      this.#server = undefined;
      trace.add(`host: life ${this.lives} ends: ${reason}`);
      onDeath(reason !== STOPPED);
      do await server.machine.clock.sleep(chance.between(50, 5000));
      while (this.#isOff);
    }
  }

  /** Ends the server's process at once. */
  crash(): void {
    this.#life.end('killed');
  }

  /** Ends the server's process at once, and starts no other for so long. */
  async outage(durationMs: number): Promise<void> {
    const { clock } = this.#options.server.machine;
    this.#options.trace.add(`host: there is no server for ${durationMs} ms`);
    this.#isOff = true;
    this.crash();
    await clock.sleep(durationMs);
    this.#isOff = false;
  }

  /** Ends the server in good order; it is started again. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    this.#options.trace.add('host: the server is told to stop');
    this.#stopping = server.stop();
    const { clock } = this.#options.server.machine;
    const late = clock.sleep(STOP_MS_MAX).then(() => 'late' as const);
    const end = await Promise.race([this.#stopping, this.#life.over, late]);
    if (end === 'late') this.#options.trace.complain('the server did not stop in two minutes');
  }

  /** Ends the last server in good order. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.stop();
  }

  /** Calls an operation, as the gateway does for a client. */
  async call<Output>({ service, operation, input, requestId }: Call): Promise<Answer<Output>> {
    const server = this.#server;
    if (server === undefined) return { kind: 'refused', code: 'ConnectionRefused' };
    const found = server.services.services.find(({ model }) => model.name === service);
    const run = found?.operations[operation];
    if (run === undefined) throw new Error(`there is no operation ${service} ${operation}`);
    const context = contextOf(requestId ?? this.#options.chance.uuid());
    // The wire parses inputs and the model gives outputs their types; here the workload vouches for both.
    const answered = run(context, input as never).then(
      (output): Answer<Output> => ({ kind: 'done', output: output as Output }),
      (error: unknown): Answer<Output> => this.#refusal(`${service} ${operation}`, error),
    );
    const lost = this.#life.over.then((): Answer<Output> => ({ kind: 'unknown' }));
    return Promise.race([answered, lost]);
  }

  async #live(life: Life): Promise<string> {
    const { trace, server: options } = this.#options;
    try {
      const server = await startSimulatedServer({ ...options, life });
      this.#server = server;
      await server.run();
      await this.#stopping;
      return STOPPED;
    } catch (error) {
      if (!(error instanceof CommitFailed)) trace.complain(`the server failed: ${stackOf(error)}`);
      return `a loop of the server failed: ${String(error)}`;
    }
  }

  #refusal(name: string, error: unknown): Answer<never> {
    if (error instanceof AwsError) return { kind: 'refused', code: error.code };
    if (!(error instanceof CommitFailed)) {
      this.#options.trace.complain(`${name} answers 500: ${stackOf(error)}`);
    }
    return { kind: 'unknown' };
  }
}

const STOPPED = 'stopped in good order';

/** The stack, whose paths and lines are no part of the trace's hash but help who reads it. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function contextOf(requestId: string): RequestContext {
  return {
    requestId,
    accountId: ACCOUNT,
    region: REGION,
    principal: { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, userId: ACCOUNT },
    signal: new AbortController().signal,
    http: {
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: { host: '127.0.0.1:4566' },
      sourceIp: '127.0.0.1',
    },
  };
}
