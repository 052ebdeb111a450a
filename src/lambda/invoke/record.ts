import { KIB } from '#kernel/units.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import { tracingOf } from '#lambda/model/trace-header.ts';
import type { HeldEnvironment, PlatformRecord, PlatformStatus } from '#lambda/worker/index.ts';
import type { InvocationReport, ReportSink } from '#ports/peers/invocation-report.ts';
import type { Invocation } from '#ports/peers/invoker.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { InvocationMetrics } from './metrics.ts';
import type { Target } from './resolve.ts';
import type { RunEnd } from './run.ts';

export interface RecordDependencies {
  readonly clock: Clock;
  readonly invocationMetrics: InvocationMetrics;
  readonly reports: readonly ReportSink[];
}

export interface RecordRequest {
  readonly target: Target;
  readonly invocation: Invocation;
  readonly end: RunEnd;
}

/** Makes the one report of an invocation, and gives it to its readers: the log, the metrics, the sinks. */
export async function record(
  dependencies: RecordDependencies,
  held: HeldEnvironment,
  { target, invocation, end }: RecordRequest,
): Promise<InvocationReport> {
  const { version } = target;
  const nowMs = dependencies.clock.monotonicMs();
  const maxMemoryUsedMiB = held.measuredAt(nowMs) ?? (await held.measure(nowMs));
  const { tap } = held.environment;
  const billedDurationMs = Math.ceil(end.durationMs + (end.initDurationMs ?? 0));
  const report: InvocationReport = {
    requestId: invocation.requestId,
    accountId: version.accountId,
    region: version.region,
    functionName: version.functionName,
    functionArn: version.functionArn,
    version: version.version,
    source: invocation.source,
    traceHeader: end.traceHeader,
    architecture: version.architecture,
    initializationType: held.initializationType,
    startedAtMs: end.startedAtMs,
    durationMs: end.durationMs,
    billedDurationMs,
    memorySizeMiB: version.memorySizeMiB,
    temporaryStorageMiB: version.temporaryStorageMiB,
    maxMemoryUsedMiB: Math.min(maxMemoryUsedMiB, version.memorySizeMiB),
    // What may be absent comes last: V8 makes the rest as one piece.
    ...(target.alias === undefined ? {} : { alias: target.alias }),
    ...(end.initDurationMs === undefined ? {} : { initDurationMs: end.initDurationMs }),
    ...billedRequests(invocation),
    ...(end.failure === undefined ? {} : { failure: end.failure }),
    ...(end.errorType === undefined ? {} : { errorType: end.errorType }),
    ...(end.errorDetails === undefined ? {} : { errorDetails: end.errorDetails }),
    ...(end.streamedBytes === undefined ? {} : { streamedBytes: end.streamedBytes }),
  };
  tap.flush();
  tap.record(...linesOf(report, version, end));
  const logTail = tap.takeTail();
  const whole = logTail === undefined ? report : { ...report, logTail };
  dependencies.invocationMetrics.record(whole, target, held.home);
  for (const sink of dependencies.reports) sink.report(whole);
  return whole;
}

/** @see https://aws.amazon.com/lambda/pricing/ asynchronous events of more than 256 KB */
function billedRequests(invocation: Invocation): { readonly billedRequests?: number } {
  const extraBytes = invocation.payload.byteLength - 256 * KIB;
  if (invocation.source !== 'invoke-async' || extraBytes <= 0) return {};
  return { billedRequests: 1 + Math.ceil(extraBytes / (64 * KIB)) };
}

function linesOf(
  report: InvocationReport,
  version: FunctionVersion,
  { times, isInitFailure }: RunEnd,
): readonly PlatformRecord[] {
  const { tracingMode, tenantId, logging } = version;
  const tracing = tracingOf(version, report.traceHeader);
  const { requestId, traceHeader, durationMs, initDurationMs, failure, errorType } = report;
  const status = statusOf(failure, isInitFailure === true);
  const error = status === 'error' && errorType !== undefined ? { errorType } : {};
  return [
    {
      kind: 'runtime-done',
      requestId,
      durationMs,
      producedBytes: times?.bytes ?? 0,
      // Text does not tell them.
      spans: logging.format === 'JSON' && times !== undefined ? times.spans() : [],
      status,
      // As above: what may be absent comes last.
      ...error,
      ...tracing,
    },
    {
      kind: 'report',
      requestId,
      metrics: {
        durationMs,
        billedDurationMs: report.billedDurationMs,
        memorySizeMiB: report.memorySizeMiB,
        maxMemoryUsedMiB: report.maxMemoryUsedMiB,
        status,
        ...(initDurationMs === undefined ? {} : { initDurationMs }),
        ...error,
        ...(tracingMode === 'Active' ? { xray: xrayOf(traceHeader) } : {}),
      },
      ...(tenantId === undefined ? {} : { tenantId }),
      ...tracing,
    },
  ];
}

/** What the function itself says is a success of the platform's, but for an init that failed. */
function statusOf(failure: InvocationReport['failure'], isInitFailure: boolean): PlatformStatus {
  if (failure === 'timeout') return 'timeout';
  if (failure === undefined) return 'success';
  return failure === 'error' && !isInitFailure ? 'success' : 'error';
}

function xrayOf(traceHeader: string): { readonly traceId: string; readonly segmentId: string } {
  const part = (name: string): string =>
    new RegExp(`(?:^|;)\\s*${name}=([^;]*)`).exec(traceHeader)?.[1] ?? '';
  return { traceId: part('Root'), segmentId: part('Parent') };
}
