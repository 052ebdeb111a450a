/**
 * Deployed APIs, of whatever service: surfaces find who has the API that a request names.
 * An API is known by its id alone, in every account and Region; but a name of a user's own leads to none of another's.
 */
import { utf8 } from '#kernel/bytes.ts';
import type { Log } from '#ports/world/log.ts';
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
  /**
   * Who answers for an API; `undefined` where this service has none of that id.
   * @param accountId of whom the API has to be, where that is said
   */
  findApi(apiId: string, accountId?: string): Promise<ApiHandler | undefined>;
  /** Who speaks WebSocket for an API; `undefined` where this service has none of that id that does. */
  findWebSocketApi?(apiId: string, accountId?: string): Promise<WebSocketHandler | undefined>;
  /** All names of users' own that are kept here. */
  listDomains(): Promise<readonly DomainName[]>;
  /** Where an account's name leads, as it is kept here. */
  findMappings(domain: DomainName): Promise<readonly DomainMapping[]>;
}

/** Answers whatever names an API by host or path: by the first host that has it, else with 403, as AWS does. */
export function executeApiSurface(hosts: readonly ApiHost[]): HttpSurface {
  return surfaceOf(hosts, {
    isHere: (head) => apiAddressOf(head) !== undefined,
    find: async (head) => apiAddressOf(head),
  });
}

/**
 * Answers names of users' own, as the APIs that they lead to do. It is to be asked after all surfaces that know hosts
 * by a form of their own: nobody takes these over by calling a name so.
 */
export function domainNameSurface(
  hosts: readonly ApiHost[],
  domainNames: DomainNames,
  log: Pick<Log, 'warn'>,
): HttpSurface {
  return {
    async open() {
      for (const host of hosts) {
        for (const domain of await host.listDomains()) {
          if (domainNames.claim(domain)) continue;
          log.warn('a domain name is not served: it is another account’s already', { ...domain });
        }
      }
    },
    ...surfaceOf(hosts, {
      isHere: (head) => domainNames.find(head) !== undefined,
      async find(head) {
        const domain = domainNames.find(head);
        return domain && mappedAddress(hosts, domain, head.path);
      },
    }),
  };
}

/** How requests name APIs. */
interface Naming {
  isHere(head: RequestHead): boolean;
  find(head: RequestHead): Promise<OwnedAddress | undefined>;
}

/** An address; of the account alone, where one is said. */
type OwnedAddress = ApiAddress & { readonly accountId?: string };

function surfaceOf(hosts: readonly ApiHost[], { isHere, find }: Naming): HttpSurface {
  return {
    match: (head) => isHere(head) && connectionPathOf(head, true) === undefined,
    async handle(exchange) {
      const address = await find(exchange.request);
      return address === undefined ? forbidden() : answer(hosts, exchange, address);
    },
    async upgrade(exchange) {
      const address = await find(exchange.request);
      if (address === undefined) return { kind: 'refused', response: forbidden() };
      for (const host of hosts) {
        const handler = await host.findWebSocketApi?.(address.apiId, address.accountId);
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
  address: OwnedAddress,
): Promise<WireResponse> {
  for (const host of hosts) {
    const handler = await host.findApi(address.apiId, address.accountId);
    if (handler !== undefined) return handler(exchange, address);
  }
  return forbidden();
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html */
async function mappedAddress(
  hosts: readonly ApiHost[],
  domain: DomainName,
  path: string,
): Promise<OwnedAddress | undefined> {
  const mappings: DomainMapping[] = [];
  for (const host of hosts) mappings.push(...(await host.findMappings(domain)));
  const chosen = chooseMapping(mappings, path);
  if (chosen === undefined) return undefined;
  const { apiId, stage } = chosen.mapping;
  const { accountId } = domain;
  const address = { apiId, form: 'domain', path: chosen.rest, accountId } as const;
  return stage === undefined ? address : { ...address, stage };
}

function forbidden(): WireResponse {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'ForbiddenException' };
  return { status: 403, headers, body: utf8('{"message":"Forbidden"}') };
}
