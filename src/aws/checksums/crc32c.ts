/** Reversed Castagnoli polynomial. @see https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** Eight tables of 256 entries, one after the other: table n advances a byte past n further ones. */
const TABLES = makeTables();

/**
 * The CRC-32C of `bytes`, going on from `crc`, the value of what came before (0 at the start).
 * Takes eight bytes a turn, about ten times as fast as one at a time.
 */
export function crc32c(bytes: Uint8Array, crc = 0): number {
  const table = TABLES;
  const end = bytes.length - (bytes.length % SLICES);
  let state = ~crc;
  let at = 0;
  for (; at < end; at += SLICES) {
    const low = state ^ word(bytes, at);
    const high = word(bytes, at + 4);
    state =
      entry(table, 0x700 | (low & 0xff)) ^
      entry(table, 0x600 | ((low >>> 8) & 0xff)) ^
      entry(table, 0x500 | ((low >>> 16) & 0xff)) ^
      entry(table, 0x400 | (low >>> 24)) ^
      entry(table, 0x300 | (high & 0xff)) ^
      entry(table, 0x200 | ((high >>> 8) & 0xff)) ^
      entry(table, 0x100 | ((high >>> 16) & 0xff)) ^
      entry(table, high >>> 24);
  }
  for (; at < bytes.length; at += 1) {
    state = (state >>> 8) ^ entry(table, (state ^ (bytes[at] ?? 0)) & 0xff);
  }
  return ~state >>> 0;
}

/** Four bytes, the lowest first. */
function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function entry(table: Int32Array, index: number): number {
  return table[index] ?? 0;
}

function makeTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    }
    tables[byte] = value;
  }
  for (let index = 256; index < tables.length; index += 1) {
    const previous = entry(tables, index - 256);
    tables[index] = (previous >>> 8) ^ entry(tables, previous & 0xff);
  }
  return tables;
}
