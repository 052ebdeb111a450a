/** Bugs to build in: statements that are skipped as if they had been carried out, or carried out wrongly. */
import type { Database, SqlValue, Transaction } from '#ports/world/database.ts';
import type { Sabotage } from './simulation.ts';

/** A statement that writes, and how many such statements there were, from 1. */
export interface Written {
  readonly sql: string;
  readonly count: number;
  readonly parameters: readonly SqlValue[];
}

/** What is written instead; `undefined` for nothing. */
type Spoil = (written: Written) => readonly SqlValue[] | undefined;

/** Skips the statements that `skips` names. */
export function withDatabase(skips: (written: Written) => boolean): Sabotage {
  return withSpoiled((written) => (skips(written) ? undefined : written.parameters));
}

/** Carries statements out with other values. */
export function withSpoiled(spoil: Spoil): Sabotage {
  return (server) => ({
    ...server,
    machine: { ...server.machine, database: spoiled(server.machine.database, spoil) },
  });
}

/** True for a row of a table that holds a text. */
export function isTo(table: string, { sql, parameters }: Written, text: RegExp): boolean {
  return (
    sql.startsWith(`INSERT INTO ${table} `) &&
    parameters.some((value) => typeof value === 'string' && text.test(value))
  );
}

/** A row that is answered as it is deleted: table, condition, columns. */
const DELETED_ROW = /^DELETE FROM (\w+) WHERE ([^]*?)\s+RETURNING ([^]*)$/;

function spoiled(database: Database, spoil: Spoil): Database {
  const counts = new Map<string, number>();
  return {
    transact: (body) => database.transact((tx) => body(spoiling(tx, spoil, counts))),
    read: (body) => database.read(body),
    migrate: (schema) => database.migrate(schema),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

function spoiling(tx: Transaction, spoil: Spoil, counts: Map<string, number>): Transaction {
  const spoilOne = (sql: string, parameters: readonly SqlValue[]): ReturnType<Spoil> => {
    const count = (counts.get(sql) ?? 0) + 1;
    counts.set(sql, count);
    return spoil({ sql, count, parameters });
  };
  return {
    all: (sql, ...parameters) => tx.all(sql, ...parameters),
    get: (sql, ...parameters) => {
      const [, table, where, columns] = DELETED_ROW.exec(sql) ?? [];
      if (table === undefined) return tx.get(sql, ...parameters);
      const instead = spoilOne(sql, parameters);
      if (instead !== undefined) return tx.get(sql, ...instead);
      return tx.get(`SELECT ${columns} FROM ${table} WHERE ${where}`, ...parameters);
    },
    run: async (sql, ...parameters) => {
      const instead = spoilOne(sql, parameters);
      return instead === undefined ? 1 : tx.run(sql, ...instead);
    },
    afterCommit: (callback) => tx.afterCommit(callback),
  };
}
