import type {
  CreateConnectionAuthRequestParameters,
  DescribeConnectionResponse,
  Operations,
  UpdateConnectionAuthRequestParameters,
} from '#aws/models/events.types.gen.ts';
import type { Random } from '#ports/world/random.ts';
import type { Queries, Transaction } from '#ports/world/database.ts';
import { AUTHORIZATIONS_TOPIC } from '../authorize.ts';
import { listedConnection, secretArn, withoutSecrets, type Connection } from '../connection.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { checkUrl } from '../check-url.ts';
import { alreadyExists, noSuchConnection, validation } from '../errors.ts';
import type { Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { connectionKey, findConnection } from '../store-connections.ts';
import { deleteDocument, listDocuments, saveDocument } from '../store-documents.ts';
import { placeOf } from './event-buses.ts';

const OAUTH = 'OAUTH_CLIENT_CREDENTIALS';

/** Keeps how API destinations are authorized to; one by OAuth is authorized in the background. */
export function createConnection(dependencies: EventsDependencies): Operations['CreateConnection'] {
  const { clock, database, random } = dependencies;
  return async (context, input) => {
    const { Name: name, AuthorizationType: authorizationType, AuthParameters: auth } = input;
    checkAuth(authorizationType, auth);
    const nowMs = clock.now();
    const connection: Connection = {
      name,
      id: random.uuid(),
      secretSuffix: suffix(random),
      ...settingsOf(input),
      authorizationType,
      auth,
      ...stateAfterChange(authorizationType, clock.steadyMs()),
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
      authorizedAtMs: nowMs,
    };
    await database.transact(async (tx) => {
      if ((await findConnection(tx, context, name)) !== undefined) {
        throw alreadyExists(`Connection ${name} already exists.`);
      }
      await save(dependencies, tx, context, connection);
    });
    const { LastAuthorizedTime: _never, ...summary } = summaryOf(context, connection);
    return summary;
  };
}

/** What is left out stays; another kind of authorization needs its own parameters. */
export function updateConnection(dependencies: EventsDependencies): Operations['UpdateConnection'] {
  const { clock, database } = dependencies;
  return async (context, input) => {
    const connection = await database.transact(async (tx) => {
      const known = await requireConnection(tx, context, input.Name);
      const authorizationType = input.AuthorizationType ?? known.authorizationType;
      const isSameType = authorizationType === known.authorizationType;
      const auth = merge(isSameType ? (known.auth ?? {}) : {}, input.AuthParameters ?? {});
      checkAuth(authorizationType, auth);
      const { stateReason: _reason, ...before } = known;
      const changed: Connection = {
        ...before,
        ...settingsOf(input),
        authorizationType,
        auth,
        ...stateAfterChange(authorizationType, clock.steadyMs()),
        modifiedAtMs: clock.now(),
        authorizedAtMs: clock.now(),
      };
      await save(dependencies, tx, context, changed);
      return changed;
    });
    return summaryOf(context, connection);
  };
}

/** Takes a connection away; API destinations that use it are inactive from then on. */
export function deleteConnection({ database }: EventsDependencies): Operations['DeleteConnection'] {
  return async (context, { Name }) => {
    const connection = await database.transact(async (tx) => {
      const known = await requireConnection(tx, context, Name);
      await deleteDocument(tx, connectionKey(context, Name));
      return known;
    });
    return { ...summaryOf(context, connection), ConnectionState: 'DELETING' };
  };
}

/** Forgets a connection's secrets, and keeps the rest of it. */
export function deauthorizeConnection(
  dependencies: EventsDependencies,
): Operations['DeauthorizeConnection'] {
  const { clock, database } = dependencies;
  return async (context, { Name }) => {
    const connection = await database.transact(async (tx) => {
      const { auth: _auth, tryAtMs: _at, ...known } = await requireConnection(tx, context, Name);
      const changed: Connection = { ...known, state: 'DEAUTHORIZED', modifiedAtMs: clock.now() };
      await save(dependencies, tx, context, changed);
      return changed;
    });
    return { ...summaryOf(context, connection), ConnectionState: 'DEAUTHORIZING' };
  };
}

/** Tells of one connection, but never its secrets. */
export function describeConnection({
  database,
}: EventsDependencies): Operations['DescribeConnection'] {
  return async (context, { Name }) => {
    const connection = await database.read((queries) => requireConnection(queries, context, Name));
    const { description, kmsKeyIdentifier, auth } = connection;
    const described: DescribeConnectionResponse = {
      ...listedConnection(context, connection),
      ...(description === undefined ? {} : { Description: description }),
      ...(kmsKeyIdentifier === undefined ? {} : { KmsKeyIdentifier: kmsKeyIdentifier }),
      SecretArn: secretArn(context, connection),
      ...(auth === undefined ? {} : { AuthParameters: withoutSecrets(auth) }),
    };
    return described;
  };
}

/** Lists connections by name, a page at a time. */
export function listConnections({ database }: EventsDependencies): Operations['ListConnections'] {
  return async (context, { NamePrefix = '', ConnectionState, NextToken, Limit }) => {
    const filter = { ...placeOf(context), kind: 'connection', prefix: NamePrefix } as const;
    const all = await database.read((queries) => listDocuments<Connection>(queries, filter));
    const wanted = all.filter(
      ({ state }) => ConnectionState === undefined || state === ConnectionState,
    );
    const paging = { token: NextToken, limit: Limit };
    const { page, next } = pageOf(wanted, ({ name }) => name, paging);
    return {
      Connections: page.map((connection) => listedConnection(context, connection)),
      ...next,
    };
  };
}

async function requireConnection(
  queries: Queries,
  place: Place,
  name: string,
): Promise<Connection> {
  const connection = await findConnection(queries, place, name);
  if (connection === undefined) throw noSuchConnection(name);
  return connection;
}

async function save(
  { wakeups }: EventsDependencies,
  tx: Transaction,
  place: Place,
  connection: Connection,
): Promise<void> {
  await saveDocument(tx, connectionKey(place, connection.name), connection);
  tx.afterCommit(() => wakeups.notify(AUTHORIZATIONS_TOPIC));
}

/** Each kind of authorization needs its own parameters, and all of them; an update may have left some out. */
function checkAuth(type: string, auth: CreateConnectionAuthRequestParameters): void {
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key, OAuthParameters: oauth } = auth;
  const needed: Readonly<Record<string, string | undefined>> =
    type === 'BASIC'
      ? {
          'BasicAuthParameters.Username': basic?.Username,
          'BasicAuthParameters.Password': basic?.Password,
        }
      : type === OAUTH
        ? {
            'OAuthParameters.ClientParameters.ClientID': oauth?.ClientParameters.ClientID,
            'OAuthParameters.ClientParameters.ClientSecret': oauth?.ClientParameters.ClientSecret,
            'OAuthParameters.AuthorizationEndpoint': oauth?.AuthorizationEndpoint,
            'OAuthParameters.HttpMethod': oauth?.HttpMethod,
          }
        : {
            'ApiKeyAuthParameters.ApiKeyName': key?.ApiKeyName,
            'ApiKeyAuthParameters.ApiKeyValue': key?.ApiKeyValue,
          };
  const missing = Object.keys(needed).filter((name) => needed[name] === undefined);
  if (missing.length > 0) {
    const names = missing.map((name) => `AuthParameters.${name}`).join(', ');
    throw validation(`Parameter(s) ${names} must be specified.`);
  }
  if (type === OAUTH) checkUrl('AuthorizationEndpoint', oauth?.AuthorizationEndpoint ?? '');
}

