/** Codes of virtual devices: six digits for each half a minute. @see https://www.rfc-editor.org/rfc/rfc6238 */
import { createHmac } from 'node:crypto';
import { SECOND_MS } from '#kernel/units.ts';

const STEP_MS = 30 * SECOND_MS;
/** Steps by which a device's clock may be off. */
const STEPS_OFF_MAX = 10;
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes as letters and digits, five bits each. */
export function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE_32[Number.parseInt(group.padEnd(5, '0'), 2)] ?? '').join('');
}

function bytesOf(seed: string): Uint8Array {
  const bits = Array.from(seed, (digit) => BASE_32.indexOf(digit).toString(2).padStart(5, '0'));
  const octets = bits.join('').match(/.{8}/g) ?? [];
  return Uint8Array.from(octets, (octet) => Number.parseInt(octet, 2));
}

/** The code of a seed at a time, in ms since 1970. */
export function codeAt(seed: string, atMs: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / STEP_MS)));
  const digest = createHmac('sha1', bytesOf(seed)).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0xf;
  const number = digest.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Whether two codes follow one another at about this time. */
export function areConsecutive(
  seed: string,
  codes: readonly [string, string],
  nowMs: number,
): boolean {
  for (let step = -STEPS_OFF_MAX; step <= STEPS_OFF_MAX; step += 1) {
    const atMs = nowMs + step * STEP_MS;
    if (codeAt(seed, atMs) === codes[0] && codeAt(seed, atMs + STEP_MS) === codes[1]) return true;
  }
  return false;
}
