/**
 * Reads of a socket that nobody has to keep: each piece is handed on as it comes, past the stream's own queue and the
 * tick that looks for more, which cost a short request several microseconds.
 *
 * A socket pushes what it has read, and goes on reading until a push answers `false`; so whoever takes the pushes has
 * the bytes. What it pushed before anybody listened is given out first: its queue is empty before it reads again.
 * With the first pause the stream has its own push again, queue and all, for good.
 *
 * @see https://nodejs.org/api/stream.html#readablepushchunk-encoding
 */
import type { Readable } from 'node:stream';

export interface QuickReads {
  /** Gives the stream its own way back; what comes from here on are its `data` events. */
  end(): void;
}

/**
 * Has `onData` called for each piece that a socket reads. The socket must have a `data` listener, which keeps it
 * reading and takes over at the end.
 */
export function readQuickly(socket: Readable, onData: (data: Buffer) => void): QuickReads {
  const push = socket.push;
  const take = (chunk: unknown): boolean => {
    if (!Buffer.isBuffer(chunk)) return push.call(socket, chunk);
    onData(chunk);
    return true;
  };
  socket.push = take;
  return {
    end() {
      if (socket.push === take) socket.push = push;
    },
  };
}
