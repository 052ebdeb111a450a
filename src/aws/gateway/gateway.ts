/**
 * The one port of all services.
 * Owns its HTTP server, its connections and the signing keys that it derived; not the services.
 * I1 Every request is answered once, or its connection is cut.
 * I2 What a client sends or takes is bounded in bytes and in time; see Bounds.
 * I3 A request's signal aborts when its client goes away, and when the gateway's closing takes too long.
 */
import type { Duplex } from 'node:stream';
import { Turns } from '#kernel/turns.ts';
import { MODELS } from '../models/index.ts';
import { createRouter } from '../route.ts';
import { ClaimReader, createSigningKeys } from '../signature/index.ts';
import { BodyBudget } from './body-budget.ts';
import { HttpServer } from './http-server.ts';
import { DEFAULT_BOUNDS, type Bounds, type GatewayOptions } from './options.ts';
import { answerAny, logCut, serve, type ServeOptions } from './serve.ts';
import { WebSockets } from './web-sockets.ts';

export interface Gateway extends AsyncDisposable {
  /** Listens; port 0 takes a free one. */
  listen(address: Address): Promise<{ readonly port: number }>;
  /** Serves a connection that somebody else accepted; `sandbox` is whose bodies are counted together. */
  accept(connection: Duplex, sandbox?: object): void;
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
  readonly #bodies: BodyBudget;
  readonly #server: HttpServer;
  readonly #webSockets: WebSockets;
  readonly #running = new Set<AbortController>();
  /** Connections that node:http does not know to be its own. */
  readonly #accepted = new Set<Duplex>();
  #isReady = false;
  #isClosing = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
    this.#bodies = new BodyBudget(this.#bounds.keptBodyBytesMax);
    const services = new Map(options.services.map((service) => [service.model.name, service]));
    const serving: ServeOptions = {
      answerer: {
        options,
        router: createRouter(MODELS),
        services,
        claims: new ClaimReader(),
        keys: createSigningKeys(),
        turns: new Turns(),
      },
      bounds: this.#bounds,
      bodies: this.#bodies,
      running: this.#running,
      isReady: () => this.#isReady,
      isClosing: () => this.#isClosing,
    };
    this.#webSockets = new WebSockets(serving);
    this.#server = new HttpServer(this.#bounds, options.clock, {
      bodies: this.#bodies,
      onRequest: (request, response) => void serve(request, response, serving),
      onPlain: (received, signal) => answerAny(received, signal, serving),
      onCut(received, error, isGone) {
        if (!isGone) logCut(serving, received.head.path, error);
      },
      isClosing: serving.isClosing,
      webSockets: this.#webSockets,
    });
  }

  async listen({ host, port }: Address): Promise<{ readonly port: number }> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { listener } = this.#server;
    listener.once('error', reject);
    listener.listen({ host, port, backlog: 1024 }, resolve);
    await promise;
    listener.off('error', reject);
    const address = listener.address();
    return { port: typeof address === 'object' && address !== null ? address.port : port };
  }

  accept(connection: Duplex, sandbox?: object): void {
    if (this.#isClosing || this.#accepted.size >= this.#bounds.connectionsMax) {
      connection.destroy();
      return;
    }
    if (sandbox !== undefined) this.#bodies.assign(connection, sandbox);
    this.#accepted.add(connection);
    connection.once('close', () => this.#accepted.delete(connection));
    this.#server.listener.emit('connection', connection);
  }

  ready(): void {
    this.#isReady = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isReady = false;
    this.#isClosing = true;
    const closed = Promise.all([this.#server.close(), this.#webSockets.close()]);
    using _deadline = this.#options.clock.setTimer(this.#bounds.closeMs(), () => this.#cut());
    await closed;
    this.#cut();
  }

  #cut(): void {
    for (const request of this.#running) request.abort();
    this.#server.cut();
    this.#webSockets.cut();
    for (const connection of this.#accepted) connection.destroy();
  }
}
