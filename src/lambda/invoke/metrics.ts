import { BoundedMap } from '#kernel/bounded-map.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { Home } from '#lambda/worker/index.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { MetricDatum, LateMetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Admission } from './admission.ts';
import type { Target } from './resolve.ts';

type Dimensions = Readonly<Record<string, string>>;

interface Peak {
  second: number;
  value: number;
}

const ALL_FUNCTIONS: Dimensions = {};
const PEAKS_MAX = 10_000;

/**
 * CloudWatch's metrics of invocations: by function, by resource (function and qualifier), and of all
 * functions together. Concurrency is told when it rises within a second: CloudWatch keeps its maximum.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export class InvocationMetrics {
  readonly #sink: LateMetricSink;
  readonly #clock: Clock;
  readonly #admission: Admission;
  readonly #peaks = new BoundedMap<Peak>(PEAKS_MAX);
  /** By version and by the ARN that was invoked: the sink knows an object that it has seen. */
  readonly #dimensions = new WeakMap<FunctionVersion, Map<string, readonly Dimensions[]>>();

  constructor(sink: LateMetricSink, clock: Clock, admission: Admission) {
    this.#sink = sink;
    this.#clock = clock;
    this.#admission = admission;
  }

  /** Measures an invocation that has run, in an environment that was kept ready where it has a home. */
  record(report: InvocationReport, target: Target, home: Home | undefined): void {
    const levels = this.#levels(target, home);
    const make = () => this.#measured(report, target, home).concat(levels);
    if (this.#sink.putLater === undefined) this.#sink.put(make());
    else this.#sink.putLater(make);
  }

  #measured(report: InvocationReport, target: Target, home: Home | undefined): MetricDatum[] {
    const { startedAtMs, durationMs, failure } = report;
    const data: MetricDatum[] = [];
    const put = (name: string, value: number, unit: string): void => {
      for (const dimensions of this.#dimensionsOf(target)) {
        data.push(datum(target, dimensions, { name, value, unit, timestampMs: startedAtMs }));
      }
    };
    put('Invocations', 1, 'Count');
    put('Errors', failure === undefined ? 0 : 1, 'Count');
    put('Duration', durationMs, 'Milliseconds');
    if (home !== undefined) put('ProvisionedConcurrencyInvocations', 1, 'Count');
    else if (target.provisioned !== undefined) {
      put('ProvisionedConcurrencySpilloverInvocations', 1, 'Count');
    }
    return data;
  }

  /** What is true only now: how many run at once. */
  #levels(target: Target, home: Home | undefined): MetricDatum[] {
    const data: MetricDatum[] = [];
    if (home !== undefined) this.#putProvisioned(target, home, data);
    this.#putConcurrency(target, data);
    return data;
  }

  /** Measures an invocation that was refused. */
  throttle(target: Target): void {
    const timestampMs = this.#clock.now();
    const throttle = { name: 'Throttles', value: 1, unit: 'Count', timestampMs };
    const dimensions = this.#dimensionsOf(target);
    this.#sink.put(dimensions.map((one) => datum(target, one, throttle)));
  }

  #putConcurrency(target: Target, data: MetricDatum[]): void {
    const { accountId, region, functionArn, functionName } = target.version;
    const inUse = this.#admission.inUse(target.version);
    const timestampMs = this.#clock.now();
    const put = (name: string, value: number, dimensions: Dimensions): void => {
      data.push(datum(target, dimensions, { name, value, unit: 'Count', timestampMs }));
    };
    if (this.#rises(functionArn, inUse.function, timestampMs)) {
      put('ConcurrentExecutions', inUse.function, { FunctionName: functionName });
    }
    if (this.#rises(`${accountId} ${region}`, inUse.account, timestampMs)) {
      put('ConcurrentExecutions', inUse.account, ALL_FUNCTIONS);
      put('UnreservedConcurrentExecutions', inUse.unreserved, ALL_FUNCTIONS);
    }
  }

  #putProvisioned(target: Target, { key, busy, requested }: Home, data: MetricDatum[]): void {
    const timestampMs = this.#clock.now();
    if (!this.#rises(key, busy, timestampMs)) return;
    const measurements = [
      { name: 'ProvisionedConcurrentExecutions', value: busy, unit: 'Count' },
      { name: 'ProvisionedConcurrencyUtilization', value: busy / requested, unit: 'Count' },
    ];
    for (const measurement of measurements) {
      for (const dimensions of this.#dimensionsOf(target).slice(1)) {
        data.push(datum(target, dimensions, { ...measurement, timestampMs }));
      }
    }
  }

  #dimensionsOf(target: Target): readonly Dimensions[] {
    const { version, invokedFunctionArn } = target;
    const ofVersion = this.#dimensions.get(version) ?? new Map<string, readonly Dimensions[]>();
    this.#dimensions.set(version, ofVersion);
    const known = ofVersion.get(invokedFunctionArn);
    if (known !== undefined) return known;
    const dimensions = dimensionsOf(target);
    ofVersion.set(invokedFunctionArn, dimensions);
    return dimensions;
  }

  #rises(key: string, value: number, nowMs: number): boolean {
    const second = Math.floor(nowMs / SECOND_MS);
    const peak = this.#peaks.get(key);
    if (peak !== undefined && peak.second === second && peak.value >= value) return false;
    this.#peaks.set(key, { second, value });
    return true;
  }
}

function dimensionsOf(target: Target): readonly Dimensions[] {
  const { functionName, functionArn } = target.version;
  const qualifier = target.invokedFunctionArn.slice(functionArn.length);
  return [
    ALL_FUNCTIONS,
    { FunctionName: functionName },
    { FunctionName: functionName, Resource: `${functionName}${qualifier}` },
  ];
}

function datum(
  { version }: Target,
  dimensions: Dimensions,
  measurement: Pick<MetricDatum, 'name' | 'value' | 'unit' | 'timestampMs'>,
): MetricDatum {
  return {
    accountId: version.accountId,
    region: version.region,
    namespace: 'AWS/Lambda',
    name: measurement.name,
    dimensions,
    value: measurement.value,
    unit: measurement.unit,
    timestampMs: measurement.timestampMs,
  };
}
