/** API Gateway's REST APIs: the control plane, and the way of a request through a deployed API. */
import { apigateway as model } from '#aws/models/apigateway.gen.ts';
import type { Service } from '#aws/operation.ts';
import type { Schema } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from './dependencies.ts';
import { storedOperations } from './operations/index.ts';
import { API_GATEWAY_PERMISSIONS } from './permissions.ts';
import { apiGatewaySchema } from './store-schema.ts';

export interface ApiGateway {
  readonly service: Service;
  readonly schema: Schema;
}

/** REST APIs over a database whose schema was migrated. */
export function createApiGateway(dependencies: ApiGatewayDependencies): ApiGateway {
  const operations = storedOperations(dependencies);
  return {
    service: { model, operations, permissions: API_GATEWAY_PERMISSIONS },
    schema: apiGatewaySchema,
  };
}
