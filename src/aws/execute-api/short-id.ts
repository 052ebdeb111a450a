import type { Random } from '#ports/world/random.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** The most of a byte's values that the alphabet divides: no character is likelier than another. */
const BYTE_MAX = 256 - (256 % ALPHABET.length);

/** An id as API Gateway makes them: lower-case letters and digits, the first one a letter. */
export function shortId(random: Random, length: number): string {
  let id = '';
  while (id.length < length) {
    const byte = random.bytes(1)[0] ?? 0;
    const character = byte < BYTE_MAX ? (ALPHABET[byte % ALPHABET.length] ?? '') : '';
    if (id !== '' || character > '9') id += character;
  }
  return id;
}
