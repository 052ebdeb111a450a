/**
 * Keys are ordered by their UTF-8 bytes, which is the order of their code points. The database compares; here is only
 * what makes bounds for it.
 */

const CODE_POINT_MAX = 0x10ffff;
const SURROGATE_FIRST = 0xd800;
const SURROGATE_LAST = 0xdfff;

/**
 * The smallest text that is greater than every text that begins with `prefix`; `undefined` where there is none.
 */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix);
  while (points.length > 0) {
    const last = points.pop()?.codePointAt(0) ?? 0;
    if (last < CODE_POINT_MAX) return points.join('') + String.fromCodePoint(nextCodePoint(last));
  }
  return undefined;
}

function nextCodePoint(point: number): number {
  return point + 1 === SURROGATE_FIRST ? SURROGATE_LAST + 1 : point + 1;
}

/**
 * The common prefix under which a delimiter gathers the key: up to and with the first delimiter behind `prefix`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
 */
export function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
