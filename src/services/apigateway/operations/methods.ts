import type { Method, MethodResponse, Operations } from '#aws/models/apigateway.types.gen.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, conflict, noSuchStatus } from '../errors.ts';
import {
  changeApi,
  MISSING_RESOURCE,
  readApi,
  requireMethod,
  requireResource,
  withMethod,
} from '../find-parts.ts';
import { compact, HTTP_METHODS, without, type ApiRecord } from '../model.ts';
import {
  applyPatch,
  flag,
  list,
  map,
  refuseByPath,
  text,
  type PatchTable,
} from '../patch/index.ts';

const NEEDS_AUTHORIZER: ReadonlySet<string> = new Set(['CUSTOM', 'COGNITO_USER_POOLS']);

/** Makes a method of a resource. */
export function putMethod(dependencies: ApiGatewayDependencies): Operations['PutMethod'] {
  return (context, { restApiId, resourceId, ...input }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      const { httpMethod } = input;
      const { methods } = requireResource(record, resourceId);
      if (!HTTP_METHODS.some((one) => one === httpMethod)) {
        const valid = HTTP_METHODS.join(',');
        throw badRequest(`Invalid HttpMethod specified. Valid options are ${valid}`);
      }
      if (methods[httpMethod] !== undefined) {
        throw conflict('Method already exists for this resource');
      }
      const authorizationType = input.authorizationType.toUpperCase();
      const method: Method = compact({
        ...input,
        authorizationType,
        apiKeyRequired: input.apiKeyRequired ?? false,
      });
      checkMethod(record, method);
      return [withMethod(record, { resourceId, httpMethod }, method), method];
    });
}

/**
 * Whether what a method names is there.
 * @throws AwsError BadRequestException
 */
function checkMethod(record: ApiRecord, method: Method): void {
  const { authorizationType = 'NONE', authorizerId = '', requestValidatorId } = method;
  if (NEEDS_AUTHORIZER.has(authorizationType) && !Object.hasOwn(record.authorizers, authorizerId)) {
    throw badRequest(
      'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
    );
  }
  if (requestValidatorId !== undefined && !Object.hasOwn(record.validators, requestValidatorId)) {
    throw badRequest('Invalid Request Validator identifier specified');
  }
  checkModels(record, method.requestModels);
  checkParameters(method);
}

function checkModels({ models }: ApiRecord, named: Method['requestModels'] = {}): void {
  const unknown = Object.values(named).find((name) => !Object.hasOwn(models, name));
  if (unknown !== undefined) throw badRequest(`Invalid model identifier specified: ${unknown}`);
}

/** `method.request.header.Accept`: one name may stand in one place. */
function checkParameters({ requestParameters = {} }: Method): void {
  const names = Object.keys(requestParameters);
  const wrong = names.find(
    (name) => !/^method\.request\.(?:querystring|header|path|body)\b/.test(name),
  );
  if (wrong !== undefined) {
    throw badRequest(
      `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${wrong}]`,
    );
  }
  const short = names.map((name) => name.split('.').slice(3).join('.'));
  if (new Set(short).size === short.length) return;
  throw badRequest('Parameter names must be unique across querystring, header and path');
}

/** Tells of one method, with its integration and its responses. */
export function getMethod(dependencies: ApiGatewayDependencies): Operations['GetMethod'] {
  return (context, { restApiId, ...input }) =>
    readApi<Method>(dependencies, context, restApiId, MISSING_RESOURCE).tell((record) =>
      requireMethod(record, input),
    );
}

/** Deletes a method with its integration. */
export function deleteMethod(dependencies: ApiGatewayDependencies): Operations['DeleteMethod'] {
  return (context, { restApiId, ...input }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      requireMethod(record, input);
      const resource = requireResource(record, input.resourceId);
      const changed = { ...resource, methods: without(resource.methods, input.httpMethod) };
      return [{ ...record, resources: { ...record.resources, [resource.id]: changed } }, {}];
    });
}

