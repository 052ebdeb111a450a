/**
 * One SQLite connection with its prepared statements.
 * Owns the handle and at most `STATEMENTS_MAX` statements, the least recently used leaving first.
 */
import { DatabaseSync } from 'node:sqlite';
import type { DatabaseSyncOptions, StatementSync } from 'node:sqlite';
import { BoundedMap } from '#kernel/bounded-map.ts';
import { assert } from '#kernel/assert.ts';
import type { SqlValue } from '#ports/world/database.ts';

const STATEMENTS_MAX = 512;

interface Prepared {
  readonly statement: StatementSync;
  readonly parameterCount: number;
  /** True for what cannot write. */
  readonly isQuery: boolean;
}

export class Connection implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new BoundedMap<Prepared>(STATEMENTS_MAX);
  #writes = 0;

  constructor(path: string, pragmas: readonly string[], options: DatabaseSyncOptions = {}) {
    this.#database = new DatabaseSync(path, { timeout: 5000, ...options });
    for (const pragma of pragmas) this.#database.exec(`PRAGMA ${pragma}`);
  }

  /** Statements run so far that may have written; only for comparison with itself. */
  get writes(): number {
    return this.#writes;
  }

  get isTransaction(): boolean {
    return this.#database.isTransaction;
  }

  all(sql: string, parameters: readonly SqlValue[]): unknown[] {
    const prepared = this.#prepare(sql, parameters);
    if (!prepared.isQuery) this.#writes += 1;
    return prepared.statement.all(...parameters);
  }

  get(sql: string, parameters: readonly SqlValue[]): unknown {
    const prepared = this.#prepare(sql, parameters);
    if (!prepared.isQuery) this.#writes += 1;
    return prepared.statement.get(...parameters);
  }

  run(sql: string, parameters: readonly SqlValue[]): number {
    const prepared = this.#prepare(sql, parameters);
    this.#writes += 1;
    return Number(prepared.statement.run(...parameters).changes);
  }

  /** Runs a word of transaction control; no write by itself. */
  control(sql: string): void {
    this.#prepare(sql, []).statement.run();
  }

  /** Runs several statements without parameters. */
  script(sql: string): void {
    this.#writes += 1;
    this.#database.exec(sql);
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #prepare(sql: string, parameters: readonly SqlValue[]): Prepared {
    const prepared = this.#statements.get(sql) ?? this.#make(sql);
    this.#statements.set(sql, prepared);
    assert(
      parameters.length === prepared.parameterCount,
      `${prepared.parameterCount} parameters expected, ${parameters.length} given: ${sql}`,
    );
    return prepared;
  }

  #make(sql: string): Prepared {
    const translated = numberPlaceholders(sql);
    const statement = this.#database.prepare(translated.sql);
    return { statement, parameterCount: translated.parameterCount, isQuery: isQuery(sql) };
  }
}

/** True for SQL that begins as a query; a WITH may write and counts as none. */
export function isQuery(sql: string): boolean {
  return /^\s*(?:select|values|explain)\b/i.test(sql);
}

const LITERAL_OR_PLACEHOLDER = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[^]*?\*\/|\$(\d+)/g;

/** Turns PostgreSQL's `$1` into SQLite's `?1`, but in literals and comments, and finds the largest number. */
export function numberPlaceholders(sql: string): { sql: string; parameterCount: number } {
  let parameterCount = 0;
  const translated = sql.replace(
    LITERAL_OR_PLACEHOLDER,
    (found: string, number: string | undefined) => {
      if (number === undefined) return found;
      parameterCount = Math.max(parameterCount, Number(number));
      return `?${number}`;
    },
  );
  return { sql: translated, parameterCount };
}
