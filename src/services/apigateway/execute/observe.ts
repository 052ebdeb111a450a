/** What is told of a request once it was answered: metrics, and a line of the stage's access log. */
import { accessLogGroup, stageMetrics, type Measure } from '#aws/execute-api/index.ts';
import type { WireResponse } from '#aws/wire.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { mapped } from './mapping.ts';
import { contextMap } from './template-scope.ts';
import type { Arrival, Caller } from './visit.ts';

export interface Observed {
  readonly arrival: Arrival;
  readonly caller: Caller;
  readonly response: WireResponse;
  readonly latencyMs: number;
}

/** Tells of one request. */
export function observe(dependencies: ApiGatewayDependencies, observed: Observed): void {
  const { arrival, response, latencyMs } = observed;
  const { accountId, region, content, stage, nowMs } = arrival;
  const { status } = response;
  const of = { ApiName: content.api.name ?? '' };
  const about = [of, { ...of, Stage: stage.stageName }];
  const measures: readonly Measure[] = [
    ['Count', 1, 'Count'],
    ['4XXError', status >= 400 && status < 500 ? 1 : 0, 'Count'],
    ['5XXError', status >= 500 ? 1 : 0, 'Count'],
    ['Latency', latencyMs, 'Milliseconds'],
  ];
  const common = { accountId, region, timestampMs: nowMs };
  dependencies.metricSink.put(stageMetrics(common, about, measures));
  logAccess(dependencies, observed);
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
function logAccess(
  { logSink, clock }: ApiGatewayDependencies,
  { arrival, caller, response, latencyMs }: Observed,
): void {
  const { destinationArn = '', format = '' } = arrival.stage.accessLogSettings ?? {};
  const group = accessLogGroup(destinationArn, arrival);
  if (group === undefined || format === '') return;
  const context = contextMap(arrival, caller);
  const { body } = response;
  const length = body instanceof Uint8Array ? body.byteLength : 0;
  context.set('status', String(response.status));
  context.set('responseLength', String(length));
  context.set('responseLatency', String(Math.round(latencyMs)));
  const message = format.replaceAll(
    /\$(context(?:\.[A-Za-z][\w-]*)+)/g,
    (_, source: string) => mapped(source, { visit: arrival, context }) ?? '-',
  );
  const logStream = `${arrival.apiId}_${arrival.stage.stageName}`;
  logSink.append({ ...group, logStream }, [{ timestampMs: clock.now(), message }]);
}
