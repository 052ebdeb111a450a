/**
 * HTTP/1.1 and HTTP/2 on one port, without TLS: some clients of AWS's (Kinesis in JavaScript) speak HTTP/2 at once.
 * Such a client begins with a preface that no request of HTTP/1.1 begins with, so the first bytes tell.
 * A connection is a PlainConnection first; node:http and node:http2 take it with its first unusual request.
 * Owns: the listening server, the sessions of HTTP/2, and connections that are plain, or of which too little has come.
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-3.3
 */
import { createServer, type Server } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type ServerHttp2Session,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Clock } from '#ports/world/clock.ts';
import type { BodyBudget } from './body-budget.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { Bounds } from './options.ts';
import { HttpDates } from './plain-answer.ts';
import { PlainConnection, type PlainOptions } from './plain-connection.ts';
import { HeaderNames } from './plain-head.ts';
import type { WebSockets } from './web-sockets.ts';

export type OnRequest = (request: HttpRequest, response: HttpResponse) => void;

/** Who answers what is read. */
export interface Serving {
  readonly bodies: BodyBudget;
  /** Answers what node:http and node:http2 read. */
  readonly onRequest: OnRequest;
  readonly onPlain: PlainOptions['onRequest'];
  readonly onCut: PlainOptions['onCut'];
  readonly isClosing: PlainOptions['isClosing'];
  readonly webSockets: Pick<WebSockets, 'isFor' | 'take'>;
}

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** Streams that one client may have open on one connection. */
const STREAMS_MAX = 256;
/** Requests of one connection of HTTP/1.1 that are under way: beyond them no more are read. */
const PIPELINED_MAX = 16;

export class HttpServer {
  /** Listens and takes connections; speaks HTTP/1.1 itself. */
  readonly listener: Server;
  readonly #http2: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #silent = new Set<Duplex>();
  readonly #plain = new Set<PlainConnection>();
  readonly #bounds: Bounds;
  readonly #clock: Clock;

  constructor(bounds: Bounds, clock: Clock, serving: Serving) {
    const { bodies, onRequest, onPlain, onCut, isClosing } = serving;
    this.#bounds = bounds;
    this.#clock = clock;
    this.listener = createHttp1(bounds, serving);
    this.#http2 = this.#createHttp2(onRequest);
    const speakHttp1 = this.listener.listeners('connection');
    this.listener.removeAllListeners('connection');
    const onUnusual = (connection: Duplex, bytes: Buffer): void => {
      connection.unshift(bytes);
      this.#awaitFirstBytes(connection, (isHttp2) => {
        if (isHttp2) this.#http2.emit('connection', connection);
        else for (const speak of speakHttp1) speak.call(this.listener, connection);
      });
    };
    const onClosed = (plain: PlainConnection): void => void this.#plain.delete(plain);
    const names = new HeaderNames();
    const dates = new HttpDates();
    const hears = { onRequest: onPlain, onCut, isClosing, onUnusual, onClosed };
    const options = { bounds, bodies, clock, names, dates, ...hears };
    this.listener.on('connection', (connection: Duplex) => {
      this.#plain.add(new PlainConnection(connection, options));
    });
  }

  /** Takes no new connection; resolves when those there are have ended. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.listener.close(() => resolve()));
    this.listener.closeIdleConnections();
    for (const connection of this.#silent) connection.destroy();
    for (const plain of this.#plain) if (plain.isIdle) plain.cut();
    for (const session of this.#sessions) session.close();
    await closed;
  }

  /** Ends what is left. */
  cut(): void {
    this.listener.closeAllConnections();
    for (const plain of this.#plain) plain.cut();
    for (const session of this.#sessions) session.destroy();
  }

  #awaitFirstBytes(connection: Duplex, speak: (isHttp2: boolean) => void): void {
    this.#silent.add(connection);
    const abandon = (): void => void connection.destroy();
    const timer = this.#clock.setTimer(this.#bounds.headersTimeoutMs, abandon);
    const forget = (): void => {
      this.#silent.delete(connection);
      timer[Symbol.dispose]();
      connection.off('readable', look);
      connection.off('end', abandon);
      connection.off('close', forget);
      connection.off('error', forget);
    };
    let bytes = Buffer.alloc(0);
    const look = (): void => {
      const more: Buffer | null = connection.read();
      if (more === null) return;
      bytes = Buffer.concat([bytes, more]);
      const isPreface = PREFACE.subarray(0, bytes.length).equals(bytes.subarray(0, PREFACE.length));
      if (isPreface && bytes.length < PREFACE.length) return;
      forget();
      connection.unshift(bytes);
      speak(isPreface);
    };
    connection.on('readable', look);
    connection.on('end', abandon);
    connection.on('close', forget);
    connection.on('error', forget);
  }

  #createHttp2(onRequest: OnRequest): Http2Server {
    const server = createHttp2Server({
      settings: {
        maxHeaderListSize: this.#bounds.headerBytesMax,
        maxConcurrentStreams: STREAMS_MAX,
      },
    });
    server.on('session', (session) => {
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
      session.setTimeout(this.#bounds.keepAliveMs, () => session.close());
    });
    server.on('sessionError', () => undefined);
    server.on('request', onRequest);
    server.on('checkContinue', onRequest);
    return server;
  }
}

function createHttp1(bounds: Bounds, { onRequest, webSockets }: Serving): Server {
  const server = createServer({
    maxHeaderSize: bounds.headerBytesMax,
    headersTimeout: bounds.headersTimeoutMs,
    // A body may take as long as it likes, while it goes on: see idleTimeoutMs.
    requestTimeout: 0,
    keepAliveTimeout: bounds.keepAliveMs,
    noDelay: true,
    shouldUpgradeCallback: webSockets.isFor,
  });
  server.maxConnections = bounds.connectionsMax;
  const onPipelined = boundPipeline(onRequest);
  server.on('request', onPipelined);
  server.on('checkContinue', onPipelined);
  server.on('upgrade', webSockets.take);
  server.on('clientError', (error: NodeJS.ErrnoException, connection: Duplex) => {
    if (!connection.writable || connection.destroyed) return;
    const isTooLong = error.code === 'HPE_HEADER_OVERFLOW';
    const status = isTooLong ? '431 Request Header Fields Too Large' : '400 Bad Request';
    connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  return server;
}

/** node:http begins every request as it comes, however many before it are unanswered: its connection is paused. */
function boundPipeline(onRequest: OnRequest): OnRequest {
  const underWay = new WeakMap<object, number>();
  const countOf = (connection: object): number => underWay.get(connection) ?? 0;
  return (request, response) => {
    const { socket } = request;
    underWay.set(socket, countOf(socket) + 1);
    // At a request's end node:http reads on by itself, so that the pause comes after that.
    const pause = (): void => {
      if (countOf(socket) >= PIPELINED_MAX) socket.pause();
    };
    if (countOf(socket) >= PIPELINED_MAX) process.nextTick(pause);
    response.once('close', () => {
      underWay.set(socket, countOf(socket) - 1);
      if (countOf(socket) === PIPELINED_MAX - 1) socket.resume();
    });
    onRequest(request, response);
  };
}
