/** An API as an OpenAPI document: what a stage shows, with or without what only API Gateway reads. */
import type { Integration, Method } from '#aws/models/apigateway.types.gen.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import { compact, pathOf, type ApiContent } from '../model.ts';

export type ExportType = 'swagger' | 'oas30';

export interface ExportOptions {
  readonly type: ExportType;
  readonly host: string;
  readonly stage: string;
  readonly version: string;
  /** Whether `x-amazon-apigateway-integration` and its like are told. */
  readonly withIntegrations: boolean;
}

type Out = Record<string, unknown>;

/** The document. */
export function exportApi(content: ApiContent, options: ExportOptions): Out {
  const { api } = content;
  const { type, host, stage, version } = options;
  const isSwagger = type === 'swagger';
  const info = isSwagger
    ? compact({ description: api.description, version, title: api.name })
    : compact({ title: api.name, description: api.description, version });
  const head: Out = isSwagger
    ? { swagger: '2.0', info, host, basePath: `/${stage}`, schemes: ['https'] }
    : {
        openapi: '3.0.1',
        info,
        servers: [
          { url: `https://${host}/{basePath}`, variables: { basePath: { default: stage } } },
        ],
      };
  const schemas = schemasOf(content, isSwagger);
  const hasSchemas = Object.keys(schemas).length > 0;
  const types = api.binaryMediaTypes;
  return {
    ...head,
    paths: pathsOf(content, options),
    ...(hasSchemas && isSwagger ? { definitions: schemas } : {}),
    ...(isSwagger ? {} : { components: hasSchemas ? { schemas } : {} }),
    ...(options.withIntegrations && types
      ? { 'x-amazon-apigateway-binary-media-types': types }
      : {}),
  };
}

function referenceOf(isSwagger: boolean, model: string): Out {
  return { $ref: `#/${isSwagger ? 'definitions' : 'components/schemas'}/${model}` };
}

function schemasOf({ models, resources }: ApiContent, isSwagger: boolean): Out {
  const isNew = Object.values(models).every(({ name }) => name === 'Empty' || name === 'Error');
  const used = JSON.stringify(resources);
  const shown = Object.values(models).filter(
    ({ name }) => !isNew || used.includes(`:"${name ?? ''}"`),
  );
  return Object.fromEntries(
    shown.map(({ name, schema }) => [name, withReferences(parseJson(schema ?? '{}'), isSwagger)]),
  );
}

function withReferences(value: unknown, isSwagger: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => withReferences(one, isSwagger));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const model = typeof member === 'string' ? /\/models\/(\w+)$/.exec(member)?.[1] : undefined;
    if (name === '$ref' && model !== undefined) {
      return [name, referenceOf(isSwagger, model)['$ref']];
    }
    return [name, withReferences(member, isSwagger)];
  });
  return Object.fromEntries(members.filter(([name]) => name !== '$schema'));
}

function pathsOf(content: ApiContent, options: ExportOptions): Out {
  const paths = Object.values(content.resources)
    .filter(({ methods }) => Object.keys(methods).length > 0)
    .map((resource) => {
      const operations = Object.values(resource.methods).map((method) => {
        const name = method.httpMethod ?? '';
        const key = name === 'ANY' ? 'x-amazon-apigateway-any-method' : name.toLowerCase();
        return [key, operationOf(content, method, options)] as const;
      });
      return [pathOf(content.resources, resource), Object.fromEntries(operations)] as const;
    });
  paths.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(paths);
}

function operationOf(content: ApiContent, method: Method, options: ExportOptions): Out {
  const isSwagger = options.type === 'swagger';
  const { methodIntegration: integration } = method;
  const validator = content.validators[method.requestValidatorId ?? ''];
  return {
    ...compact({ operationId: method.operationName }),
    ...(isSwagger ? swaggerTypes(method) : {}),
    ...compact({ parameters: parametersOf(method, isSwagger) }),
    ...(isSwagger || method.requestModels === undefined
      ? {}
      : { requestBody: { content: contentOf(method.requestModels), required: true } }),
    responses: responsesOf(method, isSwagger),
    ...compact({ security: securityOf(content, method) }),
    ...(options.withIntegrations && validator?.name
      ? { 'x-amazon-apigateway-request-validator': validator.name }
      : {}),
    ...(options.withIntegrations && integration
      ? { 'x-amazon-apigateway-integration': exportIntegration(integration) }
      : {}),
  };
}

