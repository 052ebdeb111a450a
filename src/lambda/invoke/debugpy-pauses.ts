/**
 * What debugpy says to one client, as far as it tells whether the function stands still.
 * @see https://microsoft.github.io/debug-adapter-protocol/specification: events stopped and continued; an answer to
 *   a request that lets the program go on says so, too
 */
import { isObject, parseJson } from '#kernel/json.ts';
import { KEPT_BYTES_MAX, readMessages } from './pauses.ts';
import type { Found, PauseReader } from './pauses.ts';

const HEAD = /Content-Length: *(\d+)/i;
const HEAD_END = '\r\n\r\n';
const GO_ON = new Set(['continue', 'next', 'stepIn', 'stepOut', 'reverseContinue', 'disconnect']);
const ENDED = new Set(['continued', 'terminated', 'exited']);

/** Reads one connection's bytes: headers and messages of JSON by turns. */
export function readDebugpy(tell: (isPaused: boolean) => void): PauseReader {
  return readMessages(findMessage, tell);
}

/** Those that matter are short; of a longer one nothing is read. */
function findMessage(said: Buffer): Found | undefined {
  const end = said.indexOf(HEAD_END);
  if (end === -1) {
    return said.byteLength > KEPT_BYTES_MAX ? { bytes: said.byteLength } : undefined;
  }
  const from = end + HEAD_END.length;
  const bytes = from + Number(HEAD.exec(said.toString('latin1', 0, end))?.[1] ?? 0);
  if (bytes - from > KEPT_BYTES_MAX) return { bytes };
  if (said.byteLength < bytes) return undefined;
  const isPaused = pauseIn(parseJson(said.toString('utf8', from, bytes)));
  return isPaused === undefined ? { bytes } : { bytes, isPaused };
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
