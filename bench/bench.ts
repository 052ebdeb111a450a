import type { ExampleServer } from '../examples/server.ts';
import type { Send } from './client.ts';

/** What each part of the bench works with. */
export interface Bench {
  readonly server: ExampleServer;
  readonly send: Send;
  /** CPU time that the server has used, in ms. */
  readonly serverCpuMs: () => number;
  /** Resident memory of the server, in MiB. */
  readonly serverMemoryMiB: () => number;
}
