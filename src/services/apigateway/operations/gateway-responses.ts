import type { GatewayResponse, Operations } from '#aws/models/apigateway.types.gen.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, notFound } from '../errors.ts';
import { changeApi, readApi } from '../find-parts.ts';
import {
  isResponseType,
  RESPONSE_TYPES,
  responseOf,
  setResponse,
  type GatewayResponseType,
} from '../gateway-responses.ts';
import { without } from '../model.ts';
import { pageOf } from '../paging.ts';
import { applyPatch, map, refuseByPath, text, type PatchTable } from '../patch/index.ts';

/** @throws AwsError BadRequestException */
function requireType(name: string): GatewayResponseType {
  if (isResponseType(name)) return name;
  throw badRequest(`Invalid response type specified: ${name}`);
}

/** Sets what is answered by a type. */
export function putGatewayResponse(
  dependencies: ApiGatewayDependencies,
): Operations['PutGatewayResponse'] {
  return (context, { restApiId, responseType, ...input }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      const type = requireType(responseType);
      const response = setResponse(type, input);
      const gatewayResponses = { ...record.gatewayResponses, [type]: response };
      return [{ ...record, gatewayResponses }, response];
    });
}

/** Tells what is answered by a type. */
export function getGatewayResponse(
  dependencies: ApiGatewayDependencies,
): Operations['GetGatewayResponse'] {
  return (context, { restApiId, responseType }) =>
    readApi<GatewayResponse>(dependencies, context, restApiId).tell((record) =>
      responseOf(record.gatewayResponses, requireType(responseType)),
    );
}

/** Lists what is answered, type by type. */
export function getGatewayResponses(
  dependencies: ApiGatewayDependencies,
): Operations['GetGatewayResponses'] {
  return async (context, input) => {
    const items = await readApi<readonly GatewayResponse[]>(
      dependencies,
      context,
      input.restApiId,
    ).tell(({ gatewayResponses }) =>
      RESPONSE_TYPES.map((type) => responseOf(gatewayResponses, type)),
    );
    return pageOf(items, { ...input, limit: input.limit ?? items.length });
  };
}

/** From now on AWS's own is answered. */
export function deleteGatewayResponse(
  dependencies: ApiGatewayDependencies,
): Operations['DeleteGatewayResponse'] {
  return (context, { restApiId, responseType }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      const type = requireType(responseType);
      if (record.gatewayResponses[type] === undefined) {
        throw notFound('Gateway response type not defined on api');
      }
      return [{ ...record, gatewayResponses: without(record.gatewayResponses, type) }, {}];
    });
}

const GATEWAY_RESPONSE: PatchTable = {
  // Another operation on a path that there is, is told as if the path were wrong.
  refuse: (op, path) => refuseByPath(op, path, undefined),
  fields: [
    text('/statusCode'),
    map('/responseParameters', {
      missing: 'Invalid parameter name specified',
      read: (value) => requireValue(value, 'responseParameters'),
    }),
    map('/responseTemplates', {
      missing: 'Content-Type specified was not found',
      read: (value) => requireValue(value, 'responseTemplates'),
    }),
  ],
};

function requireValue(value: string | undefined, member: string): string {
  if (value === undefined || value === '') {
    throw badRequest(`Invalid null or empty value in ${member}`);
  }
  return value;
}

/** Changes what is answered by a type, be it set or not. */
export function updateGatewayResponse(
  dependencies: ApiGatewayDependencies,
): Operations['UpdateGatewayResponse'] {
  return (context, { restApiId, responseType, patchOperations }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      const type = requireType(responseType);
      const now = responseOf(record.gatewayResponses, type);
      const response = setResponse(type, applyPatch(GATEWAY_RESPONSE, now, patchOperations));
      const gatewayResponses = { ...record.gatewayResponses, [type]: response };
      return [{ ...record, gatewayResponses }, response];
    });
}
