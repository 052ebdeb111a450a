/** A door at 127.0.0.1: bytes go through as they come. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { pipeline, type Duplex } from 'node:stream';
import type { DebugDoor, DoorTap } from '#ports/world/debug-door.ts';

/** Listens on this machine's loopback alone. */
export const loopbackDebugDoor: DebugDoor = {
  async open(port, connect, tap) {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      connect().then(
        (inside) => join(socket, inside, tap()),
        () => socket.destroy(),
      );
    });
    server.listen({ host: '127.0.0.1', port });
    await once(server, 'listening');
    return {
      [Symbol.asyncDispose]: async () => {
        server.close();
        for (const socket of sockets) socket.destroy();
        await once(server, 'close');
      },
    };
  },
};

/** Either end that goes away takes the other with it. */
function join(outside: Socket, inside: Duplex, tap: DoorTap): void {
  inside.on('data', (chunk: Buffer) => tap.onInside(chunk));
  inside.once('close', () => tap.onEnd());
  pipeline(outside, inside, () => outside.destroy());
  pipeline(inside, outside, () => inside.destroy());
}
