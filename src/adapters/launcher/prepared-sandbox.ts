/*
 * The server's ends of one sandbox that the launcher built: two pipes and two listening sockets.
 *
 * Owns: both pipes, both listeners, every connection that came through them.
 *
 * I1 What was written before the last process ended is given out before `outputEnded` resolves.
 * I2 A connection that comes in before `attach` waits in the kernel, or is closed after `close`.
 */
import { constants, openSync } from 'node:fs';
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
  readonly #outputs: readonly Socket[];
  readonly #listeners: Server[] = [];
  readonly #connections = new Set<Socket>();
  #user: SandboxUser | undefined;
  #isClosed = false;

  /** `pipes` are the paths of stdout and stderr, which the launcher keeps open. */
  constructor(pipes: readonly string[]) {
    this.#outputs = pipes.map(openPipe);
    const [out, error] = this.#outputs;
    out?.on('data', (chunk: Buffer) => this.#user?.onOutput('stdout', chunk));
    error?.on('data', (chunk: Buffer) => this.#user?.onOutput('stderr', chunk));
    this.outputEnded = Promise.all(this.#outputs.map((pipe) => ended(pipe)));
  }

  addListener(port: number, listener: Server): void {
    if (this.#isClosed) {
      listener.close();
      return;
    }
    this.#listeners.push(listener);
    listener.on('connection', (connection: Socket) => this.#accept(port, connection));
  }

  attach(user: SandboxUser): void {
    this.#user = user;
  }

  close(): void {
    this.#isClosed = true;
    for (const listener of this.#listeners) listener.close();
    for (const socket of [...this.#connections, ...this.#outputs]) socket.destroy();
  }

  #accept(port: number, connection: Socket): void {
    if (this.#user === undefined) {
      connection.destroy();
      return;
    }
    connection.setNoDelay(true);
    this.#connections.add(connection);
    connection.on('error', () => connection.destroy());
    connection.on('close', () => this.#connections.delete(connection));
    this.#user.onConnection(port, connection);
  }
}

/** Its own description of the pipe, so that it does not share a mode with the launcher's. */
function openPipe(path: string): Socket {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

function ended(pipe: Socket): Promise<void> {
  return new Promise((resolve) => {
    pipe.once('close', () => resolve());
    pipe.once('error', () => resolve());
  });
}
