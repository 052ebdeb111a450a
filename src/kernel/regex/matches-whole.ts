import { compileRegex, InvalidRegex } from './compile.ts';

/** Steps that one match may take; a tenth of a second or so. */
const STEPS_MAX = 2_000_000;
const IGNORES_CASE = '(?i)';

/**
 * Whether a text, from its beginning to its end, is what an expression says.
 * @throws InvalidRegex also where the match would take too long
 */
export function matchesWhole(pattern: string, text: string): boolean {
  // By itself first: in parentheses `a)(b` would be none that is malformed.
  const { size, looksAhead } = compileRegex(pattern, true);
  if (size * (text.length + 1) * (looksAhead ? text.length + 1 : 1) > STEPS_MAX) {
    throw new InvalidRegex('takes too long');
  }
  const flag = pattern.startsWith(IGNORES_CASE) ? IGNORES_CASE : '';
  const whole = `${flag}^(?:${pattern.slice(flag.length)})$`;
  return compileRegex(whole, true).match(text) !== undefined;
}
