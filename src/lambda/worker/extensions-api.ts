/*
 * The Extensions API of one execution environment.
 *
 * Owns: who registered, and the requests with which extensions wait for their next event.
 * Does not own: the processes of external extensions, which the sandbox's first command starts.
 *
 * I1  The init, and each event, is over only once every extension asks for the next event.
 * I2  An extension has registered before the runtime's first event, or never: then the list is closed.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
import { textOf } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { Random } from '#ports/world/random.ts';
import type { ShutdownReason } from './environment-state.ts';
import type { EndedProcess } from './extension-launch.ts';
import type { BodyReader, HttpExchange, HttpReply } from './runtime-api/http-connection.ts';
import { ACCEPTED, errorReply, jsonReply, NOT_FOUND } from './runtime-api/replies.ts';
import { collect } from './runtime-api/runtime-api.ts';
import type { RuntimeEvent } from './runtime-api/runtime-api.ts';
import type { Telemetry } from './telemetry.ts';
import type { TelemetryApiName } from './telemetry-subscription.ts';

export interface ExtensionsOptions {
  readonly version: FunctionVersion;
  readonly random: Random;
  readonly telemetry: Telemetry;
}

export interface ExtensionsListener {
  /** Somebody registered, or waits for the next event. */
  onChange(): void;
  /** An extension ended, could not be started, or says that it cannot go on. */
  onFailure(errorType: string, description: string): void;
}

/** What the log tells of an extension. */
export interface ExtensionStatus {
  readonly name: string;
  /** One of AWS's: `Started`, `Registered`, `Ready`, `InitError`, `ExitError`, `LaunchError`. */
  readonly state: string;
  readonly events: readonly string[];
  readonly errorType?: string;
}

/** An error that an extension told of itself, or that kept it from starting. */
type ExtensionError = Pick<ExtensionStatus, 'state'> & { readonly errorType: string };

interface Extension {
  readonly id: string;
  readonly name: string;
  readonly isExternal: boolean;
  readonly events: readonly string[];
  /** Its waiting request for the next event. */
  waiting: HttpExchange | undefined;
  error?: ExtensionError;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const EXTENSIONS_MAX = 10;
const BODY_BYTES_MAX = 64 * 1024;
const PREFIX = '/2020-01-01/extension';
const IDENTIFIER = 'lambda-extension-identifier';
const TELEMETRY_PATHS: Readonly<Record<string, TelemetryApiName>> = {
  '/2022-07-01/telemetry': 'Telemetry',
  '/2020-08-15/logs': 'Logs',
};

export class ExtensionsApi {
  listener: ExtensionsListener | undefined;
  readonly #options: ExtensionsOptions;
  readonly #extensions = new Map<string, Extension>();
  /** Names of the external ones; unknown until the sandbox has told them. */
  #expected: ReadonlySet<string> | undefined;
  /** Those that could not be started, and why. */
  readonly #unlaunched = new Map<string, string>();
  #isClosed = false;
  /** Told to those, too, who ask for the next event later. */
  #shutdown: object | undefined;
  readonly #early: (() => void)[] = [];

  constructor(options: ExtensionsOptions) {
    this.#options = options;
  }

