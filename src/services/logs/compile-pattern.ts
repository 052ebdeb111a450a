import { invalidParameter } from './errors.ts';
import { InvalidFilterPattern, compileFilterPattern } from './filter-pattern/index.ts';
import type { FilterPattern } from './filter-pattern/index.ts';

/**
 * Compiles a pattern that a client sent.
 * @throws AwsError InvalidParameterException
 */
export function compilePattern(text: string): FilterPattern {
  try {
    return compileFilterPattern(text);
  } catch (error) {
    if (error instanceof InvalidFilterPattern) throw invalidParameter(error.message);
    throw error;
  }
}
