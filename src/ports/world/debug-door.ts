import type { Duplex } from 'node:stream';

/** Hears what goes out through one connection of a door. */
export interface DoorTap {
  /** Bytes from inside, in the order in which they came. */
  onInside(chunk: Uint8Array): void;
  /** The connection is over. */
  onEnd(): void;
}

/** Lets a debugger on this machine reach a process in a sandbox. */
export interface DebugDoor {
  /**
   * Listens at a port of the machine's own loopback until it is disposed of, and joins each connection to one
   * that `connect` makes; where `connect` fails, the connection ends. `tap` is called for each that is joined.
   * @throws Error where the port is taken
   */
  open(port: number, connect: () => Promise<Duplex>, tap: () => DoorTap): Promise<AsyncDisposable>;
}
