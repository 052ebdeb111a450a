/** `*` for any characters, with `\*` and `\\` for themselves. */
import { PatternRefused } from './tokens.ts';

/**
 * The most `*` that one character may follow. AWS measures its state machine; this bound refuses what AWS's guide
 * shows as too complex, and little else.
 */
const REPEATED_WILDCARDS_MAX = 4;

/** @throws PatternRefused */
export function checkWildcard(text: string): void {
  const following = new Map<string, number>();
  const parts = splitWildcard(text);
  for (const part of parts.slice(1)) {
    const [first] = part;
    if (first !== undefined) following.set(first, (following.get(first) ?? 0) + 1);
  }
  if (Math.max(0, ...following.values()) > REPEATED_WILDCARDS_MAX) {
    throw new PatternRefused(
      'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
    );
  }
}

/** The texts between the wildcards, unescaped. */
function splitWildcard(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === '\\') {
      index += 1;
      const escaped = text[index];
      if (escaped !== '*' && escaped !== '\\') {
        throw new PatternRefused(`Invalid escape character at pos ${index}`);
      }
      part += escaped;
    } else if (character === '*') {
      if (text[index - 1] === '*' && part === '' && parts.length > 0) {
        throw new PatternRefused(`Consecutive wildcard characters at pos ${index}`);
      }
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
}

/** In time linear in the value, whatever the pattern. */
export function matchesWildcard(value: string, pattern: string): boolean {
  const parts = splitWildcard(pattern);
  const [first = ''] = parts;
  if (parts.length === 1) return value === first;
  const last = parts.at(-1) ?? '';
  if (value.length < first.length + last.length) return false;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  let at = first.length;
  const end = value.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
