/** Ranges of IP addresses, and the errors that AWS has for them. */
import type { AddressRange } from './pattern.ts';
import { PatternRefused } from './tokens.ts';

interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** @throws PatternRefused in AWS's words, which tell no position here */
export function parseCidr(text: string): AddressRange {
  const [addressText = '', maskText, ...rest] = text.split('/');
  if (maskText === undefined || rest.length > 0) {
    throw new PatternRefused("Malformed CIDR, one '/' required");
  }
  const address = parseAddress(addressText);
  if (!/^-?\d+$/.test(maskText)) {
    throw new PatternRefused('Malformed CIDR, mask bits must be an integer');
  }
  const bits = Number(maskText);
  if (bits < 0) throw new PatternRefused('Malformed CIDR, mask bits must not be negative');
  if (address === undefined) {
    throw new PatternRefused(`Nonstandard IP address: ${addressText}`);
  }
  const width = address.version === 4 ? 32 : 128;
  if (bits >= width) {
    const version = address.version === 4 ? 'IPv4' : 'IPv6';
    throw new PatternRefused(`${version} mask bits must be < ${width}`);
  }
  const size = 1n << BigInt(width - bits);
  const first = (address.value / size) * size;
  return { version: address.version, first, last: first + size - 1n };
}

/** True where the text is an address of the same version between the two ends. */
export function isInRange(text: string, { version, first, last }: AddressRange): boolean {
  const address = parseAddress(text);
  if (address?.version !== version) return false;
  return address.value >= first && address.value <= last;
}

function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseVersion6(text) : parseVersion4(text);
}

function parseVersion4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return { version: 4, value };
}

function parseVersion6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  let value = 0n;
  for (const group of groups) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    value = value * 65536n + BigInt(`0x${group}`);
  }
  return { version: 6, value };
}
