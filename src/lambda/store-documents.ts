/** Tables of JSON documents: the SQL that all records of the control plane share. */
import type { Queries, SqlValue, Transaction } from '#ports/world/database.ts';

import type { Scope } from './model/records.ts';

export interface DocumentTableDefinition<Document> {
  readonly name: string;
  /** The key's columns after `account_id` and `region`, in their order. */
  readonly keys: readonly string[];
  readonly keyOf: (document: Document) => readonly SqlValue[];
  /** Columns beside the key that are searched or summed. */
  readonly columns?: (document: Document) => Readonly<Record<string, SqlValue>>;
}

export interface PageRequest {
  /** The key's first columns, which all documents of the page share. */
  readonly within?: readonly SqlValue[];
  /** The key's other columns after which the page begins. */
  readonly after?: readonly SqlValue[];
  readonly limit: number;
  /** From the last key to the first. */
  readonly isDescending?: boolean;
}

export interface DocumentTable<Document> {
  get(queries: Queries, scope: Scope, ...key: SqlValue[]): Promise<Document | undefined>;
  /** Documents in the order of their keys. */
  page(queries: Queries, scope: Scope, request: PageRequest): Promise<Document[]>;
  /** All documents of a key's first columns; for what is few by its nature. */
  all(queries: Queries, scope: Scope, ...within: SqlValue[]): Promise<Document[]>;
  put(tx: Transaction, scope: Scope, document: Document): Promise<void>;
  /** Deletes all documents whose keys begin so; answers how many there were. */
  delete(tx: Transaction, scope: Scope, ...within: SqlValue[]): Promise<number>;
}

interface DocumentRow {
  readonly document: string;
}

/** A table that holds documents under the account, the Region and a key. */
export function documentTable<Document>(
  definition: DocumentTableDefinition<Document>,
): DocumentTable<Document> {
  const { name, keys, keyOf, columns } = definition;
  const scoped = ['account_id', 'region', ...keys];
  // Documents are written by `put` alone.
  const parse = (row: DocumentRow): Document => JSON.parse(row.document) as Document;

  const page = async (
    queries: Queries,
    scope: Scope,
    request: PageRequest,
  ): Promise<Document[]> => {
    const { within = [], after = [], limit, isDescending = false } = request;
    const rest = keys.slice(within.length);
    const values: SqlValue[] = [scope.accountId, scope.region, ...within, ...after];
    const shared = scoped.slice(0, 2 + within.length).map((key, n) => `${key} = $${n + 1}`);
    const beyond = after.map((_, n) => `$${3 + within.length + n}`);
    const [passes, direction] = isDescending ? ['<', ' DESC'] : ['>', ''];
    if (after.length > 0) shared.push(`(${rest.join(', ')}) ${passes} (${beyond.join(', ')})`);
    const order = rest.map((key) => key + direction).join(', ');
    const where = shared.join(' AND ') + (order === '' ? '' : ` ORDER BY ${order}`);
    const sql = `SELECT document FROM ${name} WHERE ${where} LIMIT ${limit}`;
    return (await queries.all<DocumentRow>(sql, ...values)).map(parse);
  };

  return {
    page,
    async get(queries, scope, ...key) {
      const [document] = await page(queries, scope, { within: key, limit: 1 });
      return document;
    },
    all: (queries, scope, ...within) => page(queries, scope, { within, limit: ALL }),
    async put(tx, scope, document) {
      const extra = Object.entries(columns?.(document) ?? {});
      const names = [...scoped, ...extra.map(([column]) => column), 'document'];
      const marks = names.map((_, n) => `$${n + 1}`).join(', ');
      const updates = names.slice(scoped.length).map((column) => `${column} = excluded.${column}`);
      await tx.run(
        `INSERT INTO ${name} (${names.join(', ')}) VALUES (${marks}) ` +
          `ON CONFLICT (${scoped.join(', ')}) DO UPDATE SET ${updates.join(', ')}`,
        scope.accountId,
        scope.region,
        ...keyOf(document),
        ...extra.map(([, value]) => value),
        JSON.stringify(document),
      );
    },
    delete(tx, scope, ...within) {
      const where = scoped.slice(0, 2 + within.length).map((key, n) => `${key} = $${n + 1}`);
      const sql = `DELETE FROM ${name} WHERE ${where.join(' AND ')}`;
      return tx.run(sql, scope.accountId, scope.region, ...within);
    },
  };
}

/** More than any table that is read whole may hold. */
const ALL = 1_000_000;
