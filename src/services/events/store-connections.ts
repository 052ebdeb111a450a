/** Connections and API destinations, by their names and by their ARNs. */
import { parseArn } from '#kernel/arn.ts';
import type { Queries } from '#ports/world/database.ts';
import { connectionArn, type ApiDestination, type Connection } from './connection.ts';
import type { Place } from './model.ts';
import { findDocument, type DocumentKey } from './store-documents.ts';

/** The key of a connection’s document. */
export function connectionKey({ accountId, region }: Place, name: string): DocumentKey {
  return { accountId, region, kind: 'connection', name };
}

/** The key of an API destination’s document. */
export function apiDestinationKey({ accountId, region }: Place, name: string): DocumentKey {
  return { accountId, region, kind: 'api-destination', name };
}

/** The connection of a name, or `undefined`. */
export function findConnection(
  queries: Queries,
  place: Place,
  name: string,
): Promise<Connection | undefined> {
  return findDocument<Connection>(queries, connectionKey(place, name));
}

/** The connection of an ARN; none where one of its name is another. */
export async function connectionOf(
  queries: Queries,
  text: string,
): Promise<Connection | undefined> {
  const arn = parseArn(text);
  const [kind, name = ''] = arn?.resource.split('/') ?? [];
  if (arn?.service !== 'events' || kind !== 'connection') return undefined;
  const connection = await findConnection(queries, arn, name);
  return connection !== undefined && connectionArn(arn, connection) === text
    ? connection
    : undefined;
}

/** The destination of an ARN; none where one of its name is another. */
export async function apiDestinationOf(
  queries: Queries,
  text: string,
): Promise<ApiDestination | undefined> {
  const arn = parseArn(text);
  const [kind, name = '', id] = arn?.resource.split('/') ?? [];
  if (arn?.service !== 'events' || kind !== 'api-destination') return undefined;
  const found = await findDocument<ApiDestination>(queries, apiDestinationKey(arn, name));
  return found?.id === id ? found : undefined;
}
