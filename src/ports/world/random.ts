/** Randomness, asked of the machine (cryptographic) or of the simulator (seeded). */
export interface Random {
  bytes(length: number): Uint8Array;
  /** A number in [0, 1). */
  fraction(): number;
  /** A random UUID, version 4, lower case. */
  uuid(): string;
}
