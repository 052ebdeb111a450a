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
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Share } from '#kernel/shared-pot.ts';

export interface SandboxUser {
  readonly onOutput: (output: 'stdout' | 'stderr', chunk: Uint8Array) => void;
  /** A process inside connected to a port that listens there. */
  readonly onConnection: (port: number, connection: Duplex) => void;
}

interface Output {
  readonly name: 'stdout' | 'stderr';
  readonly fd: number;
  readonly pipe: Socket;
}

/** What one read takes of a pipe. */
const READ_BYTES = 65_536;
/** More than any pipe holds, in pieces of whatever size: nobody is left who could write on. */
const READS_MAX = 4096;

export class PreparedSandbox {
  readonly outputEnded: Promise<unknown>;
  readonly #outputs: readonly Output[];
  readonly #listeners: Server[] = [];
  readonly #connections = new Set<Socket>();
  /** What is done with a user once there is one, in the order in which it came. */
  readonly #early: ((user: SandboxUser) => void)[] = [];
  readonly #share: Share;
  #user: SandboxUser | undefined;
  #isClosed = false;

  /**
   * `pipes` are the paths of stdout and stderr, which the launcher keeps open as long as the sandbox is;
   * `share` says how many connections there may be.
   * @throws where that is over already, or where no descriptor is left
   */
  constructor(pipes: readonly string[], share: Share) {
    this.#share = share;
    this.#outputs = openPipes(pipes).map((fd, index) => ({
      name: index === 0 ? 'stdout' : 'stderr',
      fd,
      pipe: new Socket({ fd, readable: true, writable: false }),
    }));
    for (const output of this.#outputs) {
      output.pipe.on('data', (chunk: Buffer) => this.#tellOutput(output, chunk));
    }
    this.outputEnded = Promise.all(this.#outputs.map(({ pipe }) => ended(pipe)));
  }

  /**
   * Gives out all that is in the pipes now; they may stay open. The event loop would read a piece a turn of what
   * was written in packets: what it has read it has given out, and the rest is read here, until there is none.
   */
  readOutput(): void {
    const room = Buffer.allocUnsafe(READ_BYTES);
    for (const output of this.#outputs) {
      for (let reads = 0; reads < READS_MAX; reads += 1) {
        const chunk = output.pipe.destroyed ? undefined : readNow(output.fd, room);
        if (chunk === undefined) break;
        this.#tellOutput(output, chunk);
      }
    }
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
    if (this.#isClosed || !this.#share.take()) {
      connection.destroy();
      return;
    }
    connection.setNoDelay(true);
    this.#connections.add(connection);
    connection.on('error', () => connection.destroy());
    connection.on('close', () => {
      this.#connections.delete(connection);
      this.#share.giveBack();
    });
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
    for (const connection of this.#connections) connection.destroy();
    for (const { pipe } of this.#outputs) pipe.destroy();
  }

  #tellOutput({ name }: Output, chunk: Uint8Array): void {
    this.#withUser((user) => user.onOutput(name, chunk));
  }

  #withUser(tell: (user: SandboxUser) => void): void {
    if (this.#user === undefined) this.#early.push(tell);
    else tell(this.#user);
  }
}

/** What a pipe has, as far as one read takes it; `undefined` where that is nothing. */
function readNow(fd: number, room: Buffer): Uint8Array | undefined {
  try {
    const count = readSync(fd, room);
    return count === 0 ? undefined : Buffer.from(room.subarray(0, count));
  } catch {
    // EAGAIN; of whatever else the pipe itself will hear.
    return undefined;
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
