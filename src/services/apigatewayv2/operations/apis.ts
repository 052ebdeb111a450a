import { shortId } from '#aws/execute-api/index.ts';
import type {
  Api,
  CreateApiRequest,
  Operations,
  UpdateApiRequest,
} from '#aws/models/apigatewayv2.types.gen.ts';
import { clientOrigin } from '#aws/proxy/index.ts';
import type { Transaction } from '#ports/world/database.ts';
import { checkCors, checkTags } from '../check-settings.ts';
import { changeApi } from '../deploy.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { badRequest } from '../errors.ts';
import { requireApi } from '../find-parts.ts';
import { NAME_LENGTH_MAX } from '../limits.ts';
import type { OwnedApi } from '../model.ts';
import { pageOf } from '../paging.ts';
import { checkProtocolSettings, isWebSocket, selectionOf } from '../protocol.ts';
import { isQuickCreate, quickCreate, updateQuickCreated } from '../quick-create.ts';
import { deleteApiRows, listApis, listParts, saveApi } from '../store.ts';

export const API_ID_LENGTH = 10;

/** Makes an API; with a target also its route, its integration and a stage that deploys by itself. */
export function createApi(dependencies: Apigatewayv2Dependencies): Operations['CreateApi'] {
  const { database, random } = dependencies;
  return async (context, input) => {
    if (!['HTTP', 'WEBSOCKET'].includes(input.ProtocolType)) {
      throw badRequest('Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]');
    }
    checkSettings(input);
    checkProtocolSettings(input, input);
    checkTags(input.Tags ?? {});
    const { accountId, region } = context;
    const apiId = shortId(random, API_ID_LENGTH);
    const api = apiOf(dependencies, apiId, input);
    const owned = await database.transact(async (tx) => {
      const made: OwnedApi = { accountId, region, apiId, api };
      await saveApi(tx, made);
      if (isQuickCreate(input)) await quickCreate(dependencies, tx, made, input);
      return made;
    });
    return describeApi(dependencies, owned);
  };
}

/** An API with AWS's defaults, made now. */
export function apiOf(
  { clock }: Apigatewayv2Dependencies,
  apiId: string,
  input: Omit<CreateApiRequest, 'Target' | 'RouteKey' | 'CredentialsArn'>,
): Api {
  const { CorsConfiguration, Description, Version } = input;
  return {
    ApiId: apiId,
    ApiKeySelectionExpression: input.ApiKeySelectionExpression ?? '$request.header.x-api-key',
    ...(CorsConfiguration === undefined ? {} : { CorsConfiguration }),
    CreatedDate: clock.now(),
    ...(Description === undefined ? {} : { Description }),
    DisableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? false,
    ...(isWebSocket(input)
      ? { DisableSchemaValidation: input.DisableSchemaValidation ?? false }
      : {}),
    IpAddressType: input.IpAddressType ?? 'ipv4',
    Name: input.Name,
    ProtocolType: input.ProtocolType,
    RouteSelectionExpression: selectionOf(input),
    Tags: input.Tags ?? {},
    ...(Version === undefined ? {} : { Version }),
  };
}

/** Tells of one API. */
export function getApi(dependencies: Apigatewayv2Dependencies): Operations['GetApi'] {
  return async (context, { ApiId }) =>
    describeApi(
      dependencies,
      await dependencies.database.read((queries) => requireApi(queries, context, ApiId)),
    );
}

/** Lists the APIs of the account in the Region, a page at a time. */
export function getApis(dependencies: Apigatewayv2Dependencies): Operations['GetApis'] {
  return async (context, input) => {
    const apis = await dependencies.database.read((queries) => listApis(queries, context));
    const { Items, ...next } = pageOf(apis, input);
    return { Items: Items.map((owned) => describeApi(dependencies, owned)), ...next };
  };
}

/** Changes what is given. */
export function updateApi(dependencies: Apigatewayv2Dependencies): Operations['UpdateApi'] {
  return async (context, input) => {
    checkSettings(input);
    const { ApiId, RouteKey: _key, Target: _target, CredentialsArn: _role, ...changes } = input;
    return changeApi(dependencies, context, ApiId, async (tx, owned) => {
      checkProtocolSettings(owned.api, input);
      const { DisableSchemaValidation: _validation, ...ofHttp } = changes;
      const kept = isWebSocket(owned.api) ? changes : ofHttp;
      const api = { ...owned.api, ...kept };
      const changed: OwnedApi = {
        ...owned,
        api: { ...api, RouteSelectionExpression: selectionOf(api) },
      };
      await saveApi(tx, changed);
      await updateQuickCreated(tx, changed, input);
      return describeApi(dependencies, changed);
    });
  };
}

/** Deletes an API, its stages and all; domains lead to it no more. */
export function deleteApi({ database }: Apigatewayv2Dependencies): Operations['DeleteApi'] {
  return async (context, { ApiId }) => {
    await database.transact(async (tx) => {
      const owned = await requireApi(tx, context, ApiId);
      await refuseMapped(tx, owned);
      await deleteApiRows(tx, owned);
    });
    return {};
  };
}

/** @throws AwsError BadRequestException while a domain leads to the API */
async function refuseMapped(tx: Transaction, owned: OwnedApi): Promise<void> {
  const { accountId, region, apiId } = owned;
  for (const domain of await listParts(tx, { accountId, region, owner: '' }, 'domain-name')) {
    const owner = { accountId, region, owner: domain.DomainName };
    const mappings = await listParts(tx, owner, 'api-mapping');
    if (!mappings.some(({ ApiId }) => ApiId === apiId)) continue;
    throw badRequest(
      `Deleting API ${apiId} failed. Please remove all base path mappings related to the API in your domains`,
    );
  }
}

/** Takes the CORS rules away: preflights go to the routes again. */
export function deleteCorsConfiguration(
  dependencies: Apigatewayv2Dependencies,
): Operations['DeleteCorsConfiguration'] {
  return async (context, { ApiId }) => {
    await changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const { CorsConfiguration: _cors, ...api } = owned.api;
      await saveApi(tx, { ...owned, api });
    });
    return {};
  };
}

/** @throws AwsError BadRequestException */
function checkSettings(input: Partial<CreateApiRequest> & Partial<UpdateApiRequest>): void {
  const { Name, CorsConfiguration } = input;
  if (Name !== undefined && (Name.length === 0 || Name.length > NAME_LENGTH_MAX)) {
    throw badRequest('Name must be between 1 and 128 characters long.');
  }
  if (CorsConfiguration !== undefined) checkCors(CorsConfiguration);
}

/** The API as it is told, with the place at which it is reached. */
export function describeApi(
  { host, endpointUrl }: Pick<Apigatewayv2Dependencies, 'host' | 'endpointUrl'>,
  { api, apiId, region }: OwnedApi,
): Api {
  const origin = clientOrigin(endpointUrl ?? `http://${host()}`);
  const protocol = isWebSocket(api) ? origin.protocol.replace('http', 'ws') : origin.protocol;
  return {
    ...api,
    ApiEndpoint: `${protocol}//${apiId}.execute-api.${region}.${origin.host}`,
  };
}
