/** The HTTP request that an event becomes, of an API destination, its connection and the target's parameters. */
import type {
  ConnectionHttpParameters,
  CreateConnectionAuthRequestParameters,
  HttpParameters,
} from '#aws/models/events.types.gen.ts';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { HttpPost } from '#ports/world/http-client.ts';
import type { ApiDestination } from './connection.ts';
import { valueAt } from './json-path.ts';
import { API_DESTINATION_ANSWER_MS } from './limits.ts';
import type { EventEnvelope } from './model.ts';

/** What a target adds to the request, its paths filled from the event. */
export interface RequestParameters {
  readonly path: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** Fills those of a target's HTTP parameters that are paths (`$.detail.id`) from the event. */
export function parametersOf(
  parameters: HttpParameters | undefined,
  event: EventEnvelope,
): RequestParameters {
  const fill = (text: string): string => {
    if (!text.startsWith('$')) return text;
    const value = valueAt(text, event) ?? '';
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  const { PathParameterValues = [], HeaderParameters, QueryStringParameters } = parameters ?? {};
  return {
    path: PathParameterValues.map(fill),
    headers: mapValues(HeaderParameters ?? {}, fill),
    query: mapValues(QueryStringParameters ?? {}, fill),
  };
}

/** Headers that EventBridge sets itself, whatever a connection or a target says. */
const OWN_HEADERS: Readonly<Record<string, string>> = {
  'user-agent': 'Amazon/EventBridge/ApiDestinations',
  range: 'bytes=0-1048575',
  'accept-encoding': 'gzip,deflate',
};

export interface RequestParts {
  readonly destination: ApiDestination;
  readonly auth: CreateConnectionAuthRequestParameters;
  /** Where the connection is by OAuth. */
  readonly token?: string;
  readonly parameters: RequestParameters;
  readonly payload: Uint8Array;
}

/**
 * Puts a request together. Where connection and target set the same header, parameter or member, the connection's
 * holds. `undefined` where path parameters make no URL of the endpoint.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
export function requestOf(parts: RequestParts): HttpPost | undefined {
  const { destination, auth, token, parameters, payload } = parts;
  const { HeaderParameters, QueryStringParameters, BodyParameters } =
    auth.InvocationHttpParameters ?? {};
  const url = urlOf(destination.endpoint, parameters.path);
  if (url === undefined) return undefined;
  for (const [key, value] of Object.entries({
    ...parameters.query,
    ...recordOf(QueryStringParameters),
  })) {
    url.searchParams.set(key, value);
  }
  return {
    url: url.href,
    method: destination.method,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...lowerCased(parameters.headers),
      ...lowerCased(recordOf(HeaderParameters)),
      ...OWN_HEADERS,
      ...authorizationOf(auth, token),
    },
    body: withMembers(payload, recordOf(BodyParameters)),
    timeoutMs: API_DESTINATION_ANSWER_MS,
  };
}

/**
 * The request for a token by OAuth's client credentials: in the query of a GET, else as a form.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export function tokenRequest(
  oauth: NonNullable<CreateConnectionAuthRequestParameters['OAuthParameters']>,
): HttpPost {
  const { AuthorizationEndpoint, ClientParameters, HttpMethod, OAuthHttpParameters = {} } = oauth;
  const { HeaderParameters, QueryStringParameters, BodyParameters } = OAuthHttpParameters;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: ClientParameters.ClientID,
    client_secret: ClientParameters.ClientSecret,
    ...recordOf(BodyParameters),
  });
  const url = new URL(AuthorizationEndpoint);
  for (const [key, value] of Object.entries(recordOf(QueryStringParameters))) {
    url.searchParams.set(key, value);
  }
  const isGet = HttpMethod === 'GET';
  if (isGet) for (const [key, value] of form) url.searchParams.set(key, value);
  return {
    url: url.href,
    method: HttpMethod,
    headers: {
      ...(isGet ? {} : { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }),
      accept: 'application/json',
      ...lowerCased(recordOf(HeaderParameters)),
      'user-agent': 'Amazon/EventBridge/ApiDestinations',
    },
    body: utf8(isGet ? '' : form.toString()),
    timeoutMs: API_DESTINATION_ANSWER_MS,
    answerBytesMax: 65_536,
  };
}

function authorizationOf(
  { BasicAuthParameters, ApiKeyAuthParameters }: CreateConnectionAuthRequestParameters,
  token: string | undefined,
): Readonly<Record<string, string>> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (ApiKeyAuthParameters !== undefined) {
    return { [ApiKeyAuthParameters.ApiKeyName.toLowerCase()]: ApiKeyAuthParameters.ApiKeyValue };
  }
  if (BasicAuthParameters === undefined) return {};
  const { Username, Password } = BasicAuthParameters;
  return { authorization: `Basic ${Buffer.from(`${Username}:${Password}`).toString('base64')}` };
}

/** Each `*` of the endpoint stands for the next path parameter. */
function urlOf(endpoint: string, path: readonly string[]): URL | undefined {
  let at = 0;
  const filled = endpoint.replaceAll('*', () => encodeURIComponent(path[at++] ?? ''));
  return URL.canParse(filled) ? new URL(filled) : undefined;
}

/** A connection's body parameters join an object, and nothing else. */
function withMembers(payload: Uint8Array, members: Readonly<Record<string, string>>): Uint8Array {
  if (Object.keys(members).length === 0) return payload;
  const given = parseJson(textOf(payload));
  return isObject(given) ? utf8(JSON.stringify({ ...given, ...members })) : payload;
}

function recordOf(
  parameters: ConnectionHttpParameters['HeaderParameters'],
): Readonly<Record<string, string>> {
  return Object.fromEntries((parameters ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
