/**
 * The model's patterns are Java's and match the whole value. Here they are JavaScript's, and none of them can be
 * made to run for long: two that could are written otherwise, the others see texts of bounded length only.
 */

/** Patterns whose nested repetitions backtrack without end, and others that match the same texts. */
const HARMLESS: ReadonlyMap<string, string> = new Map([
  [
    String.raw`^[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*$`,
    String.raw`(?=\t*[\x20-\x7E])[\t\x20-\x7E]*`,
  ],
  [
    String.raw`^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$`,
    String.raw`(?=\t*[^\x00-\x1F:\x7F])(?:\t|[^\x00-\x1F:\x7F])*`,
  ],
]);

/** Java classes of which JavaScript knows no name. */
const JAVA_CLASSES: ReadonlyMap<string, string> = new Map([
  [String.raw`\p{Print}`, String.raw`[\x20-\x7E]`],
  [String.raw`\p{ASCII}`, String.raw`[\x00-\x7F]`],
  [String.raw`\p{Alnum}`, '[A-Za-z0-9]'],
  [String.raw`\p{Alpha}`, '[A-Za-z]'],
  [String.raw`\p{Digit}`, '[0-9]'],
  [
    String.raw`[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]`,
    String.raw`[\u0020-\uFFFD\r\n\t]`,
  ],
]);

/** One class of characters and its repetition: linear, whatever its length. */
const ONE_CLASS = /^\^?\(?\[[^[\]]*\][*+]?\)?\$?$/;
/** Characters of a text that a pattern of several parts is asked about. */
const PARTED_LENGTH_MAX = 4096;

export interface Pattern {
  matches(text: string): boolean;
}

/**
 * A Java pattern as JavaScript matches it.
 * @param lengthMax the shape's own limit; a text beyond it fails whatever the pattern says
 */
export function compilePattern(pattern: string, lengthMax: number | undefined): Pattern {
  const expression = new RegExp(`^(?:${translate(pattern)})$`, flagsOf(pattern));
  if (ONE_CLASS.test(pattern)) return { matches: (text) => expression.test(text) };
  const bound = Math.min(PARTED_LENGTH_MAX, Math.max(1024, lengthMax ?? PARTED_LENGTH_MAX));
  return { matches: (text) => text.length <= bound && expression.test(text) };
}

function translate(pattern: string): string {
  const harmless = HARMLESS.get(pattern);
  if (harmless !== undefined) return harmless;
  let text = pattern.replace(/^\(\?i\)/, '');
  for (const [java, javaScript] of JAVA_CLASSES) text = text.replaceAll(java, javaScript);
  return isUnicode(text) ? withoutIdentityEscapes(text) : text;
}

const isUnicode = (pattern: string): boolean => /\\[pP]\{/.test(pattern);

function flagsOf(pattern: string): string {
  const isUnicodePattern =
    isUnicode(pattern) && !JAVA_CLASSES.has(/\\p\{\w+\}/.exec(pattern)?.[0] ?? '');
  return (pattern.startsWith('(?i)') ? 'i' : '') + (isUnicodePattern ? 'u' : '');
}

/** Unicode mode forbids `\_` and `\:`; a hyphen keeps its escape. */
function withoutIdentityEscapes(pattern: string): string {
  return pattern.replaceAll(/\\([_:@=+!'"#%&,;<>~` ])/g, '$1');
}
