/** A value of a column or a parameter. Integers beyond 2^53 travel as text. */
export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = Record<string, SqlValue>;

/**
 * SQL inside one transaction: `$1` placeholders, and only what SQLite and PostgreSQL both speak
 * (`ON CONFLICT ... DO UPDATE`, `RETURNING`). Each method is one statement.
 */
export interface Queries {
  /** All rows, in the statement's order. */
  all<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]>;
  /** The first row, or `undefined`. */
  get<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined>;
}

/**
 * A serializable transaction. Its body awaits nothing but its own statements: a transaction held
 * open over other I/O stalls every other one.
 */
export interface Transaction extends Queries {
  /** Runs a statement; answers the number of rows that it changed. */
  run(sql: string, ...parameters: readonly SqlValue[]): Promise<number>;
  /** Calls `callback` once, after the commit is durable; never when the transaction fails. */
  afterCommit(callback: () => void): void;
}

/**
 * Durable relational storage.
 * What `transact` has resolved survives `kill -9` and the loss of power. Concurrent transactions may
 * share one disk sync. A body that throws rolls back its own writes alone, and `transact` rejects with
 * what it threw.
 */
export interface Database extends AsyncDisposable {
  transact<T>(body: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Reads a consistent snapshot; pays no disk sync. */
  read<T>(body: (queries: Queries) => Promise<T>): Promise<T>;
  /**
   * Brings the named schema to its newest version, each step in one transaction.
   * @throws NewerSchema where the data was written by a newer version of Hearth
   */
  migrate(schema: Schema): Promise<void>;
}

/** The tables of one owner. `steps[n]` is the SQL that leads from version n to n + 1; steps are only ever added. */
export interface Schema {
  readonly name: string;
  readonly steps: readonly string[];
}

/** The data on disk belongs to a newer version than this program knows. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

/** The store took its last word: nothing succeeds any more, and only the next process can go on. */
export class StoreFailed extends Error {
  override readonly name: string = 'StoreFailed';
}
