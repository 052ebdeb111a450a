/** Where a list goes on; travels as text that says nothing to the client. */
import { invalidToken } from './errors.ts';

/** The token of a list that goes on after a key. */
export function formatToken(list: string, ...parts: readonly string[]): string {
  return Buffer.from(JSON.stringify([list, ...parts])).toString('base64');
}

/**
 * The key of a token of this list.
 * @throws AwsError InvalidArgumentException where the token is not of this list
 */
export function parseToken(list: string, token: string): string {
  return parseTokenParts(list, token)[0] ?? '';
}

/**
 * All parts of a token of this list.
 * @throws AwsError InvalidArgumentException where the token is not of this list
 */
export function parseTokenParts(list: string, token: string): readonly string[] {
  const text = Buffer.from(token, 'base64').toString('utf8');
  const parts = parseTexts(text);
  if (parts?.[0] !== list) throw invalidToken();
  return parts.slice(1);
}

function parseTexts(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return undefined;
    return value.every((part) => typeof part === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
