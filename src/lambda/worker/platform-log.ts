import type { LoggingConfiguration } from '#lambda/model/function-version.ts';
import { omitUndefined } from '#lambda/model/omit-undefined.ts';
import type { Tracing } from '#lambda/model/trace-header.ts';
import type { ResponseSpan } from './response-times.ts';

/** What the platform itself writes into a function's log. */
export type PlatformRecord =
  | {
      readonly kind: 'init-start';
      readonly runtimeVersion: string;
      readonly runtimeVersionArn: string;
      readonly phase: InitPhase;
      readonly initializationType: string;
      readonly functionName: string;
      readonly functionVersion: string;
      readonly instanceId: string;
      /** In bytes. */
      readonly instanceMaxMemory: number;
    }
  | {
      readonly kind: 'init-report';
      readonly durationMs: number;
      readonly phase: InitPhase;
      readonly initializationType: string;
      readonly status: 'success' | 'error' | 'timeout';
      readonly errorType?: string;
    }
  | {
      readonly kind: 'init-runtime-done';
      readonly phase: InitPhase;
      readonly initializationType: string;
      readonly status: 'success' | 'error' | 'timeout';
      readonly errorType?: string;
    }
  | {
      readonly kind: 'start';
      readonly requestId: string;
      readonly version: string;
      readonly functionArn: string;
      readonly tenantId?: string;
      readonly tracing?: Tracing;
    }
  | {
      readonly kind: 'runtime-done';
      readonly requestId: string;
      readonly durationMs: number;
      readonly producedBytes: number;
      readonly spans: readonly ResponseSpan[];
      readonly status: PlatformStatus;
      readonly errorType?: string;
      readonly tracing?: Tracing;
    }
  | {
      readonly kind: 'extension';
      readonly name: string;
      readonly state: string;
      readonly events: readonly string[];
      readonly errorType?: string;
    }
  | {
      readonly kind: 'telemetry-subscription';
      readonly name: string;
      readonly state: string;
      readonly types: readonly string[];
    }
  | {
      readonly kind: 'report';
      readonly requestId: string;
      readonly metrics: ReportMetrics;
      readonly tenantId?: string;
      readonly tracing?: Tracing;
    };

export type InitPhase = 'init' | 'invoke';
/** An error that the handler returned leaves the invocation a success of the platform's. */
export type PlatformStatus = 'success' | 'error' | 'timeout';

export interface ReportMetrics {
  readonly durationMs: number;
  readonly billedDurationMs: number;
  readonly memorySizeMiB: number;
  readonly maxMemoryUsedMiB: number;
  readonly initDurationMs?: number;
  readonly status: PlatformStatus;
  readonly errorType?: string;
  readonly xray?: { readonly traceId: string; readonly segmentId: string };
}

/** Levels of a log, from the most to the least detailed. */
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/**
 * The events of CloudWatch Logs that a record becomes; none where the function's level hides it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 * Text as recorded in shared/recordings/lambda (TestCloudwatchLogs::test_multi_line_prints).
 */
export function platformLines(
  record: PlatformRecord,
  logging: LoggingConfiguration,
  timestampMs: number,
): readonly string[] {
  if (logging.format === 'Text') return textOf(record);
  if (rank(levelOf(record)) < rank(logging.systemLevel)) return [];
  return [JSON.stringify({ time: new Date(timestampMs).toISOString(), ...platformEvent(record) })];
}

/** The position of a level; unknown ones count as INFO. */
export function rank(level: string): number {
  const position = LEVELS.indexOf(level.toUpperCase());
  return position === -1 ? LEVELS.indexOf('INFO') : position;
}

function textOf(record: PlatformRecord): readonly string[] {
  switch (record.kind) {
    case 'init-start':
      return [
        `INIT_START Runtime Version: ${record.runtimeVersion}\t` +
          `Runtime Version ARN: ${record.runtimeVersionArn}\n`,
      ];
    case 'init-report': {
      if (record.status === 'success') return [];
      return [
        `INIT_REPORT Init Duration: ${record.durationMs.toFixed(2)} ms\t` +
          `Phase: ${record.phase}\tStatus: ${record.status}${errorTypeText(record.errorType)}\n`,
      ];
    }
    case 'init-runtime-done':
      return [];
    case 'telemetry-subscription':
      return [
        `TELEMETRY\tName: ${record.name}\tState: ${record.state}\t` +
          `Types: [${record.types.map(capitalised).join(', ')}]\n`,
      ];
    case 'start':
      return [`START RequestId: ${record.requestId} Version: ${record.version}\n`];
    case 'runtime-done':
      return [`END RequestId: ${record.requestId}\n`];
    case 'extension':
      return [
        `EXTENSION\tName: ${record.name}\tState: ${record.state}\t` +
          `Events: [${record.events.join(', ')}]${errorTypeText(record.errorType)}\n`,
      ];
    default:
      return [reportText(record.requestId, record.metrics)];
  }
}

