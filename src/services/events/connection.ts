/** Connections and API destinations: what they are, and what of them may be told. */
import type {
  ApiDestination as ListedDestination,
  Connection as ListedConnection,
  ConnectionAuthResponseParameters,
  ConnectionHttpParameters,
  CreateConnectionAuthRequestParameters,
} from '#aws/models/events.types.gen.ts';
import { formatArn } from '#kernel/arn.ts';
import type { Place } from './model.ts';

export type ConnectionState = 'AUTHORIZED' | 'AUTHORIZING' | 'DEAUTHORIZED';

export interface Connection {
  readonly name: string;
  /** The last part of its ARN. */
  readonly id: string;
  /** The last letters of its secret's ARN. */
  readonly secretSuffix: string;
  readonly description?: string;
  readonly kmsKeyIdentifier?: string;
  readonly authorizationType: string;
  /** With its secrets, which no answer shows; none once it was deauthorized. */
  readonly auth?: CreateConnectionAuthRequestParameters;
  readonly state: ConnectionState;
  readonly stateReason?: string;
  /** While it is authorized: how often that was tried, and when it is next. */
  readonly attempts?: number;
  readonly tryAtMs?: number;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly authorizedAtMs: number;
}

export interface ApiDestination {
  readonly name: string;
  readonly id: string;
  readonly description?: string;
  readonly connectionArn: string;
  /** `*` in its path stands for a target's path parameter. */
  readonly endpoint: string;
  readonly method: string;
  readonly ratePerSecond: number;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** `arn:aws:events:REGION:ACCOUNT:connection/NAME/ID`. */
export function connectionArn({ accountId, region }: Place, { name, id }: Connection): string {
  return formatArn('events', region, accountId, `connection/${name}/${id}`);
}

/** `arn:aws:events:REGION:ACCOUNT:api-destination/NAME/ID`. */
export function apiDestinationArn(
  { accountId, region }: Place,
  { name, id }: ApiDestination,
): string {
  return formatArn('events', region, accountId, `api-destination/${name}/${id}`);
}

/** The secret that AWS keeps for a connection; Hearth keeps it itself, under the same name. */
export function secretArn({ accountId, region }: Place, connection: Connection): string {
  const { name, id, secretSuffix } = connection;
  const secret = `secret:events!connection/${name}/${id}-${secretSuffix}`;
  return formatArn('secretsmanager', region, accountId, secret);
}

/** A connection as lists show it. */
export function listedConnection(place: Place, connection: Connection): ListedConnection {
  return {
    ConnectionArn: connectionArn(place, connection),
    Name: connection.name,
    ConnectionState: connection.state,
    ...(connection.stateReason === undefined ? {} : { StateReason: connection.stateReason }),
    AuthorizationType: connection.authorizationType,
    CreationTime: connection.createdAtMs,
    LastModifiedTime: connection.modifiedAtMs,
    LastAuthorizedTime: connection.authorizedAtMs,
  };
}

/** An API destination as lists show it; it is as active as its connection is authorized. */
export function listedDestination(
  place: Place,
  destination: ApiDestination,
  connection: Connection | undefined,
): ListedDestination {
  return {
    ApiDestinationArn: apiDestinationArn(place, destination),
    Name: destination.name,
    ApiDestinationState: connection?.state === 'AUTHORIZED' ? 'ACTIVE' : 'INACTIVE',
    ConnectionArn: destination.connectionArn,
    InvocationEndpoint: destination.endpoint,
    HttpMethod: destination.method,
    InvocationRateLimitPerSecond: destination.ratePerSecond,
    CreationTime: destination.createdAtMs,
    LastModifiedTime: destination.modifiedAtMs,
  };
}

/** What may be told of a connection's authorization: no password, key, client secret or secret value. */
export function withoutSecrets(
  auth: CreateConnectionAuthRequestParameters,
): ConnectionAuthResponseParameters {
  const { BasicAuthParameters, ApiKeyAuthParameters, OAuthParameters } = auth;
  return {
    ...(BasicAuthParameters === undefined
      ? {}
      : { BasicAuthParameters: { Username: BasicAuthParameters.Username } }),
    ...(ApiKeyAuthParameters === undefined
      ? {}
      : { ApiKeyAuthParameters: { ApiKeyName: ApiKeyAuthParameters.ApiKeyName } }),
    ...(OAuthParameters === undefined
      ? {}
      : {
          OAuthParameters: {
            ClientParameters: { ClientID: OAuthParameters.ClientParameters.ClientID },
            AuthorizationEndpoint: OAuthParameters.AuthorizationEndpoint,
            HttpMethod: OAuthParameters.HttpMethod,
            ...(OAuthParameters.OAuthHttpParameters === undefined
              ? {}
              : {
                  OAuthHttpParameters: parametersWithoutSecrets(
                    OAuthParameters.OAuthHttpParameters,
                  ),
                }),
          },
        }),
    ...(auth.InvocationHttpParameters === undefined
      ? {}
      : { InvocationHttpParameters: parametersWithoutSecrets(auth.InvocationHttpParameters) }),
  };
}

function parametersWithoutSecrets(parameters: ConnectionHttpParameters): ConnectionHttpParameters {
  const { HeaderParameters, QueryStringParameters, BodyParameters } = parameters;
  return {
    ...(HeaderParameters && { HeaderParameters: HeaderParameters.map(tellable) }),
    ...(QueryStringParameters && { QueryStringParameters: QueryStringParameters.map(tellable) }),
    ...(BodyParameters && { BodyParameters: BodyParameters.map(tellable) }),
  };
}

interface Parameter {
  readonly Key?: string;
  readonly Value?: string;
  readonly IsValueSecret?: boolean;
}

function tellable({ Key, Value, IsValueSecret = false }: Parameter): Parameter {
  return {
    ...(Key === undefined ? {} : { Key }),
    ...(IsValueSecret || Value === undefined ? {} : { Value }),
    IsValueSecret,
  };
}
