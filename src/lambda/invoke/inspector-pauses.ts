/**
 * What Node's inspector says to one client, as far as it tells whether the function stands still.
 * @see https://chromedevtools.github.io/devtools-protocol/tot/Debugger/ paused, resumed
 * @see https://www.rfc-editor.org/rfc/rfc6455 section 5.2; a server masks nothing, and this one compresses nothing
 */
import { KEPT_BYTES_MAX, readMessages } from './pauses.ts';
import type { Found, PauseReader } from './pauses.ts';

/** Of a message no more is read: V8 writes the method first. */
const BEGINNING_BYTES = 64;
const TOLD = /^\{"method":"Debugger\.(paused|resumed)"/;
const UPGRADED = 'HTTP/1.1 101 ';
const HEAD_END = '\r\n\r\n';

/** Reads one connection's bytes: what was asked by HTTP, the upgrade's answer, then frames. */
export function readInspector(tell: (isPaused: boolean) => void): PauseReader {
  let isUpgraded = false;
  return readMessages((said) => {
    if (isUpgraded) return findFrame(said);
    const begin = said.indexOf(UPGRADED);
    const end = begin === -1 ? -1 : said.indexOf(HEAD_END, begin);
    isUpgraded = end !== -1;
    if (isUpgraded) return { bytes: end + HEAD_END.length };
    const surplusBytes = said.byteLength - KEPT_BYTES_MAX;
    return surplusBytes > 0 ? { bytes: surplusBytes } : undefined;
  }, tell);
}

function findFrame(said: Buffer): Found | undefined {
  if (said.byteLength < 2) return undefined;
  const short = said.readUInt8(1) & 0x7f;
  const headerBytes = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (said.byteLength < headerBytes) return undefined;
  const payloadBytes = payloadBytesOf(said, short);
  const readTo = headerBytes + Math.min(payloadBytes, BEGINNING_BYTES);
  if (said.byteLength < readTo) return undefined;
  const told = TOLD.exec(said.toString('latin1', headerBytes, readTo))?.[1];
  const bytes = headerBytes + payloadBytes;
  return told === undefined ? { bytes } : { bytes, isPaused: told === 'paused' };
}

function payloadBytesOf(header: Buffer, short: number): number {
  if (short < 126) return short;
  return short === 126 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2));
}
