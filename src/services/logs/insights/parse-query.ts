/** Reads a query: commands between bars. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
import { QUERY_ROWS_MAX } from '../limits.ts';
import { ExpressionParser } from './parse-expression.ts';
import { InvalidRegex, compileRegex } from '#kernel/regex/index.ts';
import { checkAggregates } from './statistics.ts';
import { MalformedQuery } from './syntax.ts';
import type { Command, Expression, Named, SortKey } from './syntax.ts';

/**
 * The commands of a query.
 * @throws MalformedQuery
 */
export function parseQuery(text: string): Command[] {
  const parser = new QueryParser(text);
  const commands: Command[] = [];
  do commands.push(parser.command());
  while (parser.takeSymbol('|'));
  parser.expectEnd();
  return commands;
}

class QueryParser extends ExpressionParser {
  command(): Command {
    const token = this.take();
    switch (token.text.toLowerCase()) {
      case 'fields':
        return { kind: 'fields', fields: this.#list(() => this.#named()) };
      case 'display':
        return { kind: 'display', fields: this.#list(() => this.#named()) };
      case 'filter':
      case 'where':
        return { kind: 'filter', condition: this.expression() };
      case 'sort':
      case 'order':
        this.takeWord('by');
        return { kind: 'sort', keys: this.#list(() => this.#sortKey()) };
      case 'limit':
      case 'head':
        return { kind: 'limit', count: this.#count() };
      case 'dedup':
        return { kind: 'dedup', keys: this.#list(() => this.expression()) };
      case 'parse':
        return this.#parse();
      case 'stats':
        return this.#stats();
      default:
        throw new MalformedQuery(
          `unexpected symbol found ${token.text || '<EOF>'} at line 1 and position ${token.start}`,
          token.start,
          token.end,
        );
    }
  }

  #list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.takeSymbol(',')) items.push(item());
    return items;
  }

  #named(): Named {
    const { start } = this.peek();
    const expression = this.expression();
    const ownName = expression.kind === 'field' ? expression.name : this.textSince(start);
    return { name: this.takeWord('as') ? this.name() : ownName, expression };
  }

  #sortKey(): SortKey {
    const expression = this.expression();
    const isDescending = this.takeWord('desc');
    if (!isDescending) this.takeWord('asc');
    return { expression, isDescending };
  }

  #count(): number {
    const token = this.take();
    const count = Number(token.text);
    if (
      token.kind !== 'number' ||
      !Number.isSafeInteger(count) ||
      count < 1 ||
      count > QUERY_ROWS_MAX
    ) {
      const message = `limit must be a number from 1 to ${QUERY_ROWS_MAX}`;
      throw new MalformedQuery(message, token.start, token.end);
    }
    return count;
  }

  #stats(): Command {
    const results = this.#list(() => this.#named());
    checkAggregates(results);
    const by = this.takeWord('by') ? this.#list(() => this.#named()) : [];
    return { kind: 'stats', results, by };
  }

  /** `parse source "glob * and *" as a, b`, or with an expression whose groups have names. */
  #parse(): Command {
    const first = this.peek();
    const isDefault = first.kind === 'string' || first.text === '/';
    const source: Expression = isDefault ? { kind: 'field', name: '@message' } : this.primary();
    const { start, end } = this.peek();
    const regex = this.regex();
    if (regex !== undefined) {
      try {
        const pattern = compileRegex(regex);
        return { kind: 'parse', source, pattern, names: pattern.groupNames };
      } catch (error) {
        if (!(error instanceof InvalidRegex)) throw error;
        throw new MalformedQuery(`invalid regular expression: ${error.message}`, start, end);
      }
    }
    const token = this.take();
    if (token.kind !== 'string') {
      throw new MalformedQuery('parse needs a pattern', token.start, token.end);
    }
    const pattern = token.text.split('*');
    const names = this.takeWord('as') ? this.#list(() => this.name()) : [];
    if (names.length !== pattern.length - 1) {
      const message = `the pattern has ${pattern.length - 1} wildcards and ${names.length} names`;
      throw new MalformedQuery(message, token.start, token.end);
    }
    return { kind: 'parse', source, pattern, names };
  }
}
