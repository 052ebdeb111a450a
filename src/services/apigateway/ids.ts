import type { Random } from '#ports/world/random.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const MIXED = `ABCDEFGHIJKLMNOPQRSTUVWXYZ${LOWER}`;

export const API_ID_CHARACTERS = 10;
export const PART_ID_CHARACTERS = 6;
const KEY_VALUE_CHARACTERS = 40;

/** An identifier as API Gateway gives them: lower-case letters and digits. */
export function newId(random: Random, characters = PART_ID_CHARACTERS): string {
  return textOf(random, LOWER, characters);
}

/** The value of an API key, where its maker gives none. */
export function newKeyValue(random: Random): string {
  return textOf(random, MIXED, KEY_VALUE_CHARACTERS);
}

function textOf(random: Random, alphabet: string, characters: number): string {
  const bytes = random.bytes(characters);
  return Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('');
}
