import type { Duplex } from 'node:stream';
import { isObject, parseJson } from '#kernel/json.ts';
import type { SimulatedProcess, SimulatedProgram } from './simulated-process.ts';

/** A handler: what it resolves with is the response, what it throws the error. */
export type SimulatedHandler = (
  event: SimulatedEvent,
  process: SimulatedProcess,
) => Promise<string>;

export interface SimulatedEvent {
  readonly requestId: string;
  readonly payload: string;
  readonly headers: ReadonlyMap<string, string>;
}

export interface SimulatedRuntimeOptions {
  readonly handler: SimulatedHandler;
  /** Runs before the first event; what it throws is the init error. */
  readonly init?: (process: SimulatedProcess) => Promise<void>;
}

const API = '/2018-06-01/runtime';

/** A program that speaks the Runtime API as a runtime does: bound first where it waits as a stem cell. */
export function runtimeProgram(options: SimulatedRuntimeOptions): SimulatedProgram {
  return async (process) => {
    const client = new RuntimeClient(process.connect());
    if (process.environment['HEARTH_STEM_CELL'] === '1') await bind(client, process);
    try {
      await options.init?.(process);
    } catch (error) {
      await client.post(`${API}/init/error`, errorBody(error), errorHeaders(error));
      return 1;
    }
    while (!process.killed.aborted) {
      const event = await client.next();
      await answer(client, event, options.handler, process);
    }
    return 0;
  };
}

async function bind(client: RuntimeClient, process: SimulatedProcess): Promise<void> {
  const { body } = await client.request('GET', '/hearth/bind');
  const binding = parseJson(body);
  if (!isObject(binding)) return;
  // Nobody waits for it yet: it may practise, and asks again.
  if (binding['practise'] === true) return bind(client, process);
  const variables = binding['environment'];
  if (isObject(variables)) Object.assign(process.environment, variables);
}

async function answer(
  client: RuntimeClient,
  event: SimulatedEvent,
  handler: SimulatedHandler,
  process: SimulatedProcess,
): Promise<void> {
  const path = `${API}/invocation/${event.requestId}`;
  let response: string;
  try {
    response = await handler(event, process);
  } catch (error) {
    await client.post(`${path}/error`, errorBody(error), errorHeaders(error));
    return;
  }
  await client.post(`${path}/response`, response);
}

function errorBody(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return JSON.stringify({ errorType: name, errorMessage: message });
}

function errorHeaders(error: unknown): string {
  return `Lambda-Runtime-Function-Error-Type: ${error instanceof Error ? error.name : 'Error'}\r\n`;
}

interface Reply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The smallest HTTP client that a runtime needs: one request at a time on one connection. */
export class RuntimeClient {
  readonly #connection: Duplex;
  #received: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #isClosed = false;

  constructor(connection: Duplex) {
    this.#connection = connection;
    const close = (): void => {
      this.#isClosed = true;
      this.#wake?.();
    };
    connection.on('data', (data: Buffer) => {
      this.#received = Buffer.concat([this.#received, data]);
      this.#wake?.();
    });
    connection.on('end', close);
    connection.on('close', close);
  }

  async next(): Promise<SimulatedEvent> {
    const { headers, body } = await this.request('GET', `${API}/invocation/next`);
    return {
      requestId: headers.get('lambda-runtime-aws-request-id') ?? '',
      payload: body,
      headers,
    };
  }

  async post(path: string, body: string, headerLines = ''): Promise<Reply> {
    return this.request('POST', path, body, headerLines);
  }

  async request(method: string, path: string, body = '', headerLines = ''): Promise<Reply> {
    const length = Buffer.byteLength(body);
    const lengthLine = method === 'GET' ? '' : `Content-Length: ${length}\r\n`;
    this.#connection.write(
      `${method} ${path} HTTP/1.1\r\nHost: runtime\r\n${lengthLine}${headerLines}\r\n${body}`,
    );
    return this.#reply();
  }

  async #reply(): Promise<Reply> {
    const separator = Buffer.from('\r\n\r\n');
    let end = this.#received.indexOf(separator);
    while (end === -1) {
      await this.#more();
      end = this.#received.indexOf(separator);
    }
    const [statusLine = '', ...lines] = this.#received.toString('latin1', 0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const start = end + separator.length;
    const stop = start + Number(headers.get('content-length') ?? 0);
    while (this.#received.length < stop) await this.#more();
    const body = this.#received.toString('utf8', start, stop);
    this.#received = this.#received.subarray(stop);
    return { status: Number(statusLine.split(' ')[1]), headers, body };
  }

  async #more(): Promise<void> {
    if (this.#isClosed) throw new Error('the Runtime API closed the connection');
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
  }
}
