/**
 * Texts of policies with wildcards and variables: `arn:aws:s3:::home/${aws:username}/*`.
 * A variable's value is taken as it is: a star in it is a star.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
import type { ConditionKeys } from './request.ts';

/** Wildcards, apart from the characters themselves: no text of a request may hold these. */
const STAR = '\u{E000}';
const ANY = '\u{E001}';
const MARKS = /[\u{E000}\u{E001}]/u;

/** A text of a policy, ready to be compared. */
export interface Pattern {
  /** With the wildcards marked; absent where there are variables to be filled in. */
  readonly plain?: string;
  readonly text: string;
}

/** Version 2008-10-17 knows no variables. */
export function compileText(text: string, hasVariables: boolean): Pattern {
  if (hasVariables && text.includes('${')) return { text };
  return { text, plain: markWildcards(text) };
}

/** The text with its variables filled in and its wildcards marked; `undefined` where a variable has no value. */
export function fillIn({ plain, text }: Pattern, keys: ConditionKeys): string | undefined {
  if (plain !== undefined) return plain;
  let filled = '';
  let from = 0;
  for (const match of text.matchAll(/\$\{([^}]*)\}/g)) {
    const value = valueOf(match[1] ?? '', keys);
    if (value === undefined || MARKS.test(value)) return undefined;
    filled += markWildcards(text.slice(from, match.index)) + value;
    from = match.index + match[0].length;
  }
  return filled + markWildcards(text.slice(from));
}

function markWildcards(text: string): string {
  return text.replaceAll('*', STAR).replaceAll('?', ANY);
}

/** `${*}`, `${?}` and `${$}` are the characters; `${aws:PrincipalTag/team, 'none'}` has a value in any case. */
function valueOf(name: string, keys: ConditionKeys): string | undefined {
  if (name === '*' || name === '?' || name === '$') return name;
  const [, key = '', fallback] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)'\s*)?$/s.exec(name) ?? [];
  const values = keys.get(key.toLowerCase());
  const [value] = values ?? [];
  return values?.length === 1 ? value : fallback;
}

/** The text as it was written, for operators without wildcards. */
export function withoutWildcards(filled: string): string {
  return filled.replaceAll(STAR, '*').replaceAll(ANY, '?');
}

/** Whether a text is like a pattern that was filled in. Goes back to the last star only: no pattern takes long. */
export function isLike(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resumed = 0;
  let from = 0;
  while (from < text.length) {
    if (pattern[at] === STAR) {
      star = at;
      resumed = from;
      at += 1;
    } else if (pattern[at] === ANY || pattern[at] === text[from]) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      at = star + 1;
      resumed += 1;
      from = resumed;
    } else return false;
  }
  while (pattern[at] === STAR) at += 1;
  return at === pattern.length;
}

/**
 * Whether an ARN is like a pattern that was filled in: each of the six parts by itself. A star alone is like every one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function isLikeArn(pattern: string, arn: string): boolean {
  const patterns = partsOf(pattern);
  if (patterns.length === 1) return isLike(pattern, arn);
  const parts = partsOf(arn);
  return parts.length === 6 && patterns.every((part, index) => isLike(part, parts[index] ?? ''));
}

function partsOf(text: string): readonly string[] {
  const parts = text.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
