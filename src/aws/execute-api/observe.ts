/** Where stages tell of their requests: metrics, and access logs. */
import { parseArn } from '#kernel/arn.ts';
import type { LogStreamName } from '#ports/peers/log-sink.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';

type Dimensions = MetricDatum['dimensions'];

/** Name, value and unit. */
export type Measure = readonly [name: string, value: number, unit: string];

/** Measures of one request, of each of the things that they are about: the API, its stage. */
export function stageMetrics(
  common: Pick<MetricDatum, 'accountId' | 'region' | 'timestampMs'>,
  about: readonly Dimensions[],
  measures: readonly Measure[],
): MetricDatum[] {
  return about.flatMap((dimensions) =>
    measures.map(([name, value, unit]) => ({
      accountId: common.accountId,
      region: common.region,
      timestampMs: common.timestampMs,
      namespace: 'AWS/ApiGateway',
      name,
      dimensions,
      value,
      unit,
    })),
  );
}

/** The log group that an ARN names; `undefined` where it names none of the API's own account and Region. */
export function accessLogGroup(
  destinationArn: string,
  { accountId, region }: Pick<LogStreamName, 'accountId' | 'region'>,
): Pick<LogStreamName, 'accountId' | 'region' | 'logGroup'> | undefined {
  const arn = parseArn(destinationArn);
  const logGroup = /^log-group:([^:]+)/.exec(arn?.resource ?? '')?.[1];
  const isOwn = arn?.accountId === accountId && arn.region === region;
  return logGroup === undefined || !isOwn ? undefined : { accountId, region, logGroup };
}
