/** IP addresses as numbers, and the blocks of addresses that begin alike. */

export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** Addresses from `first` to `last`, both included. */
export interface AddressBlock {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * The block of `203.0.113.0/24`, or of one address alone; `undefined` where the text is neither.
 * @see RFC 4632
 */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  const [addressText = '', bitsText, ...rest] = text.split('/');
  const address = parseAddress(addressText);
  if (address === undefined || rest.length > 0) return undefined;
  const width = address.version === 4 ? 32 : 128;
  if (bitsText !== undefined && !/^\d{1,3}$/.test(bitsText)) return undefined;
  const bits = bitsText === undefined ? width : Number(bitsText);
  return bits > width ? undefined : blockOf(address, bits);
}

/** The block of all addresses whose first `bits` are the same as the address's. */
export function blockOf({ version, value }: Address, bits: number): AddressBlock {
  const size = 1n << BigInt((version === 4 ? 32 : 128) - bits);
  const first = (value / size) * size;
  return { version, first, last: first + size - 1n };
}

/** True where the text is an address of the block. */
export function isInBlock(text: string, { version, first, last }: AddressBlock): boolean {
  const address = parseAddress(text);
  if (address?.version !== version) return false;
  return address.value >= first && address.value <= last;
}

/** The address that a text is; `undefined` where it is none. */
export function parseAddress(text: string): Address | undefined {
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

/** True for an address of this machine itself, by which nothing leaves it. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/i.test(address);
}
