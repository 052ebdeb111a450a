/**
 * What function URLs have after `ID.lambda-url.REGION.`, and APIs after `ID.execute-api.REGION.`, and their scheme, for clients that reach the server at
 * `endpoint`. An address has no names below it: there `localhost` stands, which leads to this machine alone.
 */
export function clientOrigin(endpoint: string): URL {
  const origin = new URL(endpoint);
  if (/^(?:[\d.]+|\[.*\])$/.test(origin.hostname)) origin.hostname = 'localhost';
  return origin;
}
