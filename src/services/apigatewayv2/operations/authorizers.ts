import { shortId, type AuthorizerAnswers } from '#aws/execute-api/index.ts';
import type { Authorizer, Operations } from '#aws/models/apigatewayv2.types.gen.ts';
import { checkAuthorizer } from '../check-authorizer.ts';
import { changeApi } from '../deploy.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { conflict, tooMany } from '../errors.ts';
import { partNotFound, partsOf, requireApi, requirePart } from '../find-parts.ts';
import { AUTHORIZER_TTL_SECONDS_DEFAULT, AUTHORIZERS_MAX } from '../limits.ts';
import { isWebSocket } from '../protocol.ts';
import { deletePart, listParts, savePart } from '../store.ts';
import { listPage, readPart } from './read-parts.ts';

const ID_LENGTH = 6;

/** Makes an authorizer, which routes may name. */
export function createAuthorizer(
  dependencies: Apigatewayv2Dependencies,
): Operations['CreateAuthorizer'] {
  return async (context, { ApiId, ...settings }) =>
    changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const owner = partsOf(owned);
      if ((await listParts(tx, owner, 'authorizer')).length >= AUTHORIZERS_MAX) {
        throw tooMany(`Maximum number of authorizers for this API is ${AUTHORIZERS_MAX}`);
      }
      const id = shortId(dependencies.random, ID_LENGTH);
      const body: Authorizer = {
        ...(isWebSocket(owned.api) ? settings : withDefaults(settings)),
        AuthorizerId: id,
      };
      checkAuthorizer(owned.api, body);
      await savePart(tx, owner, { kind: 'authorizer', id, body });
      return body;
    });
}

/** Answers are kept for five minutes, where it can be told who asks. */
function withDefaults(settings: Authorizer): Authorizer {
  if (settings.AuthorizerType !== 'REQUEST') return settings;
  const isCached = (settings.IdentitySource ?? []).length > 0;
  const { EnableSimpleResponses = false } = settings;
  const { AuthorizerResultTtlInSeconds = isCached ? AUTHORIZER_TTL_SECONDS_DEFAULT : 0 } = settings;
  return { ...settings, EnableSimpleResponses, AuthorizerResultTtlInSeconds };
}

/** Tells of one authorizer. */
export function getAuthorizer({ database }: Apigatewayv2Dependencies): Operations['GetAuthorizer'] {
  return async (context, { ApiId, AuthorizerId }) =>
    readPart(database, { context, ApiId }, 'authorizer', AuthorizerId);
}

/** Lists an API's authorizers, a page at a time. */
export function getAuthorizers({
  database,
}: Apigatewayv2Dependencies): Operations['GetAuthorizers'] {
  return async (context, input) => listPage(database, context, input, 'authorizer');
}

/** Changes what is given. */
export function updateAuthorizer(
  dependencies: Apigatewayv2Dependencies,
): Operations['UpdateAuthorizer'] {
  return async (context, { ApiId, AuthorizerId: id, ...changes }) =>
    changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const known = await requirePart(tx, partsOf(owned), 'authorizer', id);
      const body: Authorizer = { ...known, ...changes };
      checkAuthorizer(owned.api, body);
      await savePart(tx, partsOf(owned), { kind: 'authorizer', id, body });
      return body;
    });
}

/** Deletes an authorizer that no route asks. */
export function deleteAuthorizer(
  dependencies: Apigatewayv2Dependencies,
): Operations['DeleteAuthorizer'] {
  return async (context, { ApiId, AuthorizerId: id }) => {
    await changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const routes = await listParts(tx, partsOf(owned), 'route');
      const user = routes.find(({ AuthorizerId }) => AuthorizerId === id);
      if (user !== undefined) {
        throw conflict(`Cannot delete authorizer '${id}', referenced by route '${user.RouteKey}'`);
      }
      if (!(await deletePart(tx, partsOf(owned), 'authorizer', id))) {
        throw partNotFound('authorizer', id);
      }
    });
    return {};
  };
}

/** Forgets what authorizers said of a stage. */
export function resetAuthorizersCache(
  { database }: Apigatewayv2Dependencies,
  answers: AuthorizerAnswers<object>,
): Operations['ResetAuthorizersCache'] {
  return async (context, { ApiId, StageName }) => {
    await database.read(async (queries) => {
      const owned = await requireApi(queries, context, ApiId);
      return requirePart(queries, partsOf(owned), 'stage', StageName);
    });
    answers.forget(ApiId, StageName);
    return {};
  };
}
