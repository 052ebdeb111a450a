/** Texts' methods that take a pattern: `matches`, `replaceAll`, `replaceFirst`, `split`. */
import { compilePattern, type Pattern } from '../patterns.ts';
import { NODE_COST, type Budget } from './budget.ts';

/** What a pattern costs that may have to be compiled. */
const PATTERN_COST = 50_000;
/** What a character costs that a pattern goes over. */
const STEP_COST = 16;
/** The same, where groups are remembered. */
const MATCH_STEP_COST = 64;

/** One character, a class or a set, perhaps repeated: no engine looks ahead for it. */
const SIMPLE = /^(?:[^\\^$.*+?()[\]{}|]|\\[sSdDwWnrt]|\\[^\w]|\[\^?[\w\s.,:;"'/@#-]+\])\+?$/;

/** What is replaced, and by what: `$1` is a group, a backslash takes the meaning from what follows. */
export type Replacement = readonly [from: string, to: string];

/** Whether a pattern matches the whole of a text; one that is none does not. */
export function matchesText(text: string, source: string, budget: Budget): boolean {
  budget.charge(PATTERN_COST + STEP_COST * text.length);
  return compilePattern(source, true)?.matches(text) ?? false;
}

/** The text with all matches replaced, or the first one. */
export function replaceText(
  text: string,
  [from, to]: Replacement,
  budget: Budget,
  isFirst = false,
): string {
  return eachMatch(text, from, budget, { isFirst, by: (groups) => expanded(to, groups, budget) });
}

/** The parts between the matches; empty ones at the end are none. */
export function splitText(text: string, source: string, budget: Budget): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  eachMatch(text, source, budget, {
    isFirst: false,
    by: ([match = ''], index) => {
      // Nothing stands before a match of nothing at the text's beginning or end.
      const isNothing = match === '' && (index === 0 || index === text.length);
      if (!isNothing) {
        parts.push(text.slice(from, index));
        from = index + match.length;
      }
      return '';
    },
  });
  parts.push(text.slice(from));
  while (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts;
}

interface Matching {
  readonly isFirst: boolean;
  readonly by: Parameters<Pattern['replace']>[1];
}

/** Beyond what a pattern is to one text, each match may have cost a look at all that follows. */
function eachMatch(text: string, source: string, budget: Budget, matching: Matching): string {
  const { isFirst, by } = matching;
  if (SIMPLE.test(source)) {
    return text.replace(new RegExp(source, isFirst ? '' : 'g'), (match: string, index: number) => {
      budget.charge(NODE_COST + match.length);
      return by([match], index);
    });
  }
  budget.charge(PATTERN_COST + STEP_COST * text.length);
  const pattern = compilePattern(source);
  if (pattern === undefined) return text;
  const charged: Matching['by'] = (groups, index) => {
    budget.charge(MATCH_STEP_COST * (text.length - index) + NODE_COST);
    return by(groups, index);
  };
  return pattern.replace(text, charged, isFirst);
}

function expanded(to: string, groups: readonly string[], budget: Budget): string {
  budget.charge(to.length);
  return to.replaceAll(/\\(.)|\$(\d)/gs, (_, plain: string | undefined, group: string) => {
    const text = plain ?? groups[Number(group)] ?? '';
    budget.charge(text.length);
    return text;
  });
}
