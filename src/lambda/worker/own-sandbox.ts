/*
 * The sandbox of one execution environment, which may come late.
 *
 * I1  It is frozen and thawed in the order in which that was asked for, one at a time.
 * I2  Whoever kills it before it is there kills it when it comes.
 * I3  A kill ends its processes; what is left is kept, for an environment that is begun anew in it, until
 *     it is disposed of.
 */
import { assert } from '#kernel/assert.ts';
import type { Log } from '#ports/world/log.ts';
import type { Sandbox } from '#ports/world/sandbox.ts';

export class OwnSandbox implements AsyncDisposable {
  readonly #log: Log;
  #sandbox: Sandbox | undefined;
  #passing: Promise<void> | undefined;
  #isKilled = false;
  #isLast = false;

  constructor(log: Log) {
    this.#log = log;
  }

  get handle(): Sandbox | undefined {
    return this.#sandbox;
  }

  /** Resolves once it is frozen or thawed as was asked for last; `undefined` where it is. */
  get passing(): Promise<void> | undefined {
    return this.#passing;
  }

  /** Called once, when the sandbox is there. */
  attach(sandbox: Sandbox): void {
    assert(this.#sandbox === undefined, 'an environment has one sandbox');
    this.#sandbox = sandbox;
    if (this.#isKilled) this.kill();
  }

  /** Freezes or thaws it, after what was asked for before (I1). */
  pass(pass: (sandbox: Sandbox) => Promise<void>): void {
    const sandbox = this.#sandbox;
    if (sandbox === undefined) return;
    const passing = (this.#passing ?? Promise.resolve())
      .then(async () => pass(sandbox))
      .catch((error: unknown) => {
        this.#log.warn('a sandbox could not be frozen or thawed', { sandbox: sandbox.id, error });
        this.kill();
      })
      .finally(() => {
        if (this.#passing === passing) this.#passing = undefined;
      });
    this.#passing = passing;
  }

  /** Ends its processes (I3). */
  kill(): void {
    this.#isKilled = true;
    const sandbox = this.#sandbox;
    if (sandbox === undefined) return;
    if (this.#isLast || sandbox.reset === undefined) void sandbox[Symbol.asyncDispose]();
    else void sandbox.reset().catch(() => sandbox[Symbol.asyncDispose]());
  }

  /** From here on a kill leaves nothing. */
  endKeeping(): void {
    this.#isLast = true;
    if (this.#isKilled) this.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sandbox?.[Symbol.asyncDispose]();
  }
}
