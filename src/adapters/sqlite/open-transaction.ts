import { assert } from '#kernel/assert.ts';
import type { SqlRow, SqlValue, Transaction } from '#ports/world/database.ts';
import type { Connection } from './connection.ts';

const QUERY = /^\s*(?:select|values|with)\b/i;

/** One body's view of the connection; dead once the body has ended. */
export class OpenTransaction implements Transaction {
  readonly #connection: Connection;
  readonly #callbacks: (() => void)[] = [];
  #isOpen = true;

  readonly #isReadOnly: boolean;

  constructor(connection: Connection, isReadOnly: boolean) {
    this.#connection = connection;
    this.#isReadOnly = isReadOnly;
  }

  get callbacks(): readonly (() => void)[] {
    return this.#callbacks;
  }

  close(): void {
    this.#isOpen = false;
  }

  // The row's type is the caller's word: a column's type is known to the SQL alone.
  async all<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]> {
    this.#check(sql);
    return this.#connection.all(sql, parameters) as Row[];
  }

  async get<Row = SqlRow>(
    sql: string,
    ...parameters: readonly SqlValue[]
  ): Promise<Row | undefined> {
    this.#check(sql);
    return this.#connection.get(sql, parameters) as Row | undefined;
  }

  async run(sql: string, ...parameters: readonly SqlValue[]): Promise<number> {
    this.#check(sql);
    return this.#connection.run(sql, parameters);
  }

  afterCommit(callback: () => void): void {
    this.#check('afterCommit');
    this.#callbacks.push(callback);
  }

  #check(sql: string): void {
    assert(this.#isOpen, `the transaction has ended, a statement was not awaited: ${sql}`);
    assert(!this.#isReadOnly || QUERY.test(sql), `a read may only query: ${sql}`);
  }
}
