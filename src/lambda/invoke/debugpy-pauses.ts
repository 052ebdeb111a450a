/**
 * What debugpy says to one client, as far as it tells whether the function stands still.
 * @see https://microsoft.github.io/debug-adapter-protocol/specification: events stopped and continued; an answer to
 *   a request that lets the program go on says so, too
 */
import { isObject, parseJson } from '#kernel/json.ts';
import type { PauseReader } from './pauses.ts';

const HEAD = /Content-Length: *(\d+)/i;
const HEAD_END = '\r\n\r\n';
/** Those that matter are short; of a longer one nothing is read. */
const MESSAGE_BYTES_MAX = 64 * 1024;
const GO_ON = new Set(['continue', 'next', 'stepIn', 'stepOut', 'reverseContinue', 'disconnect']);
const ENDED = new Set(['continued', 'terminated', 'exited']);

/** Reads one connection's bytes: headers and messages of JSON by turns. */
export function readDebugpy(tell: (isPaused: boolean) => void): PauseReader {
  let pending = Buffer.alloc(0);
  let skipBytes = 0;

  /** True where one more message may be there. */
  const takeMessage = (): boolean => {
    const end = pending.indexOf(HEAD_END);
    if (end === -1) {
      if (pending.byteLength > MESSAGE_BYTES_MAX) pending = Buffer.alloc(0);
      return false;
    }
    const bytes = Number(HEAD.exec(pending.toString('latin1', 0, end))?.[1] ?? 0);
    const from = end + HEAD_END.length;
    const isRead = bytes <= MESSAGE_BYTES_MAX;
    if (isRead && pending.byteLength < from + bytes) return false;
    const isPaused = isRead
      ? pauseIn(parseJson(pending.toString('utf8', from, from + bytes)))
      : undefined;
    if (isPaused !== undefined) tell(isPaused);
    skipBytes = from + bytes;
    return skip();
  };

  const skip = (): boolean => {
    const bytes = Math.min(skipBytes, pending.byteLength);
    pending = pending.subarray(bytes);
    skipBytes -= bytes;
    return skipBytes === 0 && pending.byteLength > 0;
  };

  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    if (skip()) while (takeMessage());
  };
}

/** What a message says of it, where it does. */
function pauseIn(message: unknown): boolean | undefined {
  if (!isObject(message)) return undefined;
  const { type, event, command, success } = message;
  if (type === 'event' && event === 'stopped') return true;
  if (type === 'event' && ENDED.has(String(event))) return false;
  const isGoingOn = type === 'response' && success === true && GO_ON.has(String(command));
  return isGoingOn ? false : undefined;
}
