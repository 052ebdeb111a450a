import type { DescribeApiDestinationResponse, Operations } from '#aws/models/events.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Queries } from '#ports/world/database.ts';
import { listedDestination, type ApiDestination, type Connection } from '../connection.ts';
import { checkUrl } from '../check-url.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { alreadyExists, noSuchApiDestination, notFound } from '../errors.ts';
import { API_DESTINATION_RATE_DEFAULT } from '../limits.ts';
import type { Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { apiDestinationKey, connectionOf } from '../store-connections.ts';
import { deleteDocument, findDocument, listDocuments, saveDocument } from '../store-documents.ts';
import { placeOf } from './event-buses.ts';

/** Keeps an HTTP endpoint that rules may have as a target. */
export function createApiDestination({
  clock,
  database,
  random,
}: EventsDependencies): Operations['CreateApiDestination'] {
  return async (context, input) => {
    const { Name: name, Description, ConnectionArn, InvocationEndpoint, HttpMethod } = input;
    checkUrl('InvocationEndpoint', InvocationEndpoint);
    const nowMs = clock.now();
    const destination: ApiDestination = {
      name,
      id: random.uuid(),
      ...(Description === undefined ? {} : { description: Description }),
      connectionArn: ConnectionArn,
      endpoint: InvocationEndpoint,
      method: HttpMethod,
      ratePerSecond: input.InvocationRateLimitPerSecond ?? API_DESTINATION_RATE_DEFAULT,
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
    };
    return database.transact(async (tx) => {
      const connection = await requireConnectionOf(tx, context, ConnectionArn);
      if ((await findDocument(tx, apiDestinationKey(context, name))) !== undefined) {
        throw alreadyExists(`An api-destination '${name}' already exists.`);
      }
      await saveDocument(tx, apiDestinationKey(context, name), destination);
      return summaryOf(context, destination, connection);
    });
  };
}

/** What is left out stays. */
export function updateApiDestination({
  clock,
  database,
}: EventsDependencies): Operations['UpdateApiDestination'] {
  return async (context, input) => {
    if (input.InvocationEndpoint !== undefined) {
      checkUrl('InvocationEndpoint', input.InvocationEndpoint);
    }
    return database.transact(async (tx) => {
      const known = await requireApiDestination(tx, context, input.Name);
      const { Description, InvocationRateLimitPerSecond: rate } = input;
      const changed: ApiDestination = {
        ...known,
        ...(Description === undefined ? {} : { description: Description }),
        connectionArn: input.ConnectionArn ?? known.connectionArn,
        endpoint: input.InvocationEndpoint ?? known.endpoint,
        method: input.HttpMethod ?? known.method,
        ratePerSecond: rate ?? known.ratePerSecond,
        modifiedAtMs: clock.now(),
      };
      const connection = await requireConnectionOf(tx, context, changed.connectionArn);
      await saveDocument(tx, apiDestinationKey(context, input.Name), changed);
      return summaryOf(context, changed, connection);
    });
  };
}

/** What waits to be sent to it is dead-lettered. */
export function deleteApiDestination({
  database,
}: EventsDependencies): Operations['DeleteApiDestination'] {
  return async (context, { Name }) => {
    await database.transact(async (tx) => {
      await requireApiDestination(tx, context, Name);
      await deleteDocument(tx, apiDestinationKey(context, Name));
    });
    return {};
  };
}

/** Tells of one API destination. */
export function describeApiDestination({
  database,
}: EventsDependencies): Operations['DescribeApiDestination'] {
  return async (context, { Name }) =>
    database.read(async (queries) => {
      const destination = await requireApiDestination(queries, context, Name);
      const connection = await connectionOf(queries, destination.connectionArn);
      const { description } = destination;
      const described: DescribeApiDestinationResponse = {
        ...listedDestination(context, destination, connection),
        ...(description === undefined ? {} : { Description: description }),
      };
      return described;
    });
}

/** Lists API destinations by name, a page at a time. */
export function listApiDestinations({
  database,
}: EventsDependencies): Operations['ListApiDestinations'] {
  return async (context, { NamePrefix = '', ConnectionArn, NextToken, Limit }) =>
    database.read(async (queries) => {
      const filter = { ...placeOf(context), kind: 'api-destination', prefix: NamePrefix } as const;
      const all = await listDocuments<ApiDestination>(queries, filter);
      const wanted = all.filter(
        (one) => ConnectionArn === undefined || one.connectionArn === ConnectionArn,
      );
      const paging = { token: NextToken, limit: Limit };
      const { page, next } = pageOf(wanted, ({ name }) => name, paging);
      const ApiDestinations = [];
      for (const one of page) {
        const connection = await connectionOf(queries, one.connectionArn);
        ApiDestinations.push(listedDestination(context, one, connection));
      }
      return { ApiDestinations, ...next };
    });
}

async function requireConnectionOf(
  queries: Queries,
  place: Place,
  arn: string,
): Promise<Connection> {
  const connection = await connectionOf(queries, arn);
  const isHere = parseArn(arn)?.accountId === place.accountId;
  if (connection !== undefined && isHere) return connection;
  throw notFound(`Connection '${parseArn(arn)?.resource.split('/')[1]}' does not exist.`);
}

async function requireApiDestination(
  queries: Queries,
  place: Place,
  name: string,
): Promise<ApiDestination> {
  const destination = await findDocument<ApiDestination>(queries, apiDestinationKey(place, name));
  if (destination === undefined) throw noSuchApiDestination(name);
  return destination;
}

function summaryOf(place: Place, destination: ApiDestination, connection: Connection) {
  const { ApiDestinationArn, ApiDestinationState, CreationTime, LastModifiedTime } =
    listedDestination(place, destination, connection);
  // Each is there; the model's types do not say so.
  return {
    ...(ApiDestinationArn && { ApiDestinationArn }),
    ...(ApiDestinationState && { ApiDestinationState }),
    ...(CreationTime !== undefined && { CreationTime }),
    ...(LastModifiedTime !== undefined && { LastModifiedTime }),
  };
}
