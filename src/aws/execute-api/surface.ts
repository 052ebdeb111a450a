/**
 * Deployed APIs, of whatever service: one surface finds who has the API that a request names.
 * An API is known by its id alone, in every account and Region.
 */
import { utf8 } from '#kernel/bytes.ts';
import type { HttpSurface, SurfaceExchange } from '../operation.ts';
import type { WebSocketAnswer } from '../web-socket.ts';
import type { RequestHead, WireResponse } from '../wire.ts';
import { apiAddressOf, connectionPathOf, type ApiAddress } from './address.ts';
import {
  chooseMapping,
  type DomainMapping,
  type DomainName,
  type DomainNames,
} from './domain-names.ts';

/** Answers one request to an API. An AwsError that it throws is answered as JSON, `{"message": …}`. */
export type ApiHandler = (exchange: SurfaceExchange, address: ApiAddress) => Promise<WireResponse>;

/** Answers a client that would speak WebSocket with an API. */
export type WebSocketHandler = (
  exchange: SurfaceExchange,
  address: ApiAddress,
) => Promise<WebSocketAnswer>;

/** A service that has APIs. */
export interface ApiHost {
  /** Who answers for an API; `undefined` where this service has none of that id. */
  findApi(apiId: string): Promise<ApiHandler | undefined>;
  /** Who speaks WebSocket for an API; `undefined` where this service has none of that id that does. */
  findWebSocketApi?(apiId: string): Promise<WebSocketHandler | undefined>;
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
    match: (head) =>
      (apiAddressOf(head) !== undefined || domainNames.find(head) !== undefined) &&
      connectionPathOf(head, true) === undefined,
    async handle(exchange) {
      const address = await addressOf(hosts, domainNames, exchange.request);
      return address === undefined ? forbidden() : answer(hosts, exchange, address);
    },
    async upgrade(exchange) {
      const address = await addressOf(hosts, domainNames, exchange.request);
      if (address === undefined) return { kind: 'refused', response: forbidden() };
      for (const host of hosts) {
        const handler = await host.findWebSocketApi?.(address.apiId);
        if (handler !== undefined) return handler(exchange, address);
      }
      // Other APIs take no notice of the client's wish.
      return { kind: 'refused', response: await answer(hosts, exchange, address) };
    },
  };
}

async function answer(
  hosts: readonly ApiHost[],
  exchange: SurfaceExchange,
  address: ApiAddress,
): Promise<WireResponse> {
  for (const host of hosts) {
    const handler = await host.findApi(address.apiId);
    if (handler !== undefined) return handler(exchange, address);
  }
  return forbidden();
}

async function addressOf(
  hosts: readonly ApiHost[],
  domainNames: DomainNames,
  request: RequestHead,
): Promise<ApiAddress | undefined> {
  const address = apiAddressOf(request);
  const domain = address === undefined ? domainNames.find(request) : undefined;
  return domain === undefined ? address : mappedAddress(hosts, domain, request.path);
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