function errorTypeText(errorType: string | undefined): string {
  return errorType === undefined ? '' : `\tError Type: ${errorType}`;
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function reportText(requestId: string, metrics: ReportMetrics): string {
  let fields =
    `REPORT RequestId: ${requestId}\tDuration: ${metrics.durationMs.toFixed(2)} ms\t` +
    `Billed Duration: ${metrics.billedDurationMs} ms\tMemory Size: ${metrics.memorySizeMiB} MB\t` +
    `Max Memory Used: ${metrics.maxMemoryUsedMiB} MB`;
  if (metrics.initDurationMs !== undefined) {
    fields += `\tInit Duration: ${metrics.initDurationMs.toFixed(2)} ms`;
  }
  if (metrics.status !== 'success') {
    fields += `\tStatus: ${metrics.status}${errorTypeText(metrics.errorType)}`;
  }
  const { xray } = metrics;
  const trace =
    xray === undefined
      ? ''
      : `XRAY TraceId: ${xray.traceId}\tSegmentId: ${xray.segmentId}\tSampled: true\t\n`;
  return `${fields}${metrics.status === 'success' ? '\t' : ''}\n${trace}`;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html system log level event mapping */
function levelOf(record: PlatformRecord): string {
  switch (record.kind) {
    case 'init-start':
    case 'start':
    case 'extension':
    case 'telemetry-subscription':
      return 'INFO';
    case 'init-runtime-done':
    case 'init-report':
      return record.status === 'success' ? 'DEBUG' : 'WARN';
    case 'runtime-done':
      return record.status === 'success' ? 'DEBUG' : 'WARN';
    default:
      return record.metrics.status === 'success' ? 'INFO' : 'WARN';
  }
}

/**
 * A record in the schema of the Telemetry API, which JSON logs have too.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
export function platformEvent(record: PlatformRecord): {
  readonly type: string;
  readonly record: object;
} {
  switch (record.kind) {
    case 'init-start': {
      const { kind: _kind, ...fields } = record;
      return { type: 'platform.initStart', record: fields };
    }
    case 'init-runtime-done': {
      const { kind: _kind, ...fields } = record;
      return { type: 'platform.initRuntimeDone', record: fields };
    }
    case 'telemetry-subscription': {
      const { kind: _kind, ...fields } = record;
      return { type: 'platform.telemetrySubscription', record: fields };
    }
    case 'init-report': {
      const { kind: _kind, durationMs, ...fields } = record;
      return {
        type: 'platform.initReport',
        record: { ...fields, metrics: { durationMs: round(durationMs) } },
      };
    }
    case 'start': {
      const { kind: _kind, requestId, functionArn, version, ...more } = record;
      return { type: 'platform.start', record: { requestId, functionArn, version, ...more } };
    }
    case 'extension': {
      const { kind: _kind, ...fields } = record;
      return { type: 'platform.extension', record: fields };
    }
    case 'runtime-done': {
      const { kind: _kind, durationMs, producedBytes, spans, ...fields } = record;
      const metrics = { durationMs: round(durationMs), producedBytes };
      const told = spans.length === 0 ? {} : { spans };
      return { type: 'platform.runtimeDone', record: { ...fields, ...told, metrics } };
    }
    default:
      return { type: 'platform.report', record: reportRecord(record) };
  }
}

function reportRecord({
  requestId,
  metrics,
  tenantId,
  tracing,
}: PlatformRecord & { readonly kind: 'report' }): object {
  return {
    requestId,
    ...omitUndefined({ tenantId, tracing }),
    metrics: {
      durationMs: round(metrics.durationMs),
      billedDurationMs: metrics.billedDurationMs,
      memorySizeMB: metrics.memorySizeMiB,
      maxMemoryUsedMB: metrics.maxMemoryUsedMiB,
      ...(metrics.initDurationMs === undefined
        ? {}
        : { initDurationMs: round(metrics.initDurationMs) }),
    },
    status: metrics.status,
    ...(metrics.errorType === undefined ? {} : { errorType: metrics.errorType }),
  };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
