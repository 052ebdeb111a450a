/** What is kept as a document by its name. */
import type { Queries, Transaction } from '#ports/world/database.ts';
import type { Bus, Place } from './model.ts';

export type DocumentKind = 'bus' | 'archive' | 'replay' | 'connection' | 'api-destination';

export interface DocumentKey extends Place {
  readonly kind: DocumentKind;
  readonly name: string;
}

interface Row {
  readonly body: string;
}

/** Who asks for a kind knows the type of its bodies. */
export async function findDocument<Body>(
  queries: Queries,
  { accountId, region, kind, name }: DocumentKey,
): Promise<Body | undefined> {
  const row = await queries.get<Row>(
    `SELECT body FROM events_documents
     WHERE account_id = $1 AND region = $2 AND kind = $3 AND name = $4`,
    accountId,
    region,
    kind,
    name,
  );
  return row && (JSON.parse(row.body) as Body);
}

export interface DocumentFilter extends Place {
  readonly kind: DocumentKind;
  readonly prefix?: string;
}

/** All of a kind, by name. */
export async function listDocuments<Body>(
  queries: Queries,
  { accountId, region, kind, prefix = '' }: DocumentFilter,
): Promise<Body[]> {
  const rows = await queries.all<Row>(
    `SELECT body FROM events_documents
     WHERE account_id = $1 AND region = $2 AND kind = $3 AND substr(name, 1, $4) = $5
     ORDER BY name`,
    accountId,
    region,
    kind,
    prefix.length,
    prefix,
  );
  return rows.map(({ body }) => JSON.parse(body) as Body);
}

/** A document with where it lives. */
export interface PlacedDocument<Body> extends Place {
  readonly body: Body;
}

/** All of a kind, in every account and Region. */
export async function allDocuments<Body>(
  queries: Queries,
  kind: DocumentKind,
): Promise<PlacedDocument<Body>[]> {
  const rows = await queries.all<Row & { readonly account_id: string; readonly region: string }>(
    'SELECT account_id, region, body FROM events_documents WHERE kind = $1 ORDER BY name',
    kind,
  );
  return rows.map((row) => ({
    accountId: row.account_id,
    region: row.region,
    body: JSON.parse(row.body) as Body,
  }));
}

/** Makes or replaces. */
export async function saveDocument(
  tx: Transaction,
  { accountId, region, kind, name }: DocumentKey,
  body: object,
): Promise<void> {
  await tx.run(
    `INSERT INTO events_documents (account_id, region, kind, name, body)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (account_id, region, kind, name) DO UPDATE SET body = excluded.body`,
    accountId,
    region,
    kind,
    name,
    JSON.stringify(body),
  );
}

/** Deletes a document; a missing one is no error. */
export async function deleteDocument(
  tx: Transaction,
  { accountId, region, kind, name }: DocumentKey,
): Promise<boolean> {
  const changed = await tx.run(
    `DELETE FROM events_documents
     WHERE account_id = $1 AND region = $2 AND kind = $3 AND name = $4`,
    accountId,
    region,
    kind,
    name,
  );
  return changed > 0;
}

/** The key of a bus’s document. */
export function busKey(place: Place, name: string): DocumentKey {
  return { accountId: place.accountId, region: place.region, kind: 'bus', name };
}

/** The bus of a name, or `undefined`. */
export function findBus(queries: Queries, place: Place, name: string): Promise<Bus | undefined> {
  return findDocument<Bus>(queries, busKey(place, name));
}
