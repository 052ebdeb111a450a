/**
 * WebSockets: connections that node:http gives away for them.
 * Owns: such a connection from its request to its close, every WebSocket that is open, and what runs once one has closed.
 * I1 Whoever took a WebSocket hears once of its end: by `lost` before it is open, by `onClose` after.
 * I2 Nothing is heard of a client once one of its frames was too long.
 * I3 What a client sent and is not done with is counted as bodies are; of a message no more pieces are kept than
 *    FRAGMENTS_MAX, and of pongs that it does not take no more than PONG_BYTES_MAX.
 * I4 At the gateway's end clients are told so (1001), and what their leaving entails is waited for.
 */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { collectBytes, EMPTY_BYTES, streamOfBytes } from '#kernel/bytes.ts';
import { PIECE_BYTES } from '#kernel/pieces.ts';
import { KIB, MIB } from '#kernel/units.ts';
import type { HttpSurface } from '../operation.ts';
import type {
  WebSocketAnswer,
  WebSocketHearer,
  WebSocketPeer,
  WebSocketTaking,
} from '../web-socket.ts';
import type { WireResponse } from '../wire.ts';
import type { KeptBytes } from './body-budget.ts';
import { FrameMeter } from './frame-meter.ts';
import { answerHead, HttpDates } from './plain-answer.ts';
import { HeaderNames } from './plain-head.ts';
import { receiveHead, type Received } from './receive.ts';
import { logCut, type ServeOptions } from './serve.ts';
import { exchangeOf, surfaceFailure } from './surfaces.ts';
import { ws } from './ws.ts';

const GOING_AWAY = 1001;
const TOO_BIG = 1009;
const TRY_AGAIN_LATER = 1013;
/** A piece of one byte keeps all that came with it, 64 KiB at the most. */
const FRAGMENTS_MAX = 128;
const PONG_BYTES_MAX = 64 * KIB;
/** Of what answers a client in the place of a WebSocket. */
const BODY_BYTES_MAX = 16 * MIB;
/** What `ws` checks only once the surface has taken the connection. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const VERSIONS: ReadonlySet<unknown> = new Set(['8', '13']);

export class WebSockets {
  readonly #options: ServeOptions;
  /** node:http knows nothing of them any more. */
  readonly #connections = new Set<Duplex>();
  readonly #open = new Set<WebSocket>();
  /** Each from its handshake to the end of what its leaving entailed. */
  readonly #lives = new Set<Promise<void>>();
  readonly #isCut = Promise.withResolvers<void>();

  constructor(options: ServeOptions) {
    this.#options = options;
  }

  /** Whether a request is for a WebSocket that a surface may take. */
  readonly isFor = (message: IncomingMessage): boolean => {
    if (message.headers.upgrade?.toLowerCase() !== 'websocket') return false;
    const received = receivedUpgrade(message);
    return received !== undefined && this.#surfaceOf(received)?.upgrade !== undefined;
  };

  /** Answers a request for which `isFor` holds. */
  readonly take = (message: IncomingMessage, connection: Duplex, head: Buffer): void => {
    connection.on('error', () => undefined);
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    const life = this.#live(message, connection, head)
      .catch((error: unknown) => {
        connection.destroy();
        logCut(this.#options, message.url ?? '', error);
      })
      .finally(() => this.#lives.delete(life));
    this.#lives.add(life);
  };

  /** Tells all clients that the server goes; resolves when they have left and what that entails is done, or at the cut. */
  async close(): Promise<void> {
    for (const socket of this.#open) sayGoodbye(socket);
    await Promise.race([this.#allEnded(), this.#isCut.promise]);
  }

  /** Ends what is left. */
  cut(): void {
    this.#isCut.resolve();
    for (const connection of this.#connections) connection.destroy();
  }

  async #allEnded(): Promise<void> {
    while (this.#lives.size > 0) await Promise.all(this.#lives);
  }

  #surfaceOf({ head }: Received): HttpSurface | undefined {
    return this.#options.answerer.options.surfaces?.find((one) => one.match(head));
  }

  async #live(message: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> {
    const answer = await this.#ask(message, connection);
    if (answer.kind === 'refused') {
      await this.#refuse(connection, answer.response);
      return;
    }
    const socket = openSocket(message, connection, head, answer.taking);
    if (socket === undefined) await answer.taking.lost();
    else await this.#hear(socket, connection, answer.taking);
  }

  async #ask(message: IncomingMessage, connection: Duplex): Promise<WebSocketAnswer> {
    const { answerer, running, isReady } = this.#options;
    if (!isReady()) return refused(503);
    const received = isHandshake(message) ? receivedUpgrade(message) : undefined;
    const surface = received && this.#surfaceOf(received);
    if (received === undefined || surface?.upgrade === undefined) return refused(400);
    const going = new AbortController();
    const abort = (): void => going.abort();
    running.add(going);
    connection.once('close', abort);
    const exchange = exchangeOf(answerer, received, going.signal);
    try {
      return await surface.upgrade(exchange);
    } catch (error) {
      const response = surfaceFailure(answerer, exchange, error);
      return { kind: 'refused', response };
    } finally {
      running.delete(going);
      connection.off('close', abort);
    }
  }

  async #hear(socket: WebSocket, connection: Duplex, taking: WebSocketTaking): Promise<void> {
    this.#open.add(socket);
    const hearer = taking.open(peerOf(socket));
    let isHeard = true;
    const meter = new FrameMeter();
    // Before the library, which takes the masks off the very bytes.
    connection.prependListener('data', (bytes: Buffer) => {
      if (!isHeard || meter.longest(bytes) <= taking.frameBytesMax) return;
      isHeard = false;
      socket.close(TOO_BIG, 'Message too long');
    });
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isHeard) return;
      const kept = this.#options.bodies.keep(connection);
      isHeard = kept.take(data.byteLength + PIECE_BYTES);
      if (!isHeard) socket.close(TRY_AGAIN_LATER, 'Try again later');
      else void this.#tell(hearer, isBinary ? data : data.toString(), kept);
    });
    socket.on('ping', (data) => {
      hearer.onSign();
      if (socket.bufferedAmount <= PONG_BYTES_MAX) socket.pong(data);
    });
    socket.on('pong', () => hearer.onSign());
    // The library closes after an error, with the code that fits.
    socket.on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<readonly [number, string]>();
    socket.once('close', (code, reason) => resolve([code, reason.toString()]));
    if (this.#options.isClosing()) sayGoodbye(socket);
    const [code, reason] = await promise;
    this.#open.delete(socket);
    await hearer.onClose(code, reason);
  }

  async #tell(hearer: WebSocketHearer, message: string | Uint8Array, kept: KeptBytes) {
    try {
      await hearer.onMessage(message);
    } finally {
      kept.close();
    }
  }

  async #refuse(connection: Duplex, response: WireResponse): Promise<void> {
    const { clock } = this.#options.answerer.options;
    const { keepAliveMs, idleTimeoutMs } = this.#options.bounds;
    const date = new HttpDates().at(clock.now());
    const names = new HeaderNames();
    const written = { date, names, keepAliveMs, isHead: false, isLast: true };
    const { body } = response;
    const bytes = body instanceof Uint8Array ? body : await collectBytes(body, BODY_BYTES_MAX);
    const { text } = answerHead({ ...response, body: bytes }, written);
    using _timer = clock.setTimer(idleTimeoutMs, () => connection.destroy());
    connection.write(text, 'latin1');
    // A client that leaves its own side open would keep the connection.
    connection.end(bytes, () => connection.destroy());
    if (!connection.closed) await once(connection, 'close');
  }
}

