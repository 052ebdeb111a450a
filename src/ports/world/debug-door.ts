import type { Duplex } from 'node:stream';

/** Lets a debugger on this machine reach a process in a sandbox. */
export interface DebugDoor {
  /**
   * Listens at a port of the machine's own loopback until it is disposed of, and joins each connection to one
   * that `connect` makes; where `connect` fails, the connection ends.
   * @throws Error where the port is taken
   */
  open(port: number, connect: () => Promise<Duplex>): Promise<AsyncDisposable>;
}
