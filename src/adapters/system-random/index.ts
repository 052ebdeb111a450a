import { getRandomValues, randomBytes, randomUUID } from 'node:crypto';
import type { Random } from '#ports/world/random.ts';

/** The machine's cryptographic randomness. */
export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  fraction: () => {
    const [high = 0, low = 0] = getRandomValues(new Uint32Array(2));
    // 53 bits, all that a double holds.
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  },
  uuid: () => randomUUID(),
};