const ADD_REMOVE = ['add', 'remove'];
const MISSING_PARAMETER = 'Invalid parameter name specified';
const MISSING_CONTENT_TYPE = 'Content-Type specified was not found';

const METHOD: PatchTable = {
  refuse: refuseByPath,
  fields: [
    text('/authorizationType', { read: (value) => value?.toUpperCase() }),
    text('/authorizerId'),
    flag('/apiKeyRequired'),
    text('/operationName'),
    text('/requestValidatorId', { read: (value) => (value === '' ? undefined : value) }),
    list('/authorizationScopes', ADD_REMOVE),
    map('/requestParameters', {
      read: (value) => value?.toLowerCase() === 'true',
      missing: MISSING_PARAMETER,
    }),
    map('/requestModels', { missing: MISSING_CONTENT_TYPE }),
  ],
};

/** Changes a method. */
export function updateMethod(dependencies: ApiGatewayDependencies): Operations['UpdateMethod'] {
  return (context, { restApiId, patchOperations, ...input }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      const method = compact(applyPatch(METHOD, requireMethod(record, input), patchOperations));
      checkMethod(record, method);
      return [withMethod(record, input, method), method];
    });
}

interface ResponseInput {
  readonly resourceId: string;
  readonly httpMethod: string;
  readonly statusCode: string;
}

/** @throws AwsError NotFoundException */
function requireResponse(record: ApiRecord, input: ResponseInput): MethodResponse {
  const response = requireMethod(record, input).methodResponses?.[input.statusCode];
  if (response === undefined) throw noSuchStatus();
  return response;
}

function withResponse(
  record: ApiRecord,
  input: ResponseInput,
  response: MethodResponse | undefined,
): ApiRecord {
  const method = requireMethod(record, input);
  const others = without(method.methodResponses ?? {}, input.statusCode);
  const methodResponses =
    response === undefined ? others : { ...others, [input.statusCode]: response };
  return withMethod(record, input, compact({ ...method, methodResponses }));
}

/** Makes a response of a method. */
export function putMethodResponse(
  dependencies: ApiGatewayDependencies,
): Operations['PutMethodResponse'] {
  return (context, { restApiId, ...input }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      const method = requireMethod(record, input);
      if (method.methodResponses?.[input.statusCode] !== undefined) {
        throw conflict('Response already exists for this resource');
      }
      checkModels(record, input.responseModels);
      const { statusCode, responseParameters, responseModels } = input;
      const response: MethodResponse = compact({ statusCode, responseParameters, responseModels });
      return [withResponse(record, input, response), response];
    });
}

/** Tells of one response. */
export function getMethodResponse(
  dependencies: ApiGatewayDependencies,
): Operations['GetMethodResponse'] {
  return (context, { restApiId, ...input }) =>
    readApi<MethodResponse>(dependencies, context, restApiId, MISSING_RESOURCE).tell((record) =>
      requireResponse(record, input),
    );
}

/** Deletes one response. */
export function deleteMethodResponse(
  dependencies: ApiGatewayDependencies,
): Operations['DeleteMethodResponse'] {
  return (context, { restApiId, ...input }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      requireResponse(record, input);
      return [withResponse(record, input, undefined), {}];
    });
}

const METHOD_RESPONSE: PatchTable = {
  refuse: refuseByPath,
  fields: [
    map('/responseParameters', {
      read: (value) => value?.toLowerCase() === 'true',
      missing: MISSING_PARAMETER,
    }),
    map('/responseModels', { missing: MISSING_CONTENT_TYPE }),
  ],
};

/** Changes one response. */
export function updateMethodResponse(
  dependencies: ApiGatewayDependencies,
): Operations['UpdateMethodResponse'] {
  return (context, { restApiId, patchOperations, ...input }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING_RESOURCE }, (record) => {
      const now = requireResponse(record, input);
      const response = compact(applyPatch(METHOD_RESPONSE, now, patchOperations));
      return [withResponse(record, input, response), response];
    });
}
