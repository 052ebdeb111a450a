/** The protocol of WebSockets, by a library. */
import { createRequire } from 'node:module';
import type * as Ws from 'ws';

const load = createRequire(import.meta.url);
let loaded: typeof Ws | undefined;

/** The library, loaded when the first WebSocket comes: a server without them spares its memory. */
export function ws(): typeof Ws {
  // The package's own types describe what it exports.
  loaded ??= load('ws') as typeof Ws;
  return loaded;
}
