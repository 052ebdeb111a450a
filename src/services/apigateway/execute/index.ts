/** The way of a request through a deployed API: to its method, past who decides, to its back end and back. */
import { AuthorizerAnswers, Throttles, type ApiHost } from '#aws/execute-api/index.ts';
import type { HttpSurface } from '#aws/operation.ts';
import { BoundedMap } from '#kernel/bounded-map.ts';
import { parseArn } from '#kernel/arn.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { ApiKeys } from '#ports/peers/api-keys.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { findPlaceOfApi, findStage } from '../store-apis.ts';
import { findMappings, listDomains } from '../store-documents.ts';
import { CONTENTS_MAX, contentOf, forbidden, handle, type Gateway } from './handle.ts';
import { wholePolicy } from './policy.ts';
import { useApiKey } from './usage.ts';

export { testInvokeMethod } from './test-invoke.ts';

export interface Execution {
  readonly apiHost: ApiHost;
  /** `/restapis/ID/STAGE/_user_request_/…`: a path by which older tools name a deployed API. */
  readonly surface: HttpSurface;
  readonly apiKeys: ApiKeys;
  /** The policies of deployed APIs, for callers who sign. */
  readonly resourcePolicies: ResourcePolicies;
  /** Forgets what authorizers said for a stage. */
  forgetAuthorizers(apiId: string, stageName: string): void;
}

const OLDER_PATH = /^\/restapis\/([a-z0-9]+)\/([^/]+)\/_user_request_(\/.*)?$/;

/** Requests to the APIs of all accounts. */
export function createExecution(dependencies: ApiGatewayDependencies): Execution {
  const authorizers: Gateway['authorizers'] = new AuthorizerAnswers(dependencies.clock);
  const gateway: Gateway = {
    dependencies,
    authorizers,
    contents: new BoundedMap(CONTENTS_MAX),
    throttles: new Throttles(),
  };
  const placeOf = async (apiId: string, accountId?: string) => {
    const place = await dependencies.database.read((queries) => findPlaceOfApi(queries, apiId));
    return accountId === undefined || place?.accountId === accountId ? place : undefined;
  };
  return {
    apiHost: {
      async findApi(apiId, accountId) {
        const place = await placeOf(apiId, accountId);
        return place && ((exchange, address) => handle(gateway, place, exchange, address));
      },
      listDomains: () => dependencies.database.read(listDomains),
      findMappings: (domain) =>
        dependencies.database.read((queries) => findMappings(queries, domain)),
    },
    surface: {
      match: ({ path }) => OLDER_PATH.test(path),
      async handle(exchange) {
        const [, apiId = '', stage = '', rest = ''] = OLDER_PATH.exec(exchange.request.path) ?? [];
        const place = await placeOf(apiId);
        if (place === undefined) return forbidden(exchange.requestId);
        const address = { apiId, form: 'path', path: `/${stage}${rest}` } as const;
        return handle(gateway, place, exchange, address);
      },
    },
    apiKeys: { use: (use) => useApiKey(dependencies, gateway.throttles, use) },
    resourcePolicies: {
      async find(queries, _action, arn) {
        const [apiId = '', stageName = ''] = parseArn(arn)?.resource.split('/') ?? [];
        const place = await findPlaceOfApi(queries, apiId);
        if (place === undefined) return undefined;
        const { accountId } = place;
        const stage = await findStage(queries, apiId, stageName);
        if (stage === undefined) return { accountId };
        const content = await contentOf(gateway, apiId, stage.deploymentId, queries);
        const policy = content?.api.policy ?? '';
        return { accountId, ...(policy && { policy: wholePolicy(policy, arn) }) };
      },
    },
    forgetAuthorizers: (apiId, stageName) => authorizers.forget(apiId, stageName),
  };
}
