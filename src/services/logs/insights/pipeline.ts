/**
 * Runs a query's commands over events that come newest first.
 *
 * Rows are held until all events were seen; at most twice the answer's length where they are sorted, and one a
 * group where they are counted. Where nothing is sorted or counted, it ends as soon as there are enough.
 */
import { QUERY_ROWS_MAX } from '../limits.ts';
import { evaluate } from './evaluate.ts';
import { Grouping } from './statistics.ts';
import type { Command, Expression, Named, SortKey, Value } from './syntax.ts';
import { compareValues, isTrue, textOf } from './values.ts';

type Row = Map<string, Value>;
type SingleCommand = Extract<Command, { kind: 'fields' | 'display' | 'filter' | 'parse' }>;

export class Pipeline {
  /** Of one row each, before the first that needs several. */
  readonly #single: readonly SingleCommand[];
  readonly #several: readonly Command[];
  readonly #commands: readonly Command[];
  readonly #now: number;
  readonly #grouping: Grouping | undefined;
  #rows: Row[] = [];
  #matched = 0;

  constructor(commands: readonly Command[], now: number) {
    const first = commands.findIndex((command) => !isSingle(command));
    const end = first === -1 ? commands.length : first;
    this.#single = commands.slice(0, end).filter(isSingle);
    this.#several = commands.slice(end);
    this.#commands = commands;
    this.#now = now;
    const [next] = this.#several;
    this.#grouping = next?.kind === 'stats' ? new Grouping(next, now) : undefined;
  }

  get matched(): number {
    return this.#matched;
  }

  /** Takes an event's fields; false where no further event can change the answer. */
  add(row: Row): boolean {
    if (!this.#single.every((command) => applySingle(command, row, this.#now))) return true;
    this.#matched += 1;
    if (this.#grouping !== undefined) {
      this.#grouping.add(row);
      return true;
    }
    this.#rows.push(row);
    const [next] = this.#several;
    if (next?.kind === 'sort') {
      if (this.#rows.length >= 2 * QUERY_ROWS_MAX) this.#rows = this.#sorted(this.#rows, next.keys);
      return true;
    }
    if (next?.kind === 'dedup') return this.#rows.length < 10 * QUERY_ROWS_MAX;
    return this.#rows.length < (next?.kind === 'limit' ? next.count : QUERY_ROWS_MAX);
  }

  /** The answer: fields and their texts, row by row. */
  results(): (readonly (readonly [field: string, text: string])[])[] {
    let rows = this.#grouping?.rows() ?? this.#rows;
    const rest = this.#grouping === undefined ? this.#several : this.#several.slice(1);
    for (const command of rest) rows = this.#apply(command, rows);
    const shown = shownFields(this.#commands);
    return rows.slice(0, QUERY_ROWS_MAX).map((row) =>
      shown.flatMap((name) => {
        const value = row.get(name);
        return value === undefined ? [] : [[name, textOf(value)] as const];
      }),
    );
  }

  #apply(command: Command, rows: Row[]): Row[] {
    switch (command.kind) {
      case 'limit':
        return rows.slice(0, command.count);
      case 'sort':
        return this.#sorted(rows, command.keys);
      case 'dedup':
        return this.#deduplicated(rows, command.keys);
      case 'stats': {
        const grouping = new Grouping(command, this.#now);
        for (const row of rows) grouping.add(row);
        return grouping.rows();
      }
      default:
        return rows.filter((row) => applySingle(command, row, this.#now));
    }
  }

  #sorted(rows: readonly Row[], keys: readonly SortKey[]): Row[] {
    const keyed = rows.map((row) => ({
      row,
      values: keys.map(({ expression }) => evaluate(expression, row, this.#now)),
    }));
    keyed.sort((a, b) => {
      for (const [index, { isDescending }] of keys.entries()) {
        const order = compareValues(a.values[index], b.values[index]);
        if (order !== 0) return isDescending ? -order : order;
      }
      return 0;
    });
    return keyed.slice(0, QUERY_ROWS_MAX).map(({ row }) => row);
  }

  #deduplicated(rows: readonly Row[], keys: readonly Expression[]): Row[] {
    const seen = new Set<string>();
    return rows.filter((row) => {
      const values = keys.map((key) => evaluate(key, row, this.#now));
      const id = JSON.stringify(
        values.map((value) => (value === undefined ? null : textOf(value))),
      );
      if (seen.has(id)) return false;
      seen.add(id);
      return true;
    });
  }
}

function isSingle(command: Command): command is SingleCommand {
  return ['fields', 'display', 'filter', 'parse'].includes(command.kind);
}

/** False where the row does not go on. */
function applySingle(command: SingleCommand, row: Row, now: number): boolean {
  if (command.kind === 'filter') return isTrue(evaluate(command.condition, row, now));
  if (command.kind === 'parse') {
    const source = evaluate(command.source, row, now);
    const parts = source === undefined ? undefined : partsOf(command, textOf(source));
    for (const [index, name] of command.names.entries()) {
      const part = parts?.[index];
      if (name !== '' && part !== undefined) row.set(name, part);
    }
    return true;
  }
  for (const { name, expression } of command.fields) {
    if (expression.kind !== 'field' || expression.name !== name) {
      row.set(name, evaluate(expression, row, now));
    }
  }
  return true;
}

function partsOf(
  { pattern }: Extract<Command, { kind: 'parse' }>,
  text: string,
): readonly (string | undefined)[] | undefined {
  return 'match' in pattern ? pattern.match(text)?.slice(1) : globbed(pattern, text);
}

/** What stands for the wildcards between literals; the last takes the rest of the line where nothing follows. */
function globbed(literals: readonly string[], text: string): string[] | undefined {
  const parts: string[] = [];
  const [first = '', ...rest] = literals;
  const begin = text.indexOf(first);
  if (begin === -1) return undefined;
  let from = begin + first.length;
  for (const [index, literal] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const to = isLast && literal === '' ? text.length : text.indexOf(literal, from);
    if (to === -1) return undefined;
    parts.push(text.slice(from, to));
    from = to + literal.length;
  }
  return parts;
}

/** What the last `display` names; else what `stats` made; else what `fields` named, with the event's place. */
function shownFields(commands: readonly Command[]): string[] {
  const display = commands.findLast((command) => command.kind === 'display');
  const stats = commands.findLastIndex((command) => command.kind === 'stats');
  const later = commands.slice(stats + 1).flatMap(namesOf);
  const made = commands[stats];
  if (made?.kind === 'stats') {
    if (display !== undefined && commands.indexOf(display) > stats) return namesIn(display.fields);
    return [...new Set([...namesIn(made.by), ...namesIn(made.results), ...later])];
  }
  const named = display === undefined ? later : namesIn(display.fields);
  const shown = named.length === 0 ? ['@timestamp', '@message'] : named;
  return [...new Set([...shown, '@ptr'])];
}

function namesOf(command: Command): string[] {
  return command.kind === 'fields' ? namesIn(command.fields) : [];
}

function namesIn(fields: readonly Named[]): string[] {
  return fields.map(({ name }) => name);
}
