import { BoundedMap } from '#kernel/bounded-map.ts';
import { MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { Home } from '#lambda/worker/index.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { MetricDatum, LateMetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Admission } from './admission.ts';
import type { Target } from './resolve.ts';

type Dimensions = Readonly<Record<string, string>>;
type Measured = Pick<InvocationReport, 'startedAtMs' | 'durationMs' | 'failure'>;
type MeasuredTarget = Pick<Target, 'version' | 'invokedFunctionArn' | 'provisioned'>;

interface Peak {
  second: number;
  value: number;
}

/** What invocations of one target came to that began within a minute, until it is told. */
interface Tally {
  readonly target: MeasuredTarget;
  readonly isProvisioned: boolean;
  /** Of the first of them, in ms since 1970. */
  readonly startedAtMs: number;
  readonly durationsMs: number[];
  errors: number;
}

/** What is known of a version that is invoked by one ARN. */
interface Known {
  /** Of its account and Region, a key of their peak. */
  readonly account: string;
  readonly dimensions: readonly Dimensions[];
  /** The tally that still grows. */
  tally: Tally | undefined;
}

/** Invocations of a tally: they are told in one piece, in which nothing else runs. */
const TALLY_MAX = 128;
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
  readonly #known = new WeakMap<FunctionVersion, Map<string, Known>>();

  constructor(sink: LateMetricSink, clock: Clock, admission: Admission) {
    this.#sink = sink;
    this.#clock = clock;
    this.#admission = admission;
  }

  /** Measures an invocation that has run, in an environment that was kept ready where it has a home. */
  record(report: Measured, target: MeasuredTarget, home: Home | undefined): void {
    const { startedAtMs, durationMs, failure } = report;
    const isProvisioned = home !== undefined;
    const errors = failure === undefined ? 0 : 1;
    const known = this.#knownOf(target);
    const { tally } = known;
    if (tally !== undefined && isOpen(tally, isProvisioned, startedAtMs)) {
      tally.durationsMs.push(durationMs);
      tally.errors += errors;
    } else {
      const durationsMs = [durationMs];
      this.#begin(known, { target, isProvisioned, startedAtMs, durationsMs, errors });
    }
    const levels = this.#levels(target, home);
    if (levels.length > 0) this.#sink.put(levels);
  }

  /** Others are counted with it until the sink gathers what they measured. */
  #begin(known: Known, tally: Tally): void {
    known.tally = tally;
    this.#sink.putLater(() => {
      if (known.tally === tally) known.tally = undefined;
      return this.#measured(tally);
    });
  }

  #measured({ target, isProvisioned, startedAtMs, durationsMs, errors }: Tally): MetricDatum[] {
    const data: MetricDatum[] = [];
    const put = (name: string, value: number, { count = 1, unit = 'Count' } = {}): void => {
      if (count === 0) return;
      for (const dimensions of this.#knownOf(target).dimensions) {
        const measurement = { name, value, count, unit, timestampMs: startedAtMs };
        data.push(datum(target, dimensions, measurement));
      }
    };
    const count = durationsMs.length;
    put('Invocations', 1, { count });
    put('Errors', 0, { count: count - errors });
    put('Errors', 1, { count: errors });
    for (const durationMs of durationsMs) put('Duration', durationMs, { unit: 'Milliseconds' });
    if (isProvisioned) put('ProvisionedConcurrencyInvocations', 1, { count });
    else if (target.provisioned !== undefined) {
      put('ProvisionedConcurrencySpilloverInvocations', 1, { count });
    }
    return data;
  }

  /** What is true only now: how many run at once. */
  #levels(target: MeasuredTarget, home: Home | undefined): MetricDatum[] {
    const data: MetricDatum[] = [];
    if (home !== undefined) this.#putProvisioned(target, home, data);
    this.#putConcurrency(target, data);
    return data;
  }

  /** Measures an invocation that was refused. */
  throttle(target: MeasuredTarget): void {
    const timestampMs = this.#clock.now();
    const throttle = { name: 'Throttles', value: 1, unit: 'Count', timestampMs };
    const { dimensions } = this.#knownOf(target);
    this.#sink.put(dimensions.map((one) => datum(target, one, throttle)));
  }

  #putConcurrency(target: MeasuredTarget, data: MetricDatum[]): void {
    const { functionArn, functionName } = target.version;
    const inUse = this.#admission.inUse(target.version);
    const timestampMs = this.#clock.now();
    const put = (name: string, value: number, dimensions: Dimensions): void => {
      data.push(datum(target, dimensions, { name, value, unit: 'Count', timestampMs }));
    };
    if (this.#rises(functionArn, inUse.function, timestampMs)) {
      put('ConcurrentExecutions', inUse.function, { FunctionName: functionName });
    }
    if (this.#rises(this.#knownOf(target).account, inUse.account, timestampMs)) {
      put('ConcurrentExecutions', inUse.account, ALL_FUNCTIONS);
      put('UnreservedConcurrentExecutions', inUse.unreserved, ALL_FUNCTIONS);
    }
  }

  #putProvisioned(
    target: MeasuredTarget,
    { key, busy, requested }: Home,
    data: MetricDatum[],
  ): void {
    const timestampMs = this.#clock.now();
    if (!this.#rises(key, busy, timestampMs)) return;
    const measurements = [
      { name: 'ProvisionedConcurrentExecutions', value: busy, unit: 'Count' },
      { name: 'ProvisionedConcurrencyUtilization', value: busy / requested, unit: 'Count' },
    ];
    for (const measurement of measurements) {
      for (const dimensions of this.#knownOf(target).dimensions.slice(1)) {
        data.push(datum(target, dimensions, { ...measurement, timestampMs }));
      }
    }
  }

  #knownOf(target: MeasuredTarget): Known {
    const { version, invokedFunctionArn } = target;
    let ofVersion = this.#known.get(version);
    if (ofVersion === undefined) this.#known.set(version, (ofVersion = new Map()));
    let known = ofVersion.get(invokedFunctionArn);
    if (known === undefined) {
      const { accountId, region } = version;
      const account = `${accountId} ${region}`;
      known = { account, dimensions: dimensionsOf(target), tally: undefined };
      ofVersion.set(invokedFunctionArn, known);
    }
    return known;
  }

  #rises(key: string, value: number, nowMs: number): boolean {
    const second = Math.floor(nowMs / SECOND_MS);
    const peak = this.#peaks.get(key);
    if (peak !== undefined && peak.second === second && peak.value >= value) return false;
    this.#peaks.set(key, { second, value });
    return true;
  }
}

