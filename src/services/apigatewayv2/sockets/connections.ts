/**
 * WebSockets that are open, in memory alone: none outlives the server.
 * Owns: who is connected, and when he was last heard; not the connection's bytes.
 * I1 A connection is known from its opening to its end.
 * I2 One that is idle for ten minutes, or open for two hours, is closed with 1001.
 */
import type { WebSocketPeer } from '#aws/web-socket.ts';
import type { Clock } from '#ports/world/clock.ts';
import { SOCKET_IDLE_MS_MAX, SOCKET_LIFE_MS_MAX } from '../limits.ts';
import type { Session } from './turn.ts';

const GOING_AWAY = 1001;

export interface Connection {
  readonly session: Session;
  readonly peer: WebSocketPeer;
  /** Wall-clock time. */
  readonly lastActiveAtMs: number;
  /** Something was sent or heard. */
  touch(): void;
}

export class Connections {
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenConnection>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find(connectionId: string): Connection | undefined {
    return this.#open.get(connectionId);
  }

  add(session: Session, peer: WebSocketPeer): Connection {
    const connection = new OpenConnection(this.#clock, session, peer);
    this.#open.set(session.connectionId, connection);
    return connection;
  }

  remove(connectionId: string): void {
    this.#open.get(connectionId)?.[Symbol.dispose]();
    this.#open.delete(connectionId);
  }
}

class OpenConnection implements Connection, Disposable {
  readonly session: Session;
  readonly peer: WebSocketPeer;
  lastActiveAtMs: number;
  readonly #clock: Clock;
  readonly #endMs: number;
  #heardMs: number;
  /** One timer, set anew where it rings too early. */
  #timer: Disposable;

  constructor(clock: Clock, session: Session, peer: WebSocketPeer) {
    this.session = session;
    this.peer = peer;
    this.#clock = clock;
    this.lastActiveAtMs = clock.now();
    this.#heardMs = clock.monotonicMs();
    this.#endMs = this.#heardMs + SOCKET_LIFE_MS_MAX;
    this.#timer = clock.setTimer(SOCKET_IDLE_MS_MAX, this.#look);
  }

  touch(): void {
    this.lastActiveAtMs = this.#clock.now();
    this.#heardMs = this.#clock.monotonicMs();
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  readonly #look = (): void => {
    const dueMs = Math.min(this.#heardMs + SOCKET_IDLE_MS_MAX, this.#endMs);
    const leftMs = dueMs - this.#clock.monotonicMs();
    if (leftMs <= 0) this.peer.close(GOING_AWAY, 'Going away');
    else this.#timer = this.#clock.setTimer(leftMs, this.#look);
  };
}
