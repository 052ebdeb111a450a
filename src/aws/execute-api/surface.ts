/**
 * Deployed APIs, of whatever service: one surface finds who has the API that a request names.
 * An API is known by its id alone, in every account and Region.
 */
import { utf8 } from '#kernel/bytes.ts';
import type { HttpSurface, SurfaceExchange } from '../operation.ts';
import type { WireResponse } from '../wire.ts';
import { apiAddressOf, type ApiAddress } from './address.ts';
import {
  chooseMapping,
  type DomainMapping,
  type DomainName,
  type DomainNames,
} from './domain-names.ts';

/** Answers one request to an API. An AwsError that it throws is answered as JSON, `{"message": …}`. */
export type ApiHandler = (exchange: SurfaceExchange, address: ApiAddress) => Promise<WireResponse>;

/** A service that has APIs. */
export interface ApiHost {
  /** Who answers for an API; `undefined` where this service has none of that id. */
  findApi(apiId: string): Promise<ApiHandler | undefined>;
  /** All names of users' own that are kept here. */
  listDomains(): Promise<readonly DomainName[]>;
  /** Where an account's name leads, as it is kept here. */
  findMappings(domain: DomainName): Promise<readonly DomainMapping[]>;
}

/**
 * Answers whatever names an API by host or path, or by a name of a user's own: by the first host that has it, else
 * with 403, as AWS does.
 */
export function executeApiSurface(
  hosts: readonly ApiHost[],
  domainNames: DomainNames,
): HttpSurface {
  return {
    async open() {
      for (const host of hosts) {
        for (const domain of await host.listDomains()) domainNames.claim(domain);
      }
    },
    match: (head) => apiAddressOf(head) !== undefined || domainNames.find(head) !== undefined,
    async handle(exchange) {
      const { request } = exchange;
      const domain = apiAddressOf(request) === undefined ? domainNames.find(request) : undefined;
      const address =
        domain === undefined
          ? apiAddressOf(request)
          : await mappedAddress(hosts, domain, request.path);
      if (address === undefined) return forbidden();
      for (const host of hosts) {
        const handler = await host.findApi(address.apiId);
        if (handler !== undefined) return handler(exchange, address);
      }
      return forbidden();
    },
  };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html */
async function mappedAddress(
  hosts: readonly ApiHost[],
  domain: DomainName,
  path: string,
): Promise<ApiAddress | undefined> {
  const mappings: DomainMapping[] = [];
  for (const host of hosts) mappings.push(...(await host.findMappings(domain)));
  const chosen = chooseMapping(mappings, path);
  if (chosen === undefined) return undefined;
  const { apiId, stage } = chosen.mapping;
  const address = { apiId, form: 'domain', path: chosen.rest } as const;
  return stage === undefined ? address : { ...address, stage };
}

function forbidden(): WireResponse {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'ForbiddenException' };
  return { status: 403, headers, body: utf8('{"message":"Forbidden"}') };
}