function sayGoodbye(socket: WebSocket): void {
  socket.close(GOING_AWAY, 'Going away');
}

/** The WebSocket; `undefined` where its client has left. */
function openSocket(
  message: IncomingMessage,
  connection: Duplex,
  head: Buffer,
  { protocol, messageBytesMax: maxPayload }: WebSocketTaking,
): WebSocket | undefined {
  const server = new (ws().WebSocketServer)({
    noServer: true,
    clientTracking: false,
    maxPayload,
    maxFragments: FRAGMENTS_MAX,
    autoPong: false,
    handleProtocols: () => protocol ?? false,
  });
  let opened: WebSocket | undefined;
  // The library calls back at once, or never.
  server.handleUpgrade(message, connection, head, (socket) => {
    opened = socket;
  });
  return opened;
}

function peerOf(socket: WebSocket): WebSocketPeer {
  return {
    get waitingBytes() {
      return socket.bufferedAmount;
    },
    send: (message: string | Uint8Array) => socket.send(message, () => undefined),
    close: (code: number, reason: string) => socket.close(code, reason),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}

function receivedUpgrade(message: IncomingMessage): Received | undefined {
  return receiveHead(message, streamOfBytes(EMPTY_BYTES));
}

function isHandshake({ method, headers }: IncomingMessage): boolean {
  const isKey = KEY.test(headers['sec-websocket-key'] ?? '');
  return method === 'GET' && isKey && VERSIONS.has(headers['sec-websocket-version']);
}

function refused(status: number): WebSocketAnswer {
  return { kind: 'refused', response: { status, headers: {}, body: EMPTY_BYTES } };
}
