/** Ranges of IP addresses, and the errors that AWS has for them. */
import { blockOf, parseAddress, type AddressBlock } from '#kernel/ip-address.ts';
import { PatternRefused } from './tokens.ts';

/** @throws PatternRefused in AWS's words, which tell no position here */
export function parseCidr(text: string): AddressBlock {
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
  return blockOf(address, bits);
}
