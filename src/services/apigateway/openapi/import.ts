/**
 * An API made of an OpenAPI document and its `x-amazon-apigateway-` members.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
import type { Authorizer, RestApi } from '#aws/models/apigateway.types.gen.ts';
import { nodeOf, nodesOf, plainTextOf, stringOf, textMapOf, type Node } from '#aws/openapi.ts';
import type { Random } from '#ports/world/random.ts';
import { badRequest } from '../errors.ts';
import { isResponseType, setResponse } from '../gateway-responses.ts';
import { newId } from '../ids.ts';
import { compact, type ApiRecord, type ById, type ResourceRecord } from '../model.ts';
import { checkResources } from '../operations/resources.ts';
import { isSwagger } from './document.ts';
import { importMethods, type MethodScope } from './import-methods.ts';
import { importModels } from './import-models.ts';
import { importAuthorizers } from './import-security.ts';

export type BasePathMode = 'ignore' | 'prepend' | 'split';

export interface ImportOptions {
  readonly mode: 'merge' | 'overwrite';
  readonly basePath: BasePathMode;
  readonly random: Random;
}

export interface Imported {
  readonly record: ApiRecord;
  readonly warnings: readonly string[];
}

/**
 * The API with what the document says, in place of what it had or added to that.
 * @throws AwsError BadRequestException
 */
export function importApi(record: ApiRecord, document: Node, options: ImportOptions): Imported {
  if (!isSwagger(document) && stringOf(document, 'openapi')?.startsWith('3') !== true) {
    throw badRequest('Invalid OpenAPI input.');
  }
  const { mode, random } = options;
  const isMerge = mode === 'merge';
  const models = importModels(document, record.id, random);
  const validators = importValidators(document, random);
  const authorizers = importAuthorizers(document, random);
  const base: ApiRecord = {
    ...record,
    api: apiOf(record.api, document, isMerge),
    resources: isMerge ? record.resources : rootOf(record),
    models: isMerge ? { ...record.models, ...models } : models,
    validators: isMerge ? { ...record.validators, ...byId(validators) } : byId(validators),
    authorizers: isMerge ? { ...record.authorizers, ...byId(authorizers) } : byId(authorizers),
    gatewayResponses: {
      ...(isMerge ? record.gatewayResponses : {}),
      ...importGatewayResponses(document),
    },
  };
  return importPaths(base, { document, validators, authorizers }, options);
}

function rootOf({ resources }: ApiRecord): ById<ResourceRecord> {
  const root = Object.values(resources).find(({ parentId }) => parentId === undefined);
  return root === undefined ? {} : { [root.id]: { id: root.id, methods: {} } };
}

function byId<Value extends { readonly id?: string }>(values: readonly Value[]): ById<Value> {
  return Object.fromEntries(values.map((value) => [value.id ?? '', value]));
}

function apiOf(api: RestApi, document: Node, isMerge: boolean): RestApi {
  const info = nodeOf(document, 'info');
  const types = document['x-amazon-apigateway-binary-media-types'];
  const given = Array.isArray(types) ? types.map(String) : undefined;
  const kept = api.binaryMediaTypes ?? [];
  const binaryMediaTypes = isMerge && given ? [...new Set([...kept, ...given])] : given;
  const policy = document['x-amazon-apigateway-policy'];
  const size = document['x-amazon-apigateway-minimum-compression-size'];
  return compact({
    ...api,
    name: stringOf(info, 'title') ?? api.name,
    description: stringOf(info, 'description') ?? (isMerge ? api.description : undefined),
    version: plainTextOf(info, 'version'),
    apiKeySource: stringOf(document, 'x-amazon-apigateway-api-key-source') ?? api.apiKeySource,
    binaryMediaTypes: binaryMediaTypes ?? (isMerge ? api.binaryMediaTypes : undefined),
    minimumCompressionSize: typeof size === 'number' ? size : api.minimumCompressionSize,
    policy: policy === undefined ? api.policy : JSON.stringify(policy),
  });
}

function importValidators(document: Node, random: Random) {
  const validators = nodeOf(document, 'x-amazon-apigateway-request-validators');
  return Object.keys(validators).map((name) => ({
    id: newId(random),
    name,
    validateRequestBody: nodeOf(validators, name)['validateRequestBody'] === true,
    validateRequestParameters: nodeOf(validators, name)['validateRequestParameters'] === true,
  }));
}

function importGatewayResponses(document: Node): ApiRecord['gatewayResponses'] {
  const responses = nodeOf(document, 'x-amazon-apigateway-gateway-responses');
  const set = Object.keys(responses)
    .filter(isResponseType)
    .map((type) => {
      const node = nodeOf(responses, type);
      const given = compact({
        statusCode: plainTextOf(node, 'statusCode'),
        responseParameters: textMapOf(node, 'responseParameters'),
        responseTemplates: textMapOf(node, 'responseTemplates'),
      });
      return [type, setResponse(type, given)] as const;
    });
  return Object.fromEntries(set);
}

interface Named {
  readonly document: Node;
  readonly validators: MethodScope['validators'];
  readonly authorizers: readonly Authorizer[];
}

function importPaths(base: ApiRecord, named: Named, options: ImportOptions): Imported {
  const { document } = named;
  const prefix = prefixOf(document, options.basePath);
  const warnings: string[] = [];
  let resources = base.resources;
  const rootId = Object.values(resources).find(({ parentId }) => parentId === undefined)?.id ?? '';
  const paths = nodeOf(document, 'paths');
  for (const path of Object.keys(paths)) {
    const parts = [...prefix, ...path.split('/').filter((part) => part !== '')];
    let at = rootId;
    for (const pathPart of parts) {
      const found = Object.values(resources).find(
        (one) => one.parentId === at && one.pathPart === pathPart,
      );
      const next = found ?? { id: newId(options.random), parentId: at, pathPart, methods: {} };
      resources = { ...resources, [next.id]: next };
      checkResources(resources);
      at = next.id;
    }
    const resource = resources[at];
    if (resource === undefined) continue;
    const scope: MethodScope = {
      ...named,
      resourceId: at,
      path: `/${parts.join('/')}`,
      warn: (warning) => warnings.push(warning),
    };
    const methods = importMethods(scope, nodeOf(paths, path));
    resources = {
      ...resources,
      [at]: { ...resource, methods: { ...resource.methods, ...methods } },
    };
  }
  return { record: { ...base, resources }, warnings };
}

/**
 * The parts that a base path puts before each path.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-basePath.html
 */
function prefixOf(document: Node, mode: BasePathMode): readonly string[] {
  if (mode === 'ignore') return [];
  const parts = basePathOf(document)
    .split('/')
    .filter((part) => part !== '');
  return mode === 'split' ? parts.slice(1) : parts;
}

function basePathOf(document: Node): string {
  if (isSwagger(document)) return stringOf(document, 'basePath') ?? '';
  const [server] = nodesOf(document, 'servers');
  if (server === undefined) return '';
  const variables = nodeOf(server, 'variables');
  const basePath = stringOf(nodeOf(variables, 'basePath'), 'default');
  if (basePath !== undefined) return basePath;
  const url = stringOf(server, 'url') ?? '';
  return url.replace(/^[a-z]+:\/\/[^/]*/i, '');
}
