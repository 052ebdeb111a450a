import { validation } from '../errors.ts';

const ADDRESS_BITS = 32;
const BLOCKS_MAX = 256;

/**
 * The first blocks of a network of IPv4.
 * @param bits of each block that are the host's: 8 for a /24
 * @throws AwsError ValidationError
 */
export function cidrBlocks(block: string, count: number, bits: number): string[] {
  const [, address = '', length = ''] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(block) ?? [];
  const octets = address.split('.').map(Number);
  const isValid =
    octets.length === 4 &&
    octets.every((octet) => octet <= 255) &&
    Number(length) <= ADDRESS_BITS &&
    Number.isInteger(count) &&
    count >= 1 &&
    count <= BLOCKS_MAX &&
    bits <= ADDRESS_BITS - Number(length) &&
    count * 2 ** bits <= 2 ** (ADDRESS_BITS - Number(length));
  if (!isValid) throw validation(`Template error: Fn::Cidr cannot divide ${block}`);
  const number = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (ADDRESS_BITS - Number(length));
  const base = Math.floor(number / size) * size;
  return Array.from({ length: count }, (_, index) => {
    const first = base + index * 2 ** bits;
    const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
    return `${parts.join('.')}/${ADDRESS_BITS - bits}`;
  });
}
