import type { MetricTransformation } from '#aws/models/logs.types.gen.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import type { FilterMatch } from './filter-pattern/index.ts';
import type { LogGroup } from './model.ts';

/** What is stored of a metric filter beside its name and pattern. */
export interface MetricSettings {
  readonly metricTransformations: readonly MetricTransformation[];
  readonly applyOnTransformedLogs: boolean;
}

/** A match, and when it happened. */
export interface TimedMatch {
  readonly timestamp: number;
  readonly match: FilterMatch;
}

/**
 * What a metric filter measures in a batch of events; its default value where nothing matched.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringPolicyExamples.html
 */
export function measure(
  group: LogGroup,
  { metricTransformations }: MetricSettings,
  matches: readonly TimedMatch[],
  nowMs: number,
): MetricDatum[] {
  return metricTransformations.flatMap((transformation) => {
    const found = matches.flatMap(
      ({ timestamp, match }) => datum(group, transformation, timestamp, match) ?? [],
    );
    if (found.length > 0 || matches.length > 0 || transformation.defaultValue === undefined)
      return found;
    return [
      {
        ...describe(group, transformation),
        dimensions: {},
        value: transformation.defaultValue,
        timestampMs: nowMs,
      },
    ];
  });
}

function datum(
  group: LogGroup,
  transformation: MetricTransformation,
  timestampMs: number,
  match: FilterMatch,
): MetricDatum | undefined {
  const value = resolve(transformation.metricValue, match);
  const number = value === undefined || value.trim() === '' ? NaN : Number(value);
  if (!Number.isFinite(number)) return undefined;
  const dimensions: Record<string, string> = {};
  for (const [name, selector] of Object.entries(transformation.dimensions ?? {})) {
    const dimension = resolve(selector, match);
    // Without all of its dimensions an event measures nothing.
    if (dimension === undefined) return undefined;
    dimensions[name] = dimension;
  }
  return { ...describe(group, transformation), dimensions, value: number, timestampMs };
}

/** A selector's value, or the text itself. */
function resolve(text: string, match: FilterMatch): string | undefined {
  return text.startsWith('$') ? match.valueOf(text) : text;
}

function describe(
  { accountId, region }: LogGroup,
  { metricNamespace, metricName, unit }: MetricTransformation,
): Pick<MetricDatum, 'accountId' | 'region' | 'namespace' | 'name' | 'unit'> {
  return { accountId, region, namespace: metricNamespace, name: metricName, unit: unit ?? 'None' };
}
