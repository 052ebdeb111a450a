import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import type { Target } from './resolve.ts';

interface InUse {
  readonly account: number;
  readonly unreserved: number;
  readonly function: number;
}

type Measurement = Pick<MetricDatum, 'name' | 'value' | 'unit'>;

/**
 * CloudWatch's metrics of one invocation, by function, by resource (function and qualifier), and of all
 * functions together.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function invocationMetrics(
  report: InvocationReport,
  target: Target,
  inUse: InUse,
): readonly MetricDatum[] {
  const timestampMs = report.startedAtMs;
  const shared: readonly Measurement[] = [
    { name: 'Invocations', value: 1, unit: 'Count' },
    { name: 'Errors', value: report.failure === undefined ? 0 : 1, unit: 'Count' },
    { name: 'Throttles', value: 0, unit: 'Count' },
    { name: 'Duration', value: report.durationMs, unit: 'Milliseconds' },
  ];
  return [
    ...measured(
      target,
      [...shared, { name: 'ConcurrentExecutions', value: inUse.function, unit: 'Count' }],
      timestampMs,
    ),
    ...shared.map((it) => datum(target, {}, it, timestampMs)),
    datum(
      target,
      {},
      { name: 'ConcurrentExecutions', value: inUse.account, unit: 'Count' },
      timestampMs,
    ),
    datum(
      target,
      {},
      { name: 'UnreservedConcurrentExecutions', value: inUse.unreserved, unit: 'Count' },
      timestampMs,
    ),
  ];
}

/** The metric of an invocation that was refused. */
export function throttleMetrics(target: Target, timestampMs: number): readonly MetricDatum[] {
  const throttle = { name: 'Throttles', value: 1, unit: 'Count' };
  return [...measured(target, [throttle], timestampMs), datum(target, {}, throttle, timestampMs)];
}

function measured(
  target: Target,
  measurements: readonly Measurement[],
  timestampMs: number,
): MetricDatum[] {
  const { functionName } = target.version;
  const qualifier = target.invokedFunctionArn.slice(target.version.functionArn.length);
  const byFunction = { FunctionName: functionName };
  const byResource = { FunctionName: functionName, Resource: `${functionName}${qualifier}` };
  return measurements.flatMap((it) => [
    datum(target, byFunction, it, timestampMs),
    datum(target, byResource, it, timestampMs),
  ]);
}

function datum(
  target: Target,
  dimensions: Readonly<Record<string, string>>,
  measurement: Measurement,
  timestampMs: number,
): MetricDatum {
  const { accountId, region } = target.version;
  return {
    accountId,
    region,
    namespace: 'AWS/Lambda',
    dimensions,
    timestampMs,
    name: measurement.name,
    value: measurement.value,
    unit: measurement.unit,
  };
}