function securityOf({ authorizers }: ApiContent, method: Method): readonly Out[] {
  const authorizer = authorizers[method.authorizerId ?? ''];
  const demands: Out[] = [];
  if (method.authorizationType === 'AWS_IAM') demands.push({ sigv4: [] });
  if (authorizer?.name) demands.push({ [authorizer.name]: method.authorizationScopes ?? [] });
  if (method.apiKeyRequired === true) demands.push({ api_key: [] });
  return demands;
}

/** Media types of what the method takes and answers: those of its models, and of its integration's templates. */
function swaggerTypes(method: Method): Out {
  const { requestModels = {}, methodResponses = {}, methodIntegration = {} } = method;
  const { requestTemplates = {}, integrationResponses = {} } = methodIntegration;
  const consumes = [...Object.keys(requestModels), ...Object.keys(requestTemplates)];
  const produces = [
    ...Object.values(methodResponses).flatMap(({ responseModels = {} }) =>
      Object.keys(responseModels),
    ),
    ...Object.values(integrationResponses).flatMap(({ responseTemplates = {} }) =>
      Object.keys(responseTemplates),
    ),
  ];
  return compact({ consumes: [...new Set(consumes)], produces: [...new Set(produces)] });
}

const PLACES: Readonly<Record<string, string>> = {
  querystring: 'query',
  header: 'header',
  path: 'path',
};

function parametersOf(method: Method, isSwagger: boolean): readonly Out[] {
  const named = Object.entries(method.requestParameters ?? {}).map(([key, required]): Out => {
    const [, , place = '', ...rest] = key.split('.');
    const head = { name: rest.join('.'), in: PLACES[place] ?? place };
    if (isSwagger) return { ...head, required, type: 'string' };
    return { ...head, ...(required ? { required } : {}), schema: { type: 'string' } };
  });
  const [model] = Object.values(method.requestModels ?? {});
  if (!isSwagger || model === undefined) return named;
  const schema = referenceOf(true, model);
  return [...named, { in: 'body', name: model, required: true, schema }];
}

function contentOf(models: Readonly<Record<string, string>>): Out {
  return Object.fromEntries(
    Object.entries(models).map(([type, model]) => [type, { schema: referenceOf(false, model) }]),
  );
}

function responsesOf({ methodResponses = {} }: Method, isSwagger: boolean): Out {
  const responses = Object.entries(methodResponses).map(([status, response]) => {
    const { responseParameters = {}, responseModels } = response;
    const names = Object.keys(responseParameters).map((key) => key.split('.').slice(3).join('.'));
    const text = { type: 'string' };
    const headers = names.map((name) => [name, isSwagger ? text : { schema: text }] as const);
    const [model] = Object.values(responseModels ?? {});
    const described = { description: `${status} response` };
    const shown = compact({ headers: Object.fromEntries(headers) });
    if (!isSwagger) {
      return [status, { ...described, ...shown, content: contentOf(responseModels ?? {}) }];
    }
    const schema = model === undefined ? {} : { schema: referenceOf(true, model) };
    return [status, { ...described, ...schema, ...shown }];
  });
  return Object.fromEntries(responses);
}

function exportIntegration(integration: Integration): Out {
  const responses = Object.values(integration.integrationResponses ?? {}).map((response) => {
    const { selectionPattern, ...rest } = response;
    return [
      selectionPattern === undefined || selectionPattern === '' ? 'default' : selectionPattern,
      rest,
    ];
  });
  const { type = '', httpMethod, uri, credentials, timeoutInMillis } = integration;
  return compact({
    type: type.toLowerCase(),
    credentials,
    httpMethod,
    uri,
    responses: Object.fromEntries(responses),
    requestParameters: integration.requestParameters,
    requestTemplates: integration.requestTemplates,
    passthroughBehavior: integration.passthroughBehavior?.toLowerCase(),
    contentHandling: integration.contentHandling,
    timeoutInMillis: timeoutInMillis === 29_000 ? undefined : timeoutInMillis,
    connectionId: integration.connectionId,
  });
}
