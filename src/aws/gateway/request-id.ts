import type { Random } from '#ports/world/random.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** S3's form: 16 upper-case characters, 80 random bits. */
export function storageRequestId(random: Random): string {
  let id = '';
  for (const byte of random.bytes(16)) id += ALPHABET[byte % ALPHABET.length] ?? '';
  return id;
}
