import type { Sandbox } from '#ports/world/sandbox.ts';
import { present } from '#kernel/assert.ts';
import type { ExtensionAnnouncement } from './extension-launch.ts';
import type { Environment } from './environment.ts';
import { jsonReply } from './runtime-api/replies.ts';
import type { BodyReader, HttpExchange } from './runtime-api/http-connection.ts';
import type { RuntimeApi, RuntimeError, RuntimeListener } from './runtime-api/runtime-api.ts';

/**
 * The way from a sandbox's callbacks to the environment that it serves: a sandbox that waits as a
 * stem cell has none yet.
 */
export class SandboxLine implements RuntimeListener {
  environment: Environment | undefined;
  /** Nobody waits for the process yet: the first time that it asks for a binding it is told to practise. */
  mayPractise = false;
  /** The waiting request for a binding, once the language's process has booted. */
  bindRequest: HttpExchange | undefined;
  /** Called when the request for a binding comes. */
  onBooted: (() => void) | undefined;
  /** Takes what the sandbox's shell tells of extensions out of the output. */
  announcement: ExtensionAnnouncement | undefined;

  onReady(): void {
    this.#target().onReady();
  }

  onResponse(payload: Uint8Array, contentType: string | undefined): void {
    this.#target().onResponse(payload, contentType);
  }

  onResponseTooLarge(bytes: number): void {
    this.#target().onResponseTooLarge(bytes);
  }

  onStream(exchange: HttpExchange): BodyReader {
    return this.#target().onStream(exchange);
  }

  onError(error: RuntimeError): void {
    this.#target().onError(error);
  }

  onInitError(error: RuntimeError): void {
    this.environment?.onInitError(error);
  }

  onBindRequest(exchange: HttpExchange): void {
    if (this.mayPractise) {
      this.mayPractise = false;
      exchange.reply(jsonReply(200, { practise: true }));
      return;
    }
    this.bindRequest = exchange;
    this.onBooted?.();
  }

  onOutput(output: 'stdout' | 'stderr', chunk: Uint8Array): void {
    const isFirst = output === 'stdout' && this.announcement !== undefined;
    const rest = isFirst ? (this.announcement?.push(chunk) ?? chunk) : chunk;
    if (rest.byteLength > 0) this.environment?.tap.write(output, rest);
  }

  #target(): Environment {
    return present(this.environment, 'a stem cell asks for events before it is bound');
  }
}

/** A booted sandbox that waits for what it is to become. */
export interface StemCell {
  readonly sandbox: Sandbox;
  readonly line: SandboxLine;
  readonly api: RuntimeApi;
  /** It was another environment's, and the function's code is mounted. */
  readonly hasCode: boolean;
}
