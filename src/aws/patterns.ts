/**
 * Regular expressions that users write, matched in time that grows with the text and no faster: on a server that
 * many share, nobody's pattern may hold the others up. Back references and look-around are not known.
 * Owns a bounded memory of what was compiled.
 */
import { createRequire } from 'node:module';
import { BoundedMap } from '#kernel/bounded-map.ts';
import type * as Re2 from 're2js';

/** The library is loaded with the first pattern. */
const load = createRequire(import.meta.url);
const PATTERN_CHARACTERS_MAX = 1000;
/** All the numbers of `{1,64}` in a pattern together: each is that many copies of what it repeats. */
const REPETITIONS_MAX = 1000;
const KEPT_MAX = 500;

export interface Pattern {
  /** Whether it matches a text as a whole. */
  matches(text: string): boolean;
  /** Whether it matches anywhere in a text. */
  finds(text: string): boolean;
  /** Replaces matches; the function is told the match and its groups, and where it began. */
  replace(text: string, by: Replacer, isFirst?: boolean): string;
}

export type Replacer = (groups: readonly string[], index: number) => string;

const kept = new BoundedMap<Pattern | undefined>(KEPT_MAX);

/** A pattern; `undefined` for what is none. @param isDotAll whether `.` is a line's end, too */
export function compilePattern(source: string, isDotAll = false): Pattern | undefined {
  const key = `${isDotAll ? 's' : ''}/${source}`;
  if (kept.has(key)) return kept.get(key);
  const pattern = compile(source, isDotAll);
  kept.set(key, pattern);
  return pattern;
}

function compile(source: string, isDotAll: boolean): Pattern | undefined {
  if (source.length > PATTERN_CHARACTERS_MAX || repetitionsOf(source) > REPETITIONS_MAX) {
    return undefined;
  }
  try {
    // The package's own types describe what it exports.
    const { RE2JS } = load('re2js') as typeof Re2;
    const flags = isDotAll ? RE2JS.DOTALL : 0;
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source), flags);
    return {
      matches: (text) => compiled.testExact(text),
      finds: (text) => compiled.test(text),
      replace(text, by, isFirst = false) {
        const matcher = compiled.matcher(text);
        const groupCount = matcher.groupCount();
        const replacer = (...told: unknown[]): string =>
          by(told.slice(0, groupCount + 1).map(textOfGroup), Number(told[groupCount + 1]));
        return isFirst ? matcher.replaceFirst(replacer) : matcher.replaceAll(replacer);
      },
    };
  } catch {
    return undefined;
  }
}

/** What a group holds; nothing where it took no part. */
function textOfGroup(group: unknown): string {
  return typeof group === 'string' ? group : '';
}

function repetitionsOf(source: string): number {
  let repetitions = 0;
  for (const [, least, most = ''] of source.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    repetitions += Math.max(Number(least), Number(most));
  }
  return repetitions;
}
