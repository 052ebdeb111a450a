import type { Database, Queries, Schema, Transaction } from '#ports/world/database.ts';

/** A database that refuses everything while it is told to. */
export class StumblingDatabase implements Database {
  isStumbling = false;
  /** Transactions that it takes before it refuses one. */
  takesYet = Infinity;
  /** What it refused so far. */
  refusals = 0;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async transact<T>(body: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#check();
    this.takesYet -= 1;
    if (this.takesYet === -1) throw new Error('the database stumbles once');
    return this.#database.transact(body);
  }

  async read<T>(body: (queries: Queries) => Promise<T>): Promise<T> {
    this.#check();
    return this.#database.read(body);
  }

  migrate(schema: Schema): Promise<void> {
    return this.#database.migrate(schema);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }

  #check(): void {
    if (!this.isStumbling) return;
    this.refusals += 1;
    throw new Error('the database stumbles');
  }
}
