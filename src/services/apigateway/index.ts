/**
 * API Gateway's REST APIs: the control plane, and the way of a request through a deployed API.
 * What changes APIs is loaded by the first request for it: a server without spares its memory.
 */
import type { ApiHost } from '#aws/execute-api/index.ts';
import { apigateway as model } from '#aws/models/apigateway.gen.ts';
import type { HttpSurface, Service } from '#aws/operation.ts';
import { operationsLater } from '#aws/operations-later.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { ApiKeys } from '#ports/peers/api-keys.ts';
import type { Schema } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from './dependencies.ts';
import { createExecution, testInvokeMethod } from './execute/index.ts';
import { STORED_OPERATION_NAMES } from './operations/names.ts';
import { apiGatewayPermissions } from './permissions.ts';
import { apiGatewaySchema } from './store-schema.ts';

export interface ApiGateway {
  readonly service: Service;
  readonly schema: Schema;
  /** Who answers for a deployed API, by its id. */
  readonly apiHost: ApiHost;
  /** What APIs of other kinds ask of keys. */
  readonly apiKeys: ApiKeys;
  /** The policies of deployed APIs, where policies are evaluated. */
  readonly resourcePolicies: ResourcePolicies;
  /** The older path of deployed APIs. */
  readonly surface: HttpSurface;
}

/** REST APIs over a database whose schema was migrated. */
export function createApiGateway(dependencies: ApiGatewayDependencies): ApiGateway {
  const { forgetAuthorizers, ...execution } = createExecution(dependencies);
  const operations = {
    ...operationsLater([...STORED_OPERATION_NAMES, 'FlushStageAuthorizersCache'], async () => {
      const { storedOperations } = await import('./operations/index.ts');
      const { flushStageAuthorizersCache } = await import('./operations/stages.ts');
      return {
        ...storedOperations(dependencies),
        FlushStageAuthorizersCache: flushStageAuthorizersCache(dependencies, forgetAuthorizers),
      };
    }),
    TestInvokeMethod: testInvokeMethod(dependencies),
  };
  return {
    service: { model, operations, permissions: apiGatewayPermissions(dependencies) },
    schema: apiGatewaySchema,
    ...execution,
  };
}
