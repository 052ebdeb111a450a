import type { DoorTap } from '#ports/world/debug-door.ts';

/** Takes what a debugger's side in the sandbox says to one client. */
export type PauseReader = (chunk: Uint8Array) => void;

/** What a protocol finds at the beginning of what was said. */
export interface Found {
  /** Of the message with its header, or of what can be left out; at least one. */
  readonly bytes: number;
  /** Where the message says that the function stands still, or goes on. */
  readonly isPaused?: boolean;
}

/** As much as is kept of what is no message yet, in bytes. */
export const KEPT_BYTES_MAX = 64 * 1024;

/**
 * Reads a protocol's messages one after another, however they are cut.
 * @param find `undefined` where more has to come first
 */
export function readMessages(
  find: (said: Buffer) => Found | undefined,
  tell: (isPaused: boolean) => void,
): PauseReader {
  let said = Buffer.alloc(0);
  let skipBytes = 0;
  return (chunk) => {
    said = Buffer.concat([said, chunk]);
    for (;;) {
      const bytes = Math.min(skipBytes, said.byteLength);
      said = said.subarray(bytes);
      skipBytes -= bytes;
      const found = said.byteLength === 0 ? undefined : find(said);
      if (found === undefined) return;
      if (found.isPaused !== undefined) tell(found.isPaused);
      skipBytes = found.bytes;
    }
  };
}

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
    const connection = Symbol('connection');
    return {
      onInside: read((isPaused) => set(connection, isPaused)),
      onEnd: () => set(connection, false),
    };
  };
}
