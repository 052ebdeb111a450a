import type { Authorizer, Operations } from '#aws/models/apigateway.types.gen.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, conflict, noSuch } from '../errors.ts';
import { changeApi, readApi } from '../find-parts.ts';
import { newId } from '../ids.ts';
import { AUTHORIZER_CACHE_SECONDS_DEFAULT, AUTHORIZER_CACHE_SECONDS_MAX } from '../limits.ts';
import { compact, entryOf, omit, without, type ApiRecord, type ById } from '../model.ts';
import { pageOf } from '../paging.ts';
import { applyPatch, list, number, refuseByPath, text, type PatchTable } from '../patch/index.ts';

/** @throws AwsError NotFoundException */
export function requireAuthorizer({ authorizers }: ApiRecord, id: string): Authorizer {
  const authorizer = entryOf(authorizers, id);
  if (authorizer === undefined) throw noSuch('Authorizer');
  return authorizer;
}

/** @throws AwsError BadRequestException */
function checkAuthorizer(authorizer: Authorizer): void {
  const { type, authorizerUri, identitySource, providerARNs = [] } = authorizer;
  const seconds = authorizer.authorizerResultTtlInSeconds ?? AUTHORIZER_CACHE_SECONDS_DEFAULT;
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > AUTHORIZER_CACHE_SECONDS_MAX) {
    throw badRequest('Authorizer result TTL must be between 0 and 3600 seconds');
  }
  if (type === 'COGNITO_USER_POOLS') {
    if (providerARNs.length === 0) throw badRequest('Invalid Authorizer providerARNs specified');
    return;
  }
  if (!authorizerUri) throw badRequest('Invalid authorizer URI specified');
  const needsSource = type === 'TOKEN' || (type === 'REQUEST' && seconds > 0);
  if (needsSource && !identitySource) {
    throw badRequest('Identity source is required when authorizer caching is enabled.');
  }
}

/** Makes an authorizer: a function that decides about requests. */
export function createAuthorizer(
  dependencies: ApiGatewayDependencies,
): Operations['CreateAuthorizer'] {
  return (context, { restApiId, ...given }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      const input = omit(given, 'jwtConfiguration');
      const names = Object.values(record.authorizers).map(({ name }) => name);
      if (names.includes(input.name))
        throw conflict(
          'Authorizer name must be unique. Authorizer ' +
            `${input.name} already exists in this RestApi.`,
        );
      const id = newId(dependencies.random);
      const authType = input.type === 'COGNITO_USER_POOLS' ? 'cognito_user_pools' : 'custom';
      const authorizer: Authorizer = compact({
        id,
        ...input,
        authType: input.authType ?? authType,
        authorizerResultTtlInSeconds:
          input.authorizerResultTtlInSeconds ??
          (input.type === 'COGNITO_USER_POOLS' ? undefined : AUTHORIZER_CACHE_SECONDS_DEFAULT),
      });
      checkAuthorizer(authorizer);
      return [{ ...record, authorizers: { ...record.authorizers, [id]: authorizer } }, authorizer];
    });
}

/** Tells of one authorizer. */
export function getAuthorizer(dependencies: ApiGatewayDependencies): Operations['GetAuthorizer'] {
  return (context, { restApiId, authorizerId }) =>
    readApi<Authorizer>(dependencies, context, restApiId).tell((record) =>
      requireAuthorizer(record, authorizerId),
    );
}

/** Lists authorizers by name. */
export function getAuthorizers(dependencies: ApiGatewayDependencies): Operations['GetAuthorizers'] {
  return async (context, input) => {
    const authorizers = await readApi<ById<Authorizer>>(
      dependencies,
      context,
      input.restApiId,
    ).tell((record) => record.authorizers);
    const items = Object.values(authorizers);
    items.sort((a, b) => (a.name ?? '').localeCompare(b.name ?? ''));
    return pageOf(items, input);
  };
}

/** Deletes an authorizer that no method uses. */
export function deleteAuthorizer(
  dependencies: ApiGatewayDependencies,
): Operations['DeleteAuthorizer'] {
  return (context, { restApiId, authorizerId }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      requireAuthorizer(record, authorizerId);
      const methods = Object.values(record.resources).flatMap((one) => Object.values(one.methods));
      if (methods.some((method) => method.authorizerId === authorizerId)) {
        throw conflict(`Cannot delete authorizer '${authorizerId}', is referenced in method`);
      }
      return [{ ...record, authorizers: without(record.authorizers, authorizerId) }, {}];
    });
}

const AUTHORIZER: PatchTable = {
  refuse: refuseByPath,
  fields: [
    text('/name'),
    text('/type'),
    text('/authType'),
    text('/authorizerUri'),
    text('/authorizerCredentials'),
    text('/identitySource'),
    text('/identityValidationExpression', { ops: ['add', 'remove', 'replace'] }),
    number('/authorizerResultTtlInSeconds'),
    list('/providerARNs', ['add', 'remove']),
  ],
};

/** Changes an authorizer. */
export function updateAuthorizer(
  dependencies: ApiGatewayDependencies,
): Operations['UpdateAuthorizer'] {
  return (context, { restApiId, authorizerId, patchOperations }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      const now = requireAuthorizer(record, authorizerId);
      const authorizer = compact(applyPatch(AUTHORIZER, now, patchOperations));
      checkAuthorizer(authorizer);
      const authorizers = { ...record.authorizers, [authorizerId]: authorizer };
      return [{ ...record, authorizers }, authorizer];
    });
}
