/**
 * What Node's inspector says to one client, as far as it tells whether the function stands still.
 * @see https://chromedevtools.github.io/devtools-protocol/tot/Debugger/ paused, resumed
 * @see https://www.rfc-editor.org/rfc/rfc6455 section 5.2; a server masks nothing, and this one compresses nothing
 */
import type { PauseReader } from './pauses.ts';

/** Of a message no more is read: V8 writes the method first. */
const BEGINNING_BYTES = 64;
const HEAD_BYTES_MAX = 64 * 1024;
const TOLD = /^\{"method":"Debugger\.(paused|resumed)"/;
const UPGRADED = 'HTTP/1.1 101 ';
const HEAD_END = '\r\n\r\n';

/** Reads one connection's bytes: the upgrade's answer, then frames. */
export function readInspector(tell: (isPaused: boolean) => void): PauseReader {
  /** Bytes that are not told yet; once upgraded, from the beginning of a frame on. */
  let pending = Buffer.alloc(0);
  let isUpgraded = false;
  let skipBytes = 0;

  const takeHead = (): void => {
    const begin = pending.indexOf(UPGRADED);
    const end = begin === -1 ? -1 : pending.indexOf(HEAD_END, begin);
    isUpgraded = end !== -1;
    pending = isUpgraded
      ? pending.subarray(end + HEAD_END.length)
      : pending.subarray(-HEAD_BYTES_MAX);
  };

  /** True where one more frame may be there. */
  const takeFrame = (): boolean => {
    const frame = frameOf(pending);
    if (frame === undefined) return false;
    const beginningBytes = Math.min(frame.bytes, BEGINNING_BYTES);
    if (pending.byteLength < frame.headerBytes + beginningBytes) return false;
    const text = pending.toString('latin1', frame.headerBytes, frame.headerBytes + beginningBytes);
    const told = TOLD.exec(text)?.[1];
    if (told !== undefined) tell(told === 'paused');
    skipBytes = frame.headerBytes + frame.bytes;
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
    if (!isUpgraded) takeHead();
    if (isUpgraded && skip()) while (takeFrame());
  };
}

interface Frame {
  readonly headerBytes: number;
  readonly bytes: number;
}

/** The frame that begins here; `undefined` where its header is not whole yet. */
function frameOf(bytes: Buffer): Frame | undefined {
  if (bytes.byteLength < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const headerBytes = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.byteLength < headerBytes) return undefined;
  if (short < 126) return { headerBytes, bytes: short };
  const long = short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return { headerBytes, bytes: long };
}
