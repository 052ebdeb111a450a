/** Patterns of words: all plain ones must be there, none of `-`, and any of `?` where these are alone. */
import { InvalidFilterPattern } from './invalid-filter-pattern.ts';
import { compileRegex } from './regex.ts';
import type { Scanner } from './scanner.ts';

type Test = (message: string) => boolean;

/**
 * Reads words up to the pattern's end; no words match everything.
 * @throws InvalidFilterPattern
 */
export function readTerms(scanner: Scanner): Test {
  const required: Test[] = [];
  const excluded: Test[] = [];
  const optional: Test[] = [];
  for (scanner.skipSpace(); !scanner.isAtEnd; scanner.skipSpace()) {
    if (scanner.take('-')) excluded.push(readTerm(scanner));
    else if (scanner.take('?')) optional.push(readTerm(scanner));
    else required.push(readTerm(scanner));
  }
  // Beside other words, AWS ignores the optional ones.
  const isAnyEnough = required.length === 0 && excluded.length === 0 && optional.length > 0;
  if (isAnyEnough) return (message) => optional.some((test) => test(message));
  return (message) =>
    required.every((test) => test(message)) && !excluded.some((test) => test(message));
}

function readTerm(scanner: Scanner): Test {
  const expression = scanner.regex();
  if (expression !== undefined) return compileRegex(expression);
  const term = scanner.quoted() ?? readBareTerm(scanner);
  return (message) => message.includes(term);
}

function readBareTerm(scanner: Scanner): string {
  const term = scanner.match(/\S+/y);
  if (term === undefined) throw scanner.error();
  if (/["{}[\]%]/.test(term))
    throw new InvalidFilterPattern(`Invalid character(s) in term '${term}'`);
  return term;
}
