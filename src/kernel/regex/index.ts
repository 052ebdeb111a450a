/** Regular expressions that take no longer than they may, whatever they say. */
export { compileRegex, InvalidRegex, type Regex } from './compile.ts';
export { matchesWhole } from './matches-whole.ts';
export { isCharacter, RegexScanner, type CharacterTest } from './scanner.ts';
