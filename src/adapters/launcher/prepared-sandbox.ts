/*
 * The server's ends of one sandbox that the launcher built: two pipes and two listening sockets.
 *
 * Owns: both pipes, both listeners, every connection that came through them.
 *
 * I1 What was written before the last process ended is given out before `outputEnded` resolves.
 * I2 What comes before `attach`, output or a connection, waits for it: the launcher starts a process before
 *    the server hears of it. `close` drops what nobody waited for.
 * I3 Where the sandbox is given new processes, its next user hears nothing of the old ones: what they left
 *    was read, and every connection of theirs is cut.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';

export interface SandboxUser {
  readonly onOutput: (output: 'stdout' | 'stderr', chunk: Uint8Array) => void;
  /** A process inside connected to a port that listens there. */
  readonly onConnection: (port: number, connection: Duplex) => void;
}

export class PreparedSandbox {
  readonly outputEnded: Promise<unknown>;
  /** Resolves once the event loop has looked at both pipes: what is new to it is looked at in its next turn. */
  readonly #begun: Promise<void>;
  readonly #outputs: readonly Socket[];
  readonly #listeners: Server[] = [];
  readonly #connections = new Set<Socket>();
  /** What is done with a user once there is one, in the order in which it came. */
  readonly #early: ((user: SandboxUser) => void)[] = [];
  #user: SandboxUser | undefined;
  #isClosed = false;

  /**
   * `pipes` are the paths of stdout and stderr, which the launcher keeps open as long as the sandbox is.
   * @throws where that is over already, or where no descriptor is left
   */
  constructor(pipes: readonly string[]) {
    const fds = openPipes(pipes);
    this.#outputs = fds.map((fd) => new Socket({ fd, readable: true, writable: false }));
    const [out, error] = this.#outputs;
    const tell = (output: 'stdout' | 'stderr') => (chunk: Buffer) =>
      this.#withUser((user) => user.onOutput(output, chunk));
    out?.on('data', tell('stdout'));
    error?.on('data', tell('stderr'));
    this.outputEnded = Promise.all(this.#outputs.map((pipe) => ended(pipe)));
    this.#begun = pipesRead().then(pipesRead);
  }

  /** Resolves once what is in the pipes now was given out; they may stay open. */
  async outputRead(): Promise<void> {
    await this.#begun;
    // This turn may have looked at the pipes before the last was written; the next has not.
    await pipesRead();
    await pipesRead();
  }

  addListener(port: number, listener: Server): void {
    if (this.#isClosed) {
      listener.close();
      return;
    }
    this.#listeners.push(listener);
    listener.on('connection', (connection: Socket) => this.addConnection(port, connection));
  }

  addConnection(port: number, connection: Socket): void {
    if (this.#isClosed) {
      connection.destroy();
      return;
    }
    connection.setNoDelay(true);
    this.#connections.add(connection);
    connection.on('error', () => connection.destroy());
    connection.on('close', () => this.#connections.delete(connection));
    this.#withUser((user) => user.onConnection(port, connection));
  }

  attach(user: SandboxUser): void {
    this.#user = user;
    for (const tell of this.#early.splice(0)) tell(user);
  }

  /** Its processes are gone, and what they left was read: `user` is whom the next ones have (I3). */
  hand(user: SandboxUser): void {
    for (const connection of this.#connections) connection.destroy();
    this.#user = user;
  }

  close(): void {
    this.#isClosed = true;
    for (const listener of this.#listeners) listener.close();
    for (const socket of [...this.#connections, ...this.#outputs]) socket.destroy();
  }

  #withUser(tell: (user: SandboxUser) => void): void {
    if (this.#user === undefined) this.#early.push(tell);
    else tell(this.#user);
  }
}

/** Resolves once what is in pipes now was read: in the next turn of the event loop, before its `setImmediate`s. */
export function pipesRead(): Promise<void> {
  // Whoever asks in one turn waits for the same one.
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
}

let turn: Promise<void> | undefined;

/** Descriptions of their own, so that they do not share a mode with the launcher's; all or none. */
function openPipes(paths: readonly string[]): readonly number[] {
  const fds: number[] = [];
  try {
    for (const path of paths) fds.push(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  } catch (error) {
    fds.forEach((fd) => closeSync(fd));
    throw error;
  }
  return fds;
}

function ended(pipe: Socket): Promise<void> {
  return new Promise((resolve) => {
    pipe.once('close', () => resolve());
    pipe.once('error', () => resolve());
  });
}
