/** What an extension asks of the Telemetry API, or of the Logs API before it. Pure. */
import { isObject, parseJson } from '#kernel/json.ts';

export type TelemetryApiName = 'Telemetry' | 'Logs';
export type TelemetryType = 'platform' | 'function' | 'extension';

export interface TelemetrySubscription {
  readonly api: TelemetryApiName;
  /** The extension that asks. */
  readonly name: string;
  readonly types: readonly TelemetryType[];
  readonly buffering: TelemetryBuffering;
  readonly destination: TelemetryDestination;
}

/** A batch is sent as soon as one of them is reached. */
export interface TelemetryBuffering {
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A port inside of the sandbox. */
export interface TelemetryDestination {
  readonly protocol: 'HTTP' | 'TCP';
  readonly port: number;
  /** With HTTP. */
  readonly path: string;
}

const TYPES: readonly string[] = ['platform', 'function', 'extension'];
const SCHEMAS: Readonly<Record<TelemetryApiName, readonly string[]>> = {
  Telemetry: ['2022-07-01', '2022-12-13', '2025-01-29'],
  Logs: ['2020-08-15', '2021-03-18'],
};
/** @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html#telemetry-api-buffering */
const BUFFERING = {
  maxItems: { min: 1000, max: 10_000, preset: 10_000 },
  maxBytes: { min: 262_144, max: 1_048_576, preset: 262_144 },
  timeoutMs: { min: 25, max: 30_000, preset: 1000 },
} as const;
/** Ports of the Runtime API and of the endpoint, which no subscriber listens on. */
const TAKEN_PORTS: readonly number[] = [9001];

/** The subscription in a request's body, or a sentence of what is wrong with it. */
export function parseSubscription(
  api: TelemetryApiName,
  name: string,
  body: string,
): TelemetrySubscription | string {
  const request = parseJson(body);
  if (!isObject(request)) return 'Invalid request';
  const { schemaVersion, types, buffering, destination } = request;
  const isKnown = SCHEMAS[api].some((schema) => schema === schemaVersion);
  if (schemaVersion !== undefined && !isKnown) {
    return `schemaVersion: must be one of ${SCHEMAS[api].join(', ')}`;
  }
  const listed: unknown[] = Array.isArray(types) ? types : [];
  if (listed.length === 0 || !listed.every(isTelemetryType)) {
    return `types: must be some of ${TYPES.join(', ')}`;
  }
  const limits = parseBuffering(isObject(buffering) ? buffering : {});
  if (typeof limits === 'string') return limits;
  const target = parseDestination(isObject(destination) ? destination : {});
  if (typeof target === 'string') return target;
  return { api, name, types: [...new Set(listed)], buffering: limits, destination: target };
}

function isTelemetryType(value: unknown): value is TelemetryType {
  return TYPES.includes(String(value));
}

function parseBuffering(given: Readonly<Record<string, unknown>>): TelemetryBuffering | string {
  const values: Record<string, number> = {};
  for (const [name, { min, max, preset }] of Object.entries(BUFFERING)) {
    const value = given[name] ?? preset;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      return `buffering.${name}: must be an integer from ${min} to ${max}`;
    }
    values[name] = value;
  }
  const { maxItems = 0, maxBytes = 0, timeoutMs = 0 } = values;
  return { maxItems, maxBytes, timeoutMs };
}

function parseDestination(given: Readonly<Record<string, unknown>>): TelemetryDestination | string {
  const { protocol, URI: uri, port } = given;
  if (protocol === 'TCP') {
    const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
    if (!isPort || TAKEN_PORTS.includes(port)) return 'destination.port: must be a free port';
    return { protocol, port, path: '' };
  }
  if (protocol !== 'HTTP') return 'destination.protocol: must be HTTP or TCP';
  const url = typeof uri === 'string' && URL.canParse(uri) ? new URL(uri) : undefined;
  const isInside = /^sandbox(\.localdomain)?$/.test(url?.hostname ?? '');
  if (url === undefined || url.protocol !== 'http:' || !isInside) {
    return 'destination.URI: must be like http://sandbox.localdomain:PORT/PATH';
  }
  const target = url.port === '' ? 80 : Number(url.port);
  if (TAKEN_PORTS.includes(target)) return 'destination.URI: must have a free port';
  return { protocol, port: target, path: `${url.pathname}${url.search}` };
}