function isOpen(
  { isProvisioned: wasProvisioned, startedAtMs: firstAtMs, durationsMs }: Tally,
  isProvisioned: boolean,
  startedAtMs: number,
): boolean {
  return (
    wasProvisioned === isProvisioned &&
    durationsMs.length < TALLY_MAX &&
    Math.floor(firstAtMs / MINUTE_MS) === Math.floor(startedAtMs / MINUTE_MS)
  );
}

function dimensionsOf(target: MeasuredTarget): readonly Dimensions[] {
  const { functionName, functionArn } = target.version;
  const qualifier = target.invokedFunctionArn.slice(functionArn.length);
  return [
    ALL_FUNCTIONS,
    { FunctionName: functionName },
    { FunctionName: functionName, Resource: `${functionName}${qualifier}` },
  ];
}

function datum(
  { version }: MeasuredTarget,
  dimensions: Dimensions,
  measurement: Pick<MetricDatum, 'name' | 'value' | 'count' | 'unit' | 'timestampMs'>,
): MetricDatum {
  return {
    accountId: version.accountId,
    region: version.region,
    namespace: 'AWS/Lambda',
    name: measurement.name,
    dimensions,
    value: measurement.value,
    count: measurement.count ?? 1,
    unit: measurement.unit,
    timestampMs: measurement.timestampMs,
  };
}
