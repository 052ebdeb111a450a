/**
 * Traces of invocations, sent by OTLP over HTTP with the packages of OpenTelemetry, in batches.
 * They are loaded here alone: a server without an endpoint pays nothing for them.
 * @see https://opentelemetry.io/docs/specs/otlp/
 */
import type { InvocationReport, ReportSink } from '#ports/peers/invocation-report.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';

export interface TracesOptions {
  /** The collector's base: `http://127.0.0.1:4318`. Spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  readonly random: Random;
  readonly log: Log;
}

export interface Traces extends ReportSink, AsyncDisposable {}

/** How long the end waits for a collector that does not answer. */
const TIMEOUT_MS = 2000;

/** Sends the spans of each report. A collector that is gone loses spans, never an invocation. */
export async function openTraces({ endpoint, random, log }: TracesOptions): Promise<Traces> {
  const [{ OTLPTraceExporter }, { BatchSpanProcessor }, { resourceFromAttributes }, { spansOf }] =
    await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/resources'),
      import('./spans.ts'),
    ]);
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: TIMEOUT_MS,
  });
  const processor = new BatchSpanProcessor({ exporter, exportTimeoutMillis: TIMEOUT_MS });
  return {
    report(report: InvocationReport): void {
      const resource = resourceFromAttributes({
        'service.name': report.functionName,
        'cloud.provider': 'aws',
        'cloud.platform': 'aws_lambda',
        'cloud.region': report.region,
        'cloud.account.id': report.accountId,
        'faas.name': report.functionName,
        'faas.version': report.version,
        'faas.max_memory': report.memorySizeMiB * 1024 * 1024,
      });
      const newSpanId = (): string => random.uuid().replaceAll('-', '').slice(0, 16);
      for (const span of spansOf(report, resource, newSpanId)) processor.onEnd(span);
    },
    [Symbol.asyncDispose]: async () => {
      await processor.shutdown().catch((error: unknown) => {
        log.warn('the last traces could not be sent', { endpoint, error: String(error) });
      });
    },
  };
}
