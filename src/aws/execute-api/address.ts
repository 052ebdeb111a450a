/** How clients name a deployed API: by a host of its own, or by a path. Pure. */
import { hostReader } from '../host-name.ts';
import type { RequestHead } from '../wire.ts';

export interface ApiAddress {
  /** In lower case. */
  readonly apiId: string;
  /** `host`: `ID.execute-api.REGION.HOST`; `path`: `/_aws/execute-api/ID/STAGE/…` of any host; `domain`: a user's name. */
  readonly form: 'host' | 'path' | 'domain';
  /** Stage and path, undecoded, with their first slash: what follows the host, the id or the mapping's base path. */
  readonly path: string;
  /** The stage that a name's mapping leads to: it is not in the path then. */
  readonly stage?: string;
}

/** `/@connections/ID`, after whatever names an API and its stage. */
const CONNECTION = /^(?:\/[^/]+){0,5}?(\/@connections\/[^/]+)$/;

/**
 * The path of a request for one of an API's WebSockets, as their own service knows it: without what names the API;
 * `undefined` for all other requests. Where it is not signed for APIs it has to name one, or nothing else.
 */
export function connectionPathOf(head: RequestHead, isSignedForApis: boolean): string | undefined {
  const path = CONNECTION.exec(head.path)?.[1];
  const isHere = isSignedForApis || head.path === path || apiAddressOf(head) !== undefined;
  return isHere ? path : undefined;
}

const apiIdOfHost = hostReader(/^([a-z0-9]+)\.execute-api\./i);
const PATH_PREFIX = '/_aws/execute-api/';

/** The API that a request is for; `undefined` for all other requests. */
export function apiAddressOf({ headers, path }: RequestHead): ApiAddress | undefined {
  const inHost = apiIdOfHost(headers['host']);
  if (inHost !== undefined) return { apiId: inHost, form: 'host', path };
  if (!path.startsWith(PATH_PREFIX)) return undefined;
  const rest = path.slice(PATH_PREFIX.length);
  const slash = rest.indexOf('/');
  const apiId = (slash === -1 ? rest : rest.slice(0, slash)).toLowerCase();
  return { apiId, form: 'path', path: slash === -1 ? '/' : rest.slice(slash) };
}
