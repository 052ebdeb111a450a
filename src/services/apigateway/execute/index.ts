/** The way of a request through a deployed API: to its method, past who decides, to its back end and back. */
import { AuthorizerAnswers, Throttles, type ApiHost } from '#aws/execute-api/index.ts';
import type { HttpSurface } from '#aws/operation.ts';
import { BoundedMap } from '#kernel/bounded-map.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { findPlaceOfApi } from '../store-apis.ts';
import { findMappings, listDomains } from '../store-documents.ts';
import { CONTENTS_MAX, handle, type Gateway } from './handle.ts';

export { testInvokeMethod } from './test-invoke.ts';

export interface Execution {
  readonly apiHost: ApiHost;
  /** `/restapis/ID/STAGE/_user_request_/…`: a path by which older tools name a deployed API. */
  readonly surface: HttpSurface;
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
  return {
    apiHost: {
      async findApi(apiId) {
        const place = await dependencies.database.read((queries) => findPlaceOfApi(queries, apiId));
        return place && ((exchange, address) => handle(gateway, exchange, address));
      },
      listDomains: () => dependencies.database.read(listDomains),
      findMappings: (domain) =>
        dependencies.database.read((queries) => findMappings(queries, domain)),
    },
    surface: {
      match: ({ path }) => OLDER_PATH.test(path),
      handle: (exchange) => {
        const [, apiId = '', stage = '', rest = ''] = OLDER_PATH.exec(exchange.request.path) ?? [];
        return handle(gateway, exchange, { apiId, form: 'path', path: `/${stage}${rest}` });
      },
    },
    forgetAuthorizers: (apiId, stageName) => authorizers.forget(apiId, stageName),
  };
}
