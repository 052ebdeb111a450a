/** Amazon API Gateway's HTTP and WebSocket APIs: routes, integrations, authorizers, stages, and the requests to them. */
import { AuthorizerAnswers, Throttles, type ApiHost } from '#aws/execute-api/index.ts';
import { apigatewayv2 as model } from '#aws/models/apigatewayv2.gen.ts';
import type { Service } from '#aws/operation.ts';
import { BoundedMap } from '#kernel/bounded-map.ts';
import type { ApiStages } from '#ports/peers/api-keys.ts';
import type { Schema } from '#ports/world/database.ts';
import type { Apigatewayv2Dependencies } from './dependencies.ts';
import type { Snapshot } from './model.ts';
import { operationsOf } from './operations/index.ts';
import { apigatewayv2Permissions } from './permissions.ts';
import { hasWebSocketStage } from './find-parts.ts';
import { isWebSocket } from './protocol.ts';
import { answerVisit, type AnswerOptions } from './serve/answer.ts';
import { SNAPSHOTS_MAX } from './serve/find-stage.ts';
import { createIssuerKeys } from './serve/issuer-keys.ts';
import { plainAnswer } from './serve/visit.ts';
import { Connections } from './sockets/connections.ts';
import { connectionsService } from './sockets/connections-service.ts';
import { connectSocket } from './sockets/socket-api.ts';
import { apigatewayv2Schema, findApi, findMappings, listDomains } from './store.ts';

export type { Apigatewayv2Dependencies } from './dependencies.ts';

export interface Apigatewayv2 {
  readonly service: Service;
  /** The WebSockets that are open: `apigatewaymanagementapi`. */
  readonly connections: Service;
  readonly schema: Schema;
  /** Of WebSocket APIs, for usage plans. */
  readonly webSocketStages: ApiStages;
  /** Answers requests to deployed APIs. */
  readonly apiHost: ApiHost;
}

/** HTTP and WebSocket APIs over a database whose schema was migrated. */
export function createApigatewayv2(dependencies: Apigatewayv2Dependencies): Apigatewayv2 {
  const answers: AnswerOptions['answers'] = new AuthorizerAnswers(dependencies.clock);
  const issuerKeys = createIssuerKeys(dependencies);
  const connections = new Connections(dependencies.clock);
  const options = {
    dependencies,
    connections,
    answers,
    issuerKeys,
    snapshots: new BoundedMap<Snapshot>(SNAPSHOTS_MAX),
    throttles: new Throttles(),
  };
  const ownedApi = async (apiId: string, accountId?: string) => {
    const owned = await dependencies.database.read((queries) => findApi(queries, apiId));
    return accountId === undefined || owned?.accountId === accountId ? owned : undefined;
  };
  return {
    service: {
      model,
      operations: operationsOf(dependencies, answers),
      permissions: apigatewayv2Permissions(dependencies),
    },
    connections: connectionsService(dependencies, connections),
    schema: apigatewayv2Schema,
    webSocketStages: { has: hasWebSocketStage },
    apiHost: {
      async findApi(apiId, accountId) {
        const owned = await ownedApi(apiId, accountId);
        if (owned === undefined) return undefined;
        if (isWebSocket(owned.api)) return async () => plainAnswer(426, 'Upgrade Required');
        return (exchange, address) => answerVisit(options, owned, exchange, address);
      },
      async findWebSocketApi(apiId, accountId) {
        const owned = await ownedApi(apiId, accountId);
        if (owned === undefined || !isWebSocket(owned.api)) return undefined;
        return (exchange, address) => connectSocket(options, owned, exchange, address);
      },
      listDomains: () => dependencies.database.read(listDomains),
      findMappings: (domain) =>
        dependencies.database.read((queries) => findMappings(queries, domain)),
    },
  };
}
