import type {
  Integration,
  IntegrationResponse,
  Operations,
} from '#aws/models/apigateway.types.gen.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { noSuchStatus } from '../errors.ts';
import {
  changeApi,
  MISSING_RESOURCE,
  readApi,
  requireIntegration,
  requireMethod,
  withMethod,
  type MethodInput,
} from '../find-parts.ts';
import { INTEGRATION_TIMEOUT_MS_MAX } from '../limits.ts';
import { compact, without, type ApiRecord } from '../model.ts';
import {
  applyPatch,
  flag,
  list,
  map,
  number,
  refuseByPath,
  text,
  type PatchTable,
} from '../patch/index.ts';
import { checkIntegration } from './check-integration.ts';

/** Its defaults filled in, as it is stored and told. */
export function completeIntegration(given: Integration, resourceId: string): Integration {
  const type = given.type ?? 'MOCK';
  const connectionType = given.connectionType ?? (type.startsWith('HTTP') ? 'INTERNET' : undefined);
  const { cacheKeyParameters = [], ...rest } = given;
  return {
    ...compact({
      ...rest,
      type,
      connectionType,
      passthroughBehavior: given.passthroughBehavior ?? 'WHEN_NO_MATCH',
      timeoutInMillis: given.timeoutInMillis ?? INTEGRATION_TIMEOUT_MS_MAX,
      cacheNamespace: given.cacheNamespace ?? resourceId,
    }),
    cacheKeyParameters,
  };
}

/** Says what is behind a method; what was there before goes. */
export function putIntegration(dependencies: ApiGatewayDependencies): Operations['PutIntegration'] {
  return (context, { restApiId, resourceId, httpMethod, integrationHttpMethod, ...input }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      const method = requireMethod(record, { resourceId, httpMethod });
      const given =
        integrationHttpMethod === undefined ? {} : { httpMethod: integrationHttpMethod };
      const integration = completeIntegration({ ...input, ...given }, resourceId);
      checkIntegration(integration, method);
      const changed = { ...method, methodIntegration: integration };
      return [withMethod(record, { resourceId, httpMethod }, changed), integration];
    });
}

/** Tells what is behind a method. */
export function getIntegration(dependencies: ApiGatewayDependencies): Operations['GetIntegration'] {
  return (context, { restApiId, ...input }) =>
    readApi<Integration>(dependencies, context, restApiId, MISSING_RESOURCE).tell((record) =>
      requireIntegration(record, input),
    );
}

/** Leaves a method with nothing behind it. */
export function deleteIntegration(
  dependencies: ApiGatewayDependencies,
): Operations['DeleteIntegration'] {
  return (context, { restApiId, ...input }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      requireIntegration(record, input);
      const { methodIntegration: _, ...method } = requireMethod(record, input);
      return [withMethod(record, input, method), {}];
    });
}

const INTEGRATION: PatchTable = {
  refuse: refuseByPath,
  fields: [
    text('/httpMethod'),
    text('/uri'),
    text('/type'),
    text('/credentials'),
    text('/passthroughBehavior'),
    text('/contentHandling', { ops: ['add', 'remove', 'replace'] }),
    text('/connectionType'),
    text('/connectionId'),
    text('/cacheNamespace'),
    text('/integrationTarget'),
    text('/responseTransferMode'),
    number('/timeoutInMillis'),
    list('/cacheKeyParameters', ['add', 'remove']),
    flag('/tlsConfig/insecureSkipVerification'),
    map('/requestParameters', { missing: 'Invalid parameter name specified' }),
    map('/requestTemplates', { missing: 'Content-Type specified was not found' }),
  ],
};

/** Changes what is behind a method. */
export function updateIntegration(
  dependencies: ApiGatewayDependencies,
): Operations['UpdateIntegration'] {
  return (context, { restApiId, patchOperations, ...input }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      const now = requireIntegration(record, input);
      const patched = applyPatch(INTEGRATION, now, patchOperations);
      const integration = completeIntegration(patched, input.resourceId);
      const method = requireMethod(record, input);
      checkIntegration(integration, method);
      const changed = { ...method, methodIntegration: integration };
      return [withMethod(record, input, changed), integration];
    });
}

interface ResponseInput extends MethodInput {
  readonly statusCode: string;
}

/** @throws AwsError NotFoundException */
function requireResponse(record: ApiRecord, input: ResponseInput): IntegrationResponse {
  const { integrationResponses } = requireIntegration(record, input);
  const response = integrationResponses?.[input.statusCode];
  if (response === undefined) throw noSuchStatus();
  return response;
}

function withResponse(
  record: ApiRecord,
  input: ResponseInput,
  response: IntegrationResponse | undefined,
): ApiRecord {
  const { integrationResponses = {}, ...rest } = requireIntegration(record, input);
  const others = without(integrationResponses, input.statusCode);
  const responses = response === undefined ? others : { ...others, [input.statusCode]: response };
  const methodIntegration: Integration =
    Object.keys(responses).length === 0 ? rest : { ...rest, integrationResponses: responses };
  return withMethod(record, input, { ...requireMethod(record, input), methodIntegration });
}

/** Says how what comes back becomes a response. */
export function putIntegrationResponse(
  dependencies: ApiGatewayDependencies,
): Operations['PutIntegrationResponse'] {
  return (context, { restApiId, resourceId, httpMethod, ...given }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      const input = { resourceId, httpMethod, statusCode: given.statusCode };
      requireIntegration(record, input);
      const response: IntegrationResponse = compact(given);
      return [withResponse(record, input, response), response];
    });
}

/** Tells of one response. */
export function getIntegrationResponse(
  dependencies: ApiGatewayDependencies,
): Operations['GetIntegrationResponse'] {
  return (context, { restApiId, ...input }) =>
    readApi<IntegrationResponse>(dependencies, context, restApiId, MISSING_RESOURCE).tell(
      (record) => requireResponse(record, input),
    );
}

/** Deletes one response. */
export function deleteIntegrationResponse(
  dependencies: ApiGatewayDependencies,
): Operations['DeleteIntegrationResponse'] {
  return (context, { restApiId, ...input }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      requireResponse(record, input);
      return [withResponse(record, input, undefined), {}];
    });
}

const INTEGRATION_RESPONSE: PatchTable = {
  refuse: refuseByPath,
  fields: [
    text('/selectionPattern'),
    text('/contentHandling', { ops: ['add', 'remove', 'replace'] }),
    map('/responseParameters', { missing: 'Invalid parameter name specified' }),
    map('/responseTemplates', { missing: 'Content-Type specified was not found' }),
  ],
};

/** Changes one response. */
export function updateIntegrationResponse(
  dependencies: ApiGatewayDependencies,
): Operations['UpdateIntegrationResponse'] {
  return (context, { restApiId, patchOperations, ...input }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      const now = requireResponse(record, input);
      const response = compact(applyPatch(INTEGRATION_RESPONSE, now, patchOperations));
      return [withResponse(record, input, response), response];
    });
}