  /** The external extensions that the sandbox starts. */
  expect(names: readonly string[]): void {
    this.#expected = new Set(names);
    for (const register of this.#early.splice(0)) register();
    this.listener?.onChange();
  }

  /** Whether every extension is there and waits (I1). */
  get areReady(): boolean {
    if (this.#expected === undefined) return false;
    if (this.#extensions.size === 0) return this.#expected.size === 0;
    const all = [...this.#extensions.values()];
    const external = all.filter(({ isExternal }) => isExternal).length;
    return external === this.#expected.size && all.every(({ waiting }) => waiting !== undefined);
  }

  get statuses(): readonly ExtensionStatus[] {
    const registered = [...this.#extensions.values()].map(({ name, events, error, waiting }) => {
      const state = waiting === undefined ? 'Registered' : 'Ready';
      return { name, state, events, ...error };
    });
    const names = new Set(registered.map(({ name }) => name));
    const others = [...(this.#expected ?? [])].filter((name) => !names.has(name));
    const unregistered = others.map((name) => {
      return { name, state: 'Started', events: [], ...this.#launchErrorOf(name) };
    });
    return [...registered, ...unregistered];
  }

  /** The process of an external extension is gone, or never was: its file may not, or cannot, be run. */
  end(name: string, { description, startError }: EndedProcess): void {
    const isKnown = [...this.#extensions.values()].some((extension) => extension.name === name);
    if (startError === undefined || isKnown) {
      this.listener?.onFailure('Extension.Crash', description);
      return;
    }
    this.#unlaunched.set(name, startError);
    const told = `fork/exec /opt/extensions/${name}: ${startError}`;
    this.listener?.onFailure('Extension.LaunchError', told);
  }

  #launchErrorOf(name: string): ExtensionError | undefined {
    const startError = this.#unlaunched.get(name);
    if (startError === undefined) return undefined;
    const errorType = startError === 'permission denied' ? 'PermissionDenied' : 'UnknownError';
    return { state: 'LaunchError', errorType };
  }

  /** How long a shutdown may take, in the kinds of AWS. */
  get shutdownKind(): 'none' | 'internal' | 'external' {
    const all = [...this.#extensions.values()];
    if (all.length === 0) return 'none';
    return all.some(({ isExternal }) => isExternal) ? 'external' : 'internal';
  }

  /** Gives an event to those who want events. */
  deliver({ requestId, deadlineMs, invokedFunctionArn, traceHeader }: RuntimeEvent): void {
    this.#isClosed = true;
    this.#send('INVOKE', {
      deadlineMs,
      requestId,
      invokedFunctionArn,
      tracing: { type: 'X-Amzn-Trace-Id', value: traceHeader },
    });
  }

  /** Tells of the end those who want to know. */
  shutDown(shutdownReason: ShutdownReason, deadlineMs: number): void {
    this.#shutdown = { shutdownReason, deadlineMs };
    this.#send('SHUTDOWN', this.#shutdown);
  }

  /** Answers a path of the Extensions, Telemetry or Logs API. */
  route(exchange: HttpExchange): BodyReader | undefined {
    const { method, path } = exchange.head;
    const telemetry = TELEMETRY_PATHS[path];
    if (method === 'PUT' && telemetry !== undefined) return this.#subscribe(exchange, telemetry);
    if (method === 'POST' && path === `${PREFIX}/register`) return this.#register(exchange);
    if (method === 'GET' && path === `${PREFIX}/event/next`) return this.#next(exchange);
    if (method === 'POST' && path === `${PREFIX}/init/error`) {
      return this.#fail(exchange, 'Extension.InitError');
    }
    if (method === 'POST' && path === `${PREFIX}/exit/error`) {
      return this.#fail(exchange, 'Extension.ExitError');
    }
    return answer(exchange, NOT_FOUND);
  }

  #register(exchange: HttpExchange): BodyReader | undefined {
    const name = exchange.head.headers.get('lambda-extension-name') ?? '';
    if (name === '') {
      return answer(exchange, forbidden('Extension.InvalidExtensionName', 'Empty extension name'));
    }
    return collect(BODY_BYTES_MAX, {
      done: (payload) => {
        const register = (): void => exchange.reply(this.#admit(exchange, name, textOf(payload)));
        if (this.#expected === undefined) this.#early.push(register);
        else register();
      },
      tooLarge: () => exchange.reply(forbidden('InvalidRequestFormat', 'Request is too large')),
      cut: () => {},
    });
  }

  #admit(exchange: HttpExchange, name: string, body: string): HttpReply {
    const request = parseJson(body);
    const listed = isObject(request) ? (request['events'] ?? []) : undefined;
    if (!Array.isArray(listed)) return forbidden('InvalidRequestFormat', 'Invalid request');
    const events = listed.map(String);
    const isExternal = this.#expected?.has(name) === true;
    const known = isExternal ? ['INVOKE', 'SHUTDOWN'] : ['INVOKE'];
    const unknown = events.find((event) => !known.includes(event));
    if (unknown !== undefined) {
      const kind = isExternal ? 'external' : 'internal';
      const message = `${unknown}: event is not supported by ${kind} extensions`;
      return forbidden('Extension.InvalidEventType', message);
    }
    if (this.#isClosed) {
      const message = 'Extension registration closed already';
      return forbidden('Extension.RegistrationClosed', message);
    }
    if ([...this.#extensions.values()].some((extension) => extension.name === name)) {
      const message = 'Extension with this name already registered';
      return forbidden('Extension.InvalidExtensionState', message);
    }
    if (this.#extensions.size >= EXTENSIONS_MAX) {
      const message = `Extension limit (${EXTENSIONS_MAX}) reached`;
      return forbidden('Extension.TooManyExtensions', message);
    }
    const id = this.#options.random.uuid();
    this.#extensions.set(id, { id, name, isExternal, events, waiting: undefined });
    return this.#registered(exchange, id);
  }

  #registered(exchange: HttpExchange, id: string): HttpReply {
    const { functionName, version, handler, accountId } = this.#options.version;
    const features = exchange.head.headers.get('lambda-extension-accept-feature') ?? '';
    const wantsAccount = features.split(',').some((feature) => feature.trim() === 'accountId');
    const answered = { functionName, functionVersion: version, handler };
    return jsonReply(
      200,
      wantsAccount ? { ...answered, accountId } : answered,
      `Lambda-Extension-Identifier: ${id}\r\n`,
    );
  }

  #next(exchange: HttpExchange): BodyReader | undefined {
    const extension = this.#identify(exchange);
    if (extension === undefined) return undefined;
    if (extension.waiting?.isOpen === true) {
      const message = 'Extension already waits for the next event';
      return answer(exchange, forbidden('Extension.InvalidExtensionState', message));
    }
    extension.waiting = exchange;
    if (this.#shutdown !== undefined) this.#send('SHUTDOWN', this.#shutdown);
    else this.listener?.onChange();
    return undefined;
  }

  #fail(exchange: HttpExchange, errorType: string): BodyReader | undefined {
    const extension = this.#identify(exchange);
    if (extension === undefined) return undefined;
    const type = exchange.head.headers.get('lambda-extension-function-error-type') ?? '';
    if (type === '') {
      const message = 'Lambda-Extension-Function-Error-Type header is missing';
      return answer(exchange, forbidden('Extension.MissingHeader', message));
    }
    const fail = (): void => {
      extension.error = { state: errorType.slice('Extension.'.length), errorType: type };
      exchange.reply(ACCEPTED);
      this.listener?.onFailure(errorType, errorType);
    };
    return collect(BODY_BYTES_MAX, { done: fail, tooLarge: fail, cut: fail });
  }

  #subscribe(exchange: HttpExchange, api: TelemetryApiName): BodyReader | undefined {
    const extension = this.#identify(exchange);
    if (extension === undefined) return undefined;
    const { telemetry } = this.#options;
    return collect(BODY_BYTES_MAX, {
      done: (payload) => exchange.reply(telemetry.subscribe(api, extension.name, textOf(payload))),
      tooLarge: () => exchange.reply(errorReply(413, 'RequestTooLarge', 'Request is too large')),
      cut: () => {},
    });
  }

  #identify(exchange: HttpExchange): Extension | undefined {
    const id = exchange.head.headers.get(IDENTIFIER) ?? '';
    const extension = this.#extensions.get(id);
    if (extension !== undefined) return extension;
    if (id === '') {
      const message = 'Missing Lambda-Extension-Identifier header';
      exchange.reply(forbidden('Extension.MissingExtensionIdentifier', message));
    } else if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
      const message = 'Invalid Lambda-Extension-Identifier';
      exchange.reply(forbidden('Extension.InvalidExtensionIdentifier', message));
    } else {
      exchange.reply(forbidden('Extension.UnknownExtensionIdentifier', `Unknown extension ${id}`));
    }
    return undefined;
  }

  #send(eventType: 'INVOKE' | 'SHUTDOWN', event: object): void {
    for (const extension of this.#extensions.values()) {
      const { waiting, events } = extension;
      if (waiting === undefined || !events.includes(eventType)) continue;
      extension.waiting = undefined;
      const line = `Lambda-Extension-Event-Identifier: ${this.#options.random.uuid()}\r\n`;
      waiting.reply(jsonReply(200, { eventType, ...event }, line));
    }
  }
}

function forbidden(errorType: string, message: string): HttpReply {
  return errorReply(403, errorType, message);
}

function answer(exchange: HttpExchange, reply: HttpReply): undefined {
  exchange.reply(reply);
  return undefined;
}
