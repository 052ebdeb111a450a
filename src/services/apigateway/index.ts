/** API Gateway's REST APIs: the control plane, and the way of a request through a deployed API. */
import type { ApiHost } from '#aws/execute-api/index.ts';
import { apigateway as model } from '#aws/models/apigateway.gen.ts';
import type { HttpSurface, Service } from '#aws/operation.ts';
import type { ApiKeys } from '#ports/peers/api-keys.ts';
import type { Schema } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from './dependencies.ts';
import { createExecution, testInvokeMethod } from './execute/index.ts';
import { storedOperations } from './operations/index.ts';
import { flushStageAuthorizersCache } from './operations/stages.ts';
import { API_GATEWAY_PERMISSIONS } from './permissions.ts';
import { apiGatewaySchema } from './store-schema.ts';

export interface ApiGateway {
  readonly service: Service;
  readonly schema: Schema;
  /** Who answers for a deployed API, by its id. */
  readonly apiHost: ApiHost;
  /** What APIs of other kinds ask of keys. */
  readonly apiKeys: ApiKeys;
  /** The older path of deployed APIs. */
  readonly surface: HttpSurface;
}

/** REST APIs over a database whose schema was migrated. */
export function createApiGateway(dependencies: ApiGatewayDependencies): ApiGateway {
  const { apiHost, apiKeys, surface, forgetAuthorizers } = createExecution(dependencies);
  const operations = {
    ...storedOperations(dependencies),
    FlushStageAuthorizersCache: flushStageAuthorizersCache(dependencies, forgetAuthorizers),
    TestInvokeMethod: testInvokeMethod(dependencies),
  };
  return {
    service: { model, operations, permissions: API_GATEWAY_PERMISSIONS },
    schema: apiGatewaySchema,
    apiHost,
    apiKeys,
    surface,
  };
}
