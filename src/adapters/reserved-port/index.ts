/** A port that is known before it is listened on. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface ReservedPort extends AsyncDisposable {
  readonly port: number;
  /** Gives it back, where it is kept: whoever listens on it at once has it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Takes a port of an address: for 0 a free one, which nobody else gets before it is given back. Of one that is wanted it
 * is seen that it is free, and that is all: whoever asks by a connection whether the server is ready is refused until then.
 * @throws Error where the address is none of this machine's, or the port somebody else's
 */
export async function reservePort(host: string, wanted = 0): Promise<ReservedPort> {
  const server = createServer((connection) => connection.destroy());
  server.listen({ host, port: wanted });
  await once(server, 'listening');
  // A server that listens at a host always has an address of this kind.
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  if (wanted !== 0) await close();
  return { port, [Symbol.asyncDispose]: close };
}
