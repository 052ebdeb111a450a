import type { DoorTap } from '#ports/world/debug-door.ts';

/** Takes what a debugger's side in the sandbox says to one client. */
export type PauseReader = (chunk: Uint8Array) => void;

/**
 * Whether a function stands still under its debuggers: while one of the connections was told that it does.
 * A connection that ends lets it go on, as debuggers do.
 * @param read a protocol's reader
 * @returns what follows one connection
 */
export function followPauses(
  read: (tell: (isPaused: boolean) => void) => PauseReader,
  onChange: (isPaused: boolean) => void,
): () => DoorTap {
  const paused = new Set<symbol>();
  const set = (connection: symbol, isPaused: boolean): void => {
    const wasPaused = paused.size > 0;
    if (isPaused) paused.add(connection);
    else paused.delete(connection);
    if (paused.size > 0 !== wasPaused) onChange(!wasPaused);
  };
  return () => {
    const connection = Symbol();
    return {
      onInside: read((isPaused) => set(connection, isPaused)),
      onEnd: () => set(connection, false),
    };
  };
}
