/** Where the Runtime API listens inside; native/launcher/network.h has the same. */
export const RUNTIME_API_PORT = 9001;
export const RUNTIME_API_ADDRESS = loopback(RUNTIME_API_PORT);
const ENDPOINT_PORT_DEFAULT = 4566;

/**
 * The port of the endpoint inside, for a server that clients reach at `port`: the same, so that a URL that one of
 * them was given leads to the server from inside, too.
 */
export function endpointPortInside(port = ENDPOINT_PORT_DEFAULT): number {
  return port === RUNTIME_API_PORT ? ENDPOINT_PORT_DEFAULT : port;
}

/** `HOST:PORT` at a sandbox's loopback. */
export function loopback(port: number): string {
  return `127.0.0.1:${port}`;
}
