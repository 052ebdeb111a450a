/**
 * X-Ray's trace header, `Root=1-58406520-a006649127e371903a2de979;Parent=53995c3f42cd8ad8;Sampled=1`. Pure.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
import type { FunctionVersion } from './function-version.ts';

/** The header of an event that came without one: all attempts have the same. `id` is the event's UUID. */
export function newTraceHeader(id: string, acceptedAtMs: number): string {
  return `Root=${traceId(id, acceptedAtMs)}`;
}

/** A trace's id from a UUID and when it began, in ms since 1970. */
function traceId(uuid: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0');
  return `1-${seconds}-${uuid.slice(0, 8)}${uuid.slice(9, 13)}${uuid.slice(14, 18)}${uuid.slice(19, 23)}${uuid.slice(24, 28)}`;
}

/** The trace alone, without parent, sampling and chain. */
export function rootOf(traceHeader: string): string | undefined {
  return /(?:^|;)\s*(Root=[^;]*)/.exec(traceHeader)?.[1];
}

/** The header with the parent and the sampling that a trace without them begins with. */
export function withSampling(traceHeader: string, parent: string, isSampled: boolean): string {
  const root = rootOf(traceHeader);
  if (root === undefined || /(?:^|;)\s*Sampled=/.test(traceHeader)) return traceHeader;
  const sampling = `Sampled=${isSampled ? 1 : 0}`;
  const rest = traceHeader.split(';').filter((part) => part.trim() !== root && part !== '');
  const isParentGiven = rest.some((part) => part.trim().startsWith('Parent='));
  return [root, ...(isParentGiven ? [] : [`Parent=${parent}`]), sampling, ...rest].join(';');
}

/** The header as the caller of an asynchronous event is told it, before anybody knows whether it will be sampled. */
export function sampledHeader(traceHeader: string): string {
  return traceHeader.includes('Sampled=') ? traceHeader : `${traceHeader};Sampled=0`;
}

/** How telemetry refers to the trace of an event. */
export interface Tracing {
  readonly spanId: string;
  readonly type: 'X-Amzn-Trace-Id';
  readonly value: string;
}

/**
 * The trace of an event, where its function is traced.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#TraceContext
 */
export function tracingOf(
  { tracingMode }: FunctionVersion,
  traceHeader: string,
): { readonly tracing?: Tracing } {
  if (tracingMode !== 'Active') return {};
  const spanId = /(?:^|;)\s*Parent=([^;]*)/.exec(traceHeader)?.[1] ?? '';
  return { tracing: { spanId, type: 'X-Amzn-Trace-Id', value: traceHeader } };
}
