/** A port that nobody else gets before it is listened on. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface ReservedPort extends AsyncDisposable {
  readonly port: number;
  /** Gives it back: whoever listens on it at once has it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Takes a port of an address; a free one for 0.
 * @throws Error where the address is none of this machine's, or the port somebody else's
 */
export async function reservePort(host: string, wanted = 0): Promise<ReservedPort> {
  const server = createServer((connection) => connection.destroy());
  server.listen({ host, port: wanted });
  await once(server, 'listening');
  // A server that listens at a host always has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}
