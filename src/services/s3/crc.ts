export type CrcAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME';

/** Width and reflected polynomial. @see https://reveng.sourceforge.io/crc-catalogue/all.htm */
const POLYNOMIALS: Readonly<Record<CrcAlgorithm, { bits: bigint; polynomial: bigint }>> = {
  CRC32: { bits: 32n, polynomial: 0xedb88320n },
  CRC32C: { bits: 32n, polynomial: 0x82f63b78n },
  CRC64NVME: { bits: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
};

/** One piece of the joined bytes. */
interface CrcPiece {
  /** Base64. */
  readonly checksum: string;
  readonly size: number;
}

/**
 * The CRC of joined bytes from the CRCs (Base64) and sizes of the pieces, without their bytes.
 * A CRC with equal first and last inversion is linear: crc(A B) = crc(A) * x^(8 |B|) + crc(B), modulo the polynomial.
 */
export function combineCrc(algorithm: CrcAlgorithm, parts: readonly CrcPiece[]): string {
  const { bits, polynomial } = POLYNOMIALS[algorithm];
  let whole = 0n;
  for (const part of parts) {
    const crc = BigInt(`0x${Buffer.from(part.checksum, 'base64').toString('hex') || '0'}`);
    whole = multiply(whole, powerOfX(8 * part.size, bits, polynomial), bits, polynomial) ^ crc;
  }
  const hex = whole.toString(16).padStart(Number(bits) / 4, '0');
  return Buffer.from(hex, 'hex').toString('base64');
}

/** x^exponent modulo the polynomial, by squaring. In reflected form the highest bit is x^0. */
function powerOfX(exponent: number, bits: bigint, polynomial: bigint): bigint {
  let power = 1n << (bits - 1n);
  let square = 1n << (bits - 2n);
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = multiply(power, square, bits, polynomial);
    square = multiply(square, square, bits, polynomial);
  }
  return power;
}

/** The product of two reflected polynomials modulo the polynomial. */
function multiply(a: bigint, b: bigint, bits: bigint, polynomial: bigint): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = bits - 1n; bit >= 0n; bit -= 1n) {
    if ((a >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}
