/**
 * The one port of all services.
 * Owns its HTTP server, its connections and the signing keys that it derived; not the services.
 * I1 Every request is answered once, or its connection is cut.
 * I2 What a client sends or takes is bounded in bytes and in time; see Bounds.
 * I3 A request's signal aborts when its client goes away, and when the gateway's closing takes too long.
 */
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { MODELS } from '../models/index.ts';
import { createRouter } from '../route.ts';
import { createSigningKeys } from '../signature/index.ts';
import { DEFAULT_BOUNDS, type Bounds, type GatewayOptions } from './options.ts';
import { serve, type ServeOptions } from './serve.ts';

export interface Gateway extends AsyncDisposable {
  /** Listens; port 0 takes a free one. */
  listen(address: Address): Promise<{ readonly port: number }>;
  /** Serves a connection that somebody else accepted: a sandbox's. */
  accept(connection: Duplex): void;
  /** Says that requests can be answered; until then the health is 503. */
  ready(): void;
  /** Takes no new connection, lets running requests end within `closeMs`, and cuts what is left. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The gateway of services, which listens once it is told to. */
export function createGateway(options: GatewayOptions): Gateway {
  return new HttpGateway(options);
}

class HttpGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #bounds: Bounds;
  readonly #server: Server;
  readonly #closing = new AbortController();
  /** Connections that node:http does not know to be its own. */
  readonly #accepted = new Set<Duplex>();
  #isReady = false;
  #isClosing = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
    const services = new Map(options.services.map((service) => [service.model.name, service]));
    this.#server = createHttpServer(this.#bounds, {
      answerer: { options, router: createRouter(MODELS), services, keys: createSigningKeys() },
      bounds: this.#bounds,
      closing: this.#closing.signal,
      isReady: () => this.#isReady,
      isClosing: () => this.#isClosing,
    });
  }

  async listen({ host, port }: Address): Promise<{ readonly port: number }> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen({ host, port, backlog: 1024 }, resolve);
    await promise;
    this.#server.off('error', reject);
    const address = this.#server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : port };
  }

  accept(connection: Duplex): void {
    if (this.#isClosing || this.#accepted.size >= this.#bounds.connectionsMax) {
      connection.destroy();
      return;
    }
    this.#accepted.add(connection);
    connection.once('close', () => this.#accepted.delete(connection));
    this.#server.emit('connection', connection);
  }

  ready(): void {
    this.#isReady = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isReady = false;
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    using _deadline = this.#options.clock.setTimer(this.#bounds.closeMs, () => this.#cut());
    await closed;
    this.#cut();
  }

  #cut(): void {
    this.#closing.abort();
    this.#server.closeAllConnections();
    for (const connection of this.#accepted) connection.destroy();
  }
}

function createHttpServer(bounds: Bounds, options: ServeOptions): Server {
  const server = createServer({
    maxHeaderSize: bounds.headerBytesMax,
    headersTimeout: bounds.headersTimeoutMs,
    // A body may take as long as it likes, while it goes on: see idleTimeoutMs.
    requestTimeout: 0,
    keepAliveTimeout: bounds.keepAliveMs,
    noDelay: true,
  });
  server.maxConnections = bounds.connectionsMax;
  server.on('request', (message, response) => void serve(message, response, options));
  server.on('checkContinue', (message, response) => void serve(message, response, options));
  server.on('clientError', (error: NodeJS.ErrnoException, connection: Duplex) => {
    if (!connection.writable || connection.destroyed) return;
    const isTooLong = error.code === 'HPE_HEADER_OVERFLOW';
    const status = isTooLong ? '431 Request Header Fields Too Large' : '400 Bad Request';
    connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  return server;
}