/** A new secret; a new token has to be asked for, and anything else needs no more than the secret. */
function stateAfterChange(
  type: string,
  steadyMs: number,
): Pick<Connection, 'state' | 'attempts' | 'tryAtMs'> {
  return type === OAUTH
    ? { state: 'AUTHORIZING', attempts: 0, tryAtMs: steadyMs }
    : { state: 'AUTHORIZED' };
}

function merge(
  before: Partial<CreateConnectionAuthRequestParameters>,
  change: UpdateConnectionAuthRequestParameters,
): CreateConnectionAuthRequestParameters {
  const { BasicAuthParameters, ApiKeyAuthParameters, OAuthParameters } = change;
  const merged = {
    ...before,
    ...change,
    ...(BasicAuthParameters && {
      BasicAuthParameters: { ...before.BasicAuthParameters, ...BasicAuthParameters },
    }),
    ...(ApiKeyAuthParameters && {
      ApiKeyAuthParameters: { ...before.ApiKeyAuthParameters, ...ApiKeyAuthParameters },
    }),
    ...(OAuthParameters && {
      OAuthParameters: {
        ...before.OAuthParameters,
        ...OAuthParameters,
        ClientParameters: {
          ...before.OAuthParameters?.ClientParameters,
          ...OAuthParameters.ClientParameters,
        },
      },
    }),
  };
  // An update may leave out what was given before; checkAuth sees to what neither has.
  return merged as CreateConnectionAuthRequestParameters;
}

function settingsOf(input: {
  readonly Description?: string;
  readonly KmsKeyIdentifier?: string;
}): Pick<Connection, 'description' | 'kmsKeyIdentifier'> {
  const { Description, KmsKeyIdentifier } = input;
  return {
    ...(Description === undefined ? {} : { description: Description }),
    ...(KmsKeyIdentifier === undefined ? {} : { kmsKeyIdentifier: KmsKeyIdentifier }),
  };
}

function summaryOf(place: Place, connection: Connection) {
  const { Name: _name, AuthorizationType: _type, ...summary } = listedConnection(place, connection);
  const { StateReason: _reason, ...told } = summary;
  return told;
}

/** Six letters, as Secrets Manager adds to its names. */
function suffix(random: Random): string {
  return random.uuid().replaceAll('-', '').slice(0, 6);
}
