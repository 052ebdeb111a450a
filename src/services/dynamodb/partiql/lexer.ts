import type { AwsError } from '#aws/errors.ts';
import { validation } from '../errors.ts';
import { TokenCursor } from '../token-cursor.ts';

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';

/** A token; quotes are gone from its text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const TOKEN =
  /(\s+)|([A-Za-z_$][\w$]*)|"((?:[^"]|"")*)"|'((?:[^']|'')*)'|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(<<|>>|<>|!=|<=|>=|[^])/guy;

const END: Token = { kind: 'end', text: '' };

/** How deep parentheses, lists and maps may lie in one another. */
const DEPTH_MAX = 100;

/** AWS's refusal of a statement. */
export function notWellFormed(detail: string): AwsError {
  return validation(`Statement wasn't well formed, can't be processed: ${detail}`);
}

function tokenize(statement: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [, space, word, quoted, string, number, symbol] of statement.matchAll(TOKEN)) {
    if (space !== undefined) continue;
    if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (quoted !== undefined) {
      tokens.push({ kind: 'quoted', text: quoted.replaceAll('""', '"') });
    } else if (string !== undefined) {
      tokens.push({ kind: 'string', text: string.replaceAll("''", "'") });
    } else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'symbol', text: symbol ?? '' });
  }
  return tokens;
}

/** Where a parser stands in the tokens of one statement. */
export class StatementReader extends TokenCursor<Token> {
  constructor(statement: string) {
    super({ tokens: tokenize(statement), end: END, wordKind: 'word', depthMax: DEPTH_MAX });
  }

  unexpected(): AwsError {
    const { kind } = this.peek();
    return notWellFormed(kind === 'end' ? 'Unexpected end of statement' : 'Unexpected term');
  }

  protected tooDeep(): AwsError {
    return notWellFormed('Nesting is too deep');
  }
}
