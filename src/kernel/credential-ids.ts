/** Identifiers of the shapes that AWS gives to users, roles, keys and their secrets. */

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ACCOUNT_MASK = 0x7fffffffff80n;

/**
 * An access key's id, in which AWS hides the account: `AKIA` or `ASIA` and 16 characters of Base32.
 * @param random 10 random bytes
 */
export function accessKeyId(prefix: string, accountId: string, random: Uint8Array): string {
  let bits = 0n;
  for (const byte of random.subarray(0, 10)) bits = (bits << 8n) | BigInt(byte);
  const low = (1n << 32n) - 1n;
  const account = (BigInt(accountId) << 7n) & ACCOUNT_MASK;
  const kept = (bits >> 32n) & 0x7fn;
  return prefix + base32((1n << 79n) | ((account | kept) << 32n) | (bits & low), 16);
}

/** The account that an access key's id hides; `undefined` where the id is of another shape. */
export function accountOfAccessKey(id: string): string | undefined {
  if (!/^[A-Z]{4}[A-Z2-7]{16}$/.test(id)) return undefined;
  let bits = 0n;
  for (const character of id.slice(4)) bits = (bits << 5n) | BigInt(BASE32.indexOf(character));
  const account = ((bits >> 32n) & ACCOUNT_MASK) >> 7n;
  return account.toString().padStart(12, '0');
}

/**
 * The unique id of a user, role or policy: `AIDA`, `AROA`, `ANPA` … and 17 characters of Base32.
 * @param random 11 random bytes
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export function uniqueId(prefix: string, random: Uint8Array): string {
  let bits = 0n;
  for (const byte of random.subarray(0, 11)) bits = (bits << 8n) | BigInt(byte);
  return prefix + base32(bits, 17);
}

/**
 * A secret access key: 40 characters of Base64.
 * @param random 30 random bytes
 */
export function secretAccessKey(random: Uint8Array): string {
  return Buffer.from(random).toString('base64');
}

function base32(bits: bigint, length: number): string {
  let text = '';
  for (let index = length - 1; index >= 0; index -= 1) {
    text += BASE32[Number((bits >> BigInt(index * 5)) & 31n)] ?? '';
  }
  return text;
}
