import {
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Attributes,
  type HrTime,
  type SpanContext,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';

/**
 * The spans of one invocation: itself, from the beginning of its init where it had one to its end,
 * and the init below it. The trace and the parent are those of X-Ray's header.
 * @see https://opentelemetry.io/docs/specs/semconv/faas/faas-spans/
 */
export function spansOf(
  report: InvocationReport,
  resource: Resource,
  newSpanId: () => string,
): readonly ReadableSpan[] {
  const { startedAtMs, durationMs, initDurationMs } = report;
  // A header of somebody's own making names no trace that OTLP could carry: its spans stand alone.
  const { traceId = newSpanId() + newSpanId(), parentId } = readTraceHeader(report.traceHeader);
  const contextOf = (spanId: string): SpanContext => ({
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
  });
  const own = contextOf(newSpanId());
  const beganAtMs = startedAtMs - (initDurationMs ?? 0);
  const shared = {
    resource,
    links: [],
    events: [],
    ended: true,
    instrumentationScope: { name: 'hearth' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
  const invocation: ReadableSpan = {
    ...shared,
    ...during(beganAtMs, startedAtMs + durationMs),
    name: report.functionName,
    kind: SpanKind.SERVER,
    spanContext: () => own,
    ...(parentId !== undefined && { parentSpanContext: contextOf(parentId) }),
    status: statusOf(report),
    attributes: attributesOf(report),
  };
  if (initDurationMs === undefined) return [invocation];
  const initContext = contextOf(newSpanId());
  const init: ReadableSpan = {
    ...shared,
    ...during(beganAtMs, startedAtMs),
    name: 'init',
    kind: SpanKind.INTERNAL,
    spanContext: () => initContext,
    parentSpanContext: own,
    status: { code: SpanStatusCode.UNSET },
    attributes: { 'aws.lambda.initialization_type': report.initializationType },
  };
  return [invocation, init];
}

/** `Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1`. */
function readTraceHeader(header: string): {
  readonly traceId?: string;
  readonly parentId?: string;
} {
  const [, seconds, unique] = /Root=1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(header) ?? [];
  if (seconds === undefined || unique === undefined) return {};
  const [, parentId] = /Parent=([0-9a-f]{16})(?:;|$)/.exec(header) ?? [];
  return { traceId: seconds + unique, ...(parentId !== undefined && { parentId }) };
}

function attributesOf(report: InvocationReport): Attributes {
  return {
    'faas.invocation_id': report.requestId,
    'faas.coldstart': report.initDurationMs !== undefined,
    'cloud.resource_id': report.functionArn,
    'aws.lambda.billed_duration_ms': report.billedDurationMs,
    'aws.lambda.max_memory_used_mib': report.maxMemoryUsedMiB,
    'aws.lambda.source': report.source,
    ...(report.errorType !== undefined && { 'error.type': report.errorType }),
  };
}

function statusOf({ failure, errorType }: InvocationReport): ReadableSpan['status'] {
  if (failure === undefined) return { code: SpanStatusCode.UNSET };
  return { code: SpanStatusCode.ERROR, message: errorType ?? failure };
}

function during(
  fromMs: number,
  toMs: number,
): Pick<ReadableSpan, 'startTime' | 'endTime' | 'duration'> {
  return { startTime: hrTime(fromMs), endTime: hrTime(toMs), duration: hrTime(toMs - fromMs) };
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
