import { shortId } from '#aws/execute-api/index.ts';
import type { Random } from '#ports/world/random.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export const API_ID_CHARACTERS = 10;
export const PART_ID_CHARACTERS = 6;
const KEY_VALUE_CHARACTERS = 40;

/** An identifier as API Gateway gives them. */
export function newId(random: Random, characters = PART_ID_CHARACTERS): string {
  return shortId(random, characters);
}

/** The value of an API key, where its maker gives none. */
export function newKeyValue(random: Random): string {
  const bytes = random.bytes(KEY_VALUE_CHARACTERS);
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}
