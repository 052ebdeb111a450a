/**
 * The filter pattern language of metric filters, subscription filters, FilterLogEvents and Live Tail.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
import { isObject, parseJson } from '#kernel/json.ts';
import { readConditions } from './conditions.ts';
import type { Scalar } from './conditions.ts';
import { readFields } from './fields.ts';
import { JSON_SELECTOR, selectJson } from './json-selector.ts';
import { Scanner } from './scanner.ts';
import { readTerms } from './terms.ts';

export { InvalidFilterPattern } from './invalid-filter-pattern.ts';

/** What a pattern found in an event. */
export interface FilterMatch {
  /** Values by selector (`$.size`, `$status`), as texts: those that the pattern names. */
  readonly values: Readonly<Record<string, string>>;
  /** The value of any selector, also of one that the pattern does not name. */
  readonly valueOf: (selector: string) => string | undefined;
}

/** Tells what a pattern finds in an event's message; `undefined` where it does not match. */
export type FilterPattern = (message: string) => FilterMatch | undefined;

const NO_VALUES: FilterMatch = { values: {}, valueOf: () => undefined };

/**
 * Compiles a pattern; the empty one matches everything.
 * @throws InvalidFilterPattern
 */
export function compileFilterPattern(text: string): FilterPattern {
  const scanner = new Scanner(text);
  scanner.skipSpace();
  if (scanner.take('{')) return compileJson(scanner);
  if (scanner.take('[')) return compileFields(scanner);
  const test = readTerms(scanner);
  return (message) => (test(message) ? NO_VALUES : undefined);
}

function compileJson(scanner: Scanner): FilterPattern {
  const selectors = new Set<string>();
  const syntax = {
    selector: JSON_SELECTOR,
    onSelector: (selector: string) => selectors.add(selector),
  };
  const condition = readConditions(scanner, syntax);
  scanner.skipSpace();
  if (!scanner.take('}')) throw scanner.error();
  scanner.skipSpace();
  if (!scanner.isAtEnd) throw scanner.error();
  return (message) => {
    if (!message.trimStart().startsWith('{')) return undefined;
    const document = parseJson(message);
    if (!isObject(document) || !condition((selector) => selectJson(document, selector)))
      return undefined;
    const valueOf = (selector: string): string | undefined =>
      textOf(selectJson(document, selector)[0]);
    const named = [...selectors].flatMap((selector) => {
      const value = valueOf(selector);
      return value === undefined ? [] : [[selector, value] as const];
    });
    return { values: Object.fromEntries(named), valueOf };
  };
}

function compileFields(scanner: Scanner): FilterPattern {
  const match = readFields(scanner);
  return (message) => {
    const values = match(message);
    return values === undefined ? undefined : { values, valueOf: (selector) => values[selector] };
  };
}

function textOf(value: Scalar): string | undefined {
  return value === undefined ? undefined : String(value);
}
