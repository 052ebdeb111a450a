import { shortId } from '#aws/execute-api/index.ts';
import type { Operations } from '#aws/models/apigatewayv2.types.gen.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { Transaction } from '#ports/world/database.ts';
import { readOpenApi } from '#aws/read-openapi.ts';
import { yaml } from '#aws/yaml.ts';
import { checkAuthorizer } from '../check-authorizer.ts';
import { checkCors, checkTags } from '../check-settings.ts';
import { checkRoute } from '../check-route.ts';
import { changeApi, snapshotOf } from '../deploy.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { badRequest } from '../errors.ts';
import { partsOf, requireApi, requirePart } from '../find-parts.ts';
import { integrationOf } from '../integration.ts';
import type { OwnedApi, Snapshot } from '../model.ts';
import { isWebSocket } from '../protocol.ts';
import {
  readDefinition,
  requireImportable,
  type Basepath,
  type Definition,
} from '../openapi/read-definition.ts';
import { writeDefinition } from '../openapi/write-definition.ts';
import { deletePartsOfKind, saveApi, savePart } from '../store.ts';
import { API_ID_LENGTH, apiOf, describeApi } from './apis.ts';

const ID_LENGTH = 7;
const AUTHORIZER_ID_LENGTH = 6;

/** Makes an API from its definition; stages are made by whoever wants one. */
export function importApi(dependencies: Apigatewayv2Dependencies): Operations['ImportApi'] {
  return async ({ accountId, region, signal }, input) => {
    const definition = await definitionOf(dependencies, input, signal);
    const apiId = shortId(dependencies.random, API_ID_LENGTH);
    const api = apiOf(dependencies, apiId, settingsOf(definition));
    const owned: OwnedApi = { accountId, region, apiId, api };
    await dependencies.database.transact(async (tx) => {
      await saveApi(tx, owned);
      await saveDefinition(dependencies, tx, owned, definition);
    });
    return describeApi(dependencies, owned);
  };
}

/** Puts what a definition says in the place of all routes, integrations and authorizers. */
export function reimportApi(dependencies: Apigatewayv2Dependencies): Operations['ReimportApi'] {
  return async (context, input) => {
    const definition = await definitionOf(dependencies, input, context.signal);
    return changeApi(dependencies, context, input.ApiId, async (tx, known) => {
      if (isWebSocket(known.api)) throw badRequest('Definitions are of HTTP APIs alone');
      const { CreatedDate } = known.api;
      const api = {
        ...apiOf(dependencies, known.apiId, settingsOf(definition)),
        ...(CreatedDate === undefined ? {} : { CreatedDate }),
        Tags: { ...known.api.Tags, ...definition.tags },
      };
      const owned = { ...known, api };
      await saveApi(tx, owned);
      for (const kind of ['route', 'integration', 'authorizer'] as const) {
        await deletePartsOfKind(tx, partsOf(owned), kind);
      }
      await saveDefinition(dependencies, tx, owned, definition);
      return describeApi(dependencies, owned);
    });
  };
}

async function definitionOf(
  dependencies: Apigatewayv2Dependencies,
  { Body, Basepath = 'ignore' }: { readonly Body: string; readonly Basepath?: string },
  signal: AbortSignal,
): Promise<Definition> {
  if (!isBasepath(Basepath)) {
    throw badRequest(`Invalid basepath ${Basepath}: it is ignore, prepend or split`);
  }
  const document = requireImportable(await readOpenApi(dependencies, Body, signal));
  const definition = readDefinition(document, Basepath);
  checkTags(definition.tags);
  if (definition.cors !== undefined) checkCors(definition.cors);
  return definition;
}

function isBasepath(text: string): text is Basepath {
  return text === 'ignore' || text === 'prepend' || text === 'split';
}

function settingsOf({ name, version, description, cors, tags, ...rest }: Definition) {
  return {
    Name: name,
    ProtocolType: 'HTTP',
    ...(version === undefined ? {} : { Version: version }),
    ...(description === undefined ? {} : { Description: description }),
    ...(cors === undefined ? {} : { CorsConfiguration: cors }),
    DisableExecuteApiEndpoint: rest.isEndpointDisabled,
    Tags: tags,
  };
}

/** @throws AwsError BadRequestException, ConflictException: then nothing of the definition is kept */
async function saveDefinition(
  { random }: Apigatewayv2Dependencies,
  tx: Transaction,
  owned: OwnedApi,
  { authorizers, routes }: Definition,
): Promise<void> {
  const owner = partsOf(owned);
  const authorizerIds = new Map<string, string>();
  for (const [name, authorizer] of authorizers) {
    const id = shortId(random, AUTHORIZER_ID_LENGTH);
    const body = { ...authorizer, AuthorizerId: id };
    checkAuthorizer(owned.api, body);
    await savePart(tx, owner, { kind: 'authorizer', id, body });
    authorizerIds.set(name, id);
  }
  for (const { routeKey, operationName, integration, authorizerName, authorization } of routes) {
    const integrationId = integration && shortId(random, ID_LENGTH);
    if (integration !== undefined && integrationId !== undefined) {
      const body = { ...integrationOf(owned.api, integration), IntegrationId: integrationId };
      await savePart(tx, owner, { kind: 'integration', id: integrationId, body });
    }
    const id = shortId(random, ID_LENGTH);
    const authorizerId = authorizerIds.get(authorizerName ?? '');
    const body = {
      ApiKeyRequired: false,
      ...authorization,
      ...(authorizerId === undefined ? {} : { AuthorizerId: authorizerId }),
      ...(operationName === undefined ? {} : { OperationName: operationName }),
      RouteId: id,
      RouteKey: routeKey,
      ...(integrationId === undefined ? {} : { Target: `integrations/${integrationId}` }),
    };
    await checkRoute(tx, owned, body);
    await savePart(tx, owner, { kind: 'route', id, body });
  }
}

/** Tells an API, or what a stage of it serves, as OpenAPI 3.0 in JSON or YAML. */
export function exportApi({ database }: Apigatewayv2Dependencies): Operations['ExportApi'] {
  return async (context, input) => {
    const { ApiId, OutputType, Specification, StageName, IncludeExtensions = true } = input;
    if (Specification !== 'OAS30') throw badRequest('Invalid specification: it must be OAS30');
    if (OutputType !== 'JSON' && OutputType !== 'YAML') {
      throw badRequest('Invalid output type: it must be JSON or YAML');
    }
    const exported = await database.read(async (queries) => {
      const owned = await requireApi(queries, context, ApiId);
      if (isWebSocket(owned.api)) throw badRequest('Definitions are of HTTP APIs alone');
      if (StageName === undefined) return { owned, snapshot: await snapshotOf(queries, owned) };
      const { DeploymentId = '' } = await requirePart(queries, partsOf(owned), 'stage', StageName);
      const kept = await requirePart(queries, partsOf(owned), 'deployment', DeploymentId);
      return { owned, snapshot: kept.snapshot };
    });
    const { owned, snapshot }: { owned: OwnedApi; snapshot: Snapshot } = exported;
    const { api } = owned;
    const document = writeDefinition({ api, snapshot, hasExtensions: IncludeExtensions });
    const text =
      OutputType === 'JSON' ? JSON.stringify(document, null, 2) : yaml().stringify(document);
    return { body: utf8(text) };
  };
}
