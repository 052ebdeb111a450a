/**
 * Deployed APIs, of whatever service: one surface finds who has the API that a request names.
 * An API is known by its id alone, in every account and Region.
 */
import { utf8 } from '#kernel/bytes.ts';
import type { HttpSurface, SurfaceExchange } from '../operation.ts';
import type { WireResponse } from '../wire.ts';
import { apiAddressOf, type ApiAddress } from './address.ts';

/** Answers one request to an API. An AwsError that it throws is answered as JSON, `{"message": …}`. */
export type ApiHandler = (exchange: SurfaceExchange, address: ApiAddress) => Promise<WireResponse>;

/** A service that has APIs. */
export interface ApiHost {
  /** Who answers for an API; `undefined` where this service has none of that id. */
  findApi(apiId: string): Promise<ApiHandler | undefined>;
}

/** Answers whatever names an API by host or path: by the first host that has it, else with 403, as AWS does. */
export function executeApiSurface(hosts: readonly ApiHost[]): HttpSurface {
  return {
    match: (head) => apiAddressOf(head) !== undefined,
    async handle(exchange) {
      const address = apiAddressOf(exchange.request);
      if (address === undefined) return forbidden();
      for (const host of hosts) {
        const handler = await host.findApi(address.apiId);
        if (handler !== undefined) return handler(exchange, address);
      }
      return forbidden();
    },
  };
}

function forbidden(): WireResponse {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'ForbiddenException' };
  return { status: 403, headers, body: utf8('{"message":"Forbidden"}') };
}
