/** Bugs to build in: statements that are skipped as if they had been carried out. */
import type { Database, Transaction } from '#ports/world/database.ts';
import type { Sabotage } from './simulation.ts';

/** Skips the statements that `skips` names; asked with the SQL and how many such statements there were, from 1. */
export function withDatabase(skips: (sql: string, count: number) => boolean): Sabotage {
  return (server) => ({
    ...server,
    machine: { ...server.machine, database: forgetful(server.machine.database, skips) },
  });
}

function forgetful(database: Database, skips: (sql: string, count: number) => boolean): Database {
  const counts = new Map<string, number>();
  return {
    transact: (body) => database.transact((tx) => body(skipping(tx, skips, counts))),
    read: (body) => database.read(body),
    migrate: (schema) => database.migrate(schema),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

function skipping(
  tx: Transaction,
  skips: (sql: string, count: number) => boolean,
  counts: Map<string, number>,
): Transaction {
  return {
    all: (sql, ...parameters) => tx.all(sql, ...parameters),
    get: (sql, ...parameters) => tx.get(sql, ...parameters),
    run: async (sql, ...parameters) => {
      const count = (counts.get(sql) ?? 0) + 1;
      counts.set(sql, count);
      return skips(sql, count) ? 1 : tx.run(sql, ...parameters);
    },
    afterCommit: (callback) => tx.afterCommit(callback),
  };
}
