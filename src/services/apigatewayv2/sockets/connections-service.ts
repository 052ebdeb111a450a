/** The connections API: what back ends say to clients over their WebSockets. */
import { apiAddressOf, type ApiAddress } from '#aws/execute-api/index.ts';
import { modelledError } from '#aws/error-model.ts';
import type { AwsError } from '#aws/errors.ts';
import { apigatewaymanagementapi as model } from '#aws/models/apigatewaymanagementapi.gen.ts';
import type { Operations } from '#aws/models/apigatewaymanagementapi.types.gen.ts';
import type { OperationModel } from '#aws/model.ts';
import type {
  ParsedInput,
  Permissions,
  RequestContext,
  RequestHead,
  Service,
} from '#aws/operation.ts';
import { textOf as inputText } from '#aws/access/index.ts';
import { isUtf8 } from 'node:buffer';
import { textOf } from '#kernel/bytes.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { SOCKET_MESSAGE_BYTES_MAX, SOCKET_WAITING_BYTES_MAX } from '../limits.ts';
import { executeArn } from '../model.ts';
import type { Connection, Connections } from './connections.ts';
import { observeSent } from './observe.ts';
import type { Session } from './turn.ts';

const NORMAL = 1000;

/** `apigatewaymanagementapi` over the connections that are open. */
export function connectionsService(
  dependencies: Pick<Apigatewayv2Dependencies, 'clock' | 'metricSink'>,
  connections: Connections,
): Service {
  return {
    model,
    operations: {
      DeleteConnection: deleteConnection(connections),
      GetConnection: getConnection(connections),
      PostToConnection: postToConnection(dependencies, connections),
    },
    permissions: permissionsOf(connections),
    complete: refuseLong,
  };
}

/** The model would have a message that is too long be invalid. @throws AwsError PayloadTooLargeException */
function refuseLong(_operation: OperationModel, input: ParsedInput): ParsedInput {
  const { Data } = input;
  if (Data instanceof Uint8Array && Data.byteLength > SOCKET_MESSAGE_BYTES_MAX) {
    throw failure('PayloadTooLargeException', 'Message too long');
  }
  return input;
}

/**
 * Sends a message, as text where its bytes are that.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
function postToConnection(
  dependencies: Pick<Apigatewayv2Dependencies, 'clock' | 'metricSink'>,
  connections: Connections,
): Operations['PostToConnection'] {
  return async (context, { ConnectionId, Data }) => {
    const connection = requireConnection(connections, context, ConnectionId);
    if (connection.peer.waitingBytes > SOCKET_WAITING_BYTES_MAX) {
      throw failure('LimitExceededException', 'The buffer of the client is full');
    }
    connection.peer.send(isUtf8(Data) ? textOf(Data) : Data);
    connection.touch();
    observeSent(dependencies, connection.session);
    return {};
  };
}

/** Tells of a connection. */
function getConnection(connections: Connections): Operations['GetConnection'] {
  return async (context, { ConnectionId }) => {
    const { session, lastActiveAtMs } = requireConnection(connections, context, ConnectionId);
    const { connectedAtMs, sourceIp, userAgent = '' } = session;
    return {
      ConnectedAt: connectedAtMs,
      Identity: { SourceIp: sourceIp, UserAgent: userAgent },
      LastActiveAt: lastActiveAtMs,
    };
  };
}

/** Closes a connection; its `$disconnect` route is told. */
function deleteConnection(connections: Connections): Operations['DeleteConnection'] {
  return async (context, { ConnectionId }) => {
    const { peer } = requireConnection(connections, context, ConnectionId);
    peer.close(NORMAL, 'Connection Closed Normally');
    return {};
  };
}

/** @throws AwsError GoneException, ForbiddenException where it is another account's, or not of the API that was asked */
function requireConnection(
  connections: Connections,
  { accountId, http }: RequestContext,
  id: string,
): Connection {
  const found = connections.find(id);
  if (found === undefined) throw failure('GoneException', 'Gone');
  const { owned, stageName } = found.session;
  if (owned.accountId !== accountId) throw failure('ForbiddenException', 'Forbidden');
  const address = askedAddress(http);
  const isOfApi = address === undefined || address.apiId === owned.apiId;
  const isOfStage = address === undefined || address.path.startsWith(`/${stageName}/@`);
  if (!isOfApi || !isOfStage) throw failure('ForbiddenException', 'Forbidden');
  return found;
}

/**
 * `execute-api:ManageConnections` on `arn:aws:execute-api:REGION:ACCOUNT:ID/STAGE/METHOD/@connections/ID`. Of what is
 * gone nobody knows the API: it is the one that was asked.
 */
function permissionsOf(connections: Connections): Permissions {
  return {
    needsOf({ input, operation, context }) {
      const id = inputText(input, 'ConnectionId') ?? '';
      const session = connections.find(id)?.session;
      const method = model.operation(operation)?.http.method ?? 'POST';
      const place = session === undefined ? askedPlace(context.http) : placeOf(session);
      const owner = session?.owned ?? context;
      const resource = executeArn({ ...owner, apiId: place }, `${method}/@connections/${id}`);
      return [{ action: 'execute-api:ManageConnections', resource }];
    },
  };
}

function placeOf({ owned, stageName }: Session): string {
  return `${owned.apiId}/${stageName}`;
}

/** The API and the stage that a request names; `*` where it names none. */
function askedPlace(http: RequestHead): string {
  const address = askedAddress(http);
  return address === undefined ? '*' : `${address.apiId}${address.path.split('/@')[0]}`;
}

function askedAddress(http: RequestHead): ApiAddress | undefined {
  return apiAddressOf({ ...http, path: http.wholePath ?? http.path });
}

function failure(code: string, message: string): AwsError {
  return modelledError(model, code, message);
}
