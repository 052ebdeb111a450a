/** What is measured and logged of one request to a stage. */
import { stageMetrics, type Measure } from '#aws/execute-api/index.ts';
import type { RequestHead } from '#aws/operation.ts';
import type { WireResponse } from '#aws/wire.ts';
import type { MetricDatum } from '#ports/peers/metric-sink.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import type { OwnedApi } from '../model.ts';
import { logAccess } from './access-log.ts';
import type { Served } from './find-stage.ts';
import { valueOf } from './variables.ts';
import type { Authorization, Visit } from './visit.ts';

export interface Tally {
  routed(visit: Visit): void;
  admitted(authorization: Authorization): void;
  /** Measures what an integration takes. */
  integrated(work: () => Promise<WireResponse>): Promise<WireResponse>;
  /** Counts and logs the request. @returns the response */
  end(response: WireResponse): WireResponse;
}

interface Request {
  readonly owned: OwnedApi;
  readonly served: Served;
  readonly request: RequestHead;
  readonly requestId: string;
}

/** A tally that has just begun. */
export function createTally(dependencies: Apigatewayv2Dependencies, request: Request): Tally {
  const { clock, metricSink } = dependencies;
  const beganMs = clock.monotonicMs();
  let visit = unrouted(request, clock.now());
  let authorization: Authorization = { kind: 'none' };
  let integrationMs: number | undefined;
  return {
    routed(known) {
      visit = known;
    },
    admitted(known) {
      authorization = known;
    },
    async integrated(work) {
      const askedMs = clock.monotonicMs();
      try {
        return await work();
      } finally {
        integrationMs = clock.monotonicMs() - askedMs;
      }
    },
    end(response) {
      const latencyMs = clock.monotonicMs() - beganMs;
      metricSink.put(measured(request, clock.now(), response, { latencyMs, integrationMs }));
      const outcome = outcomeOf(response, latencyMs, integrationMs);
      logAccess(dependencies, visit, (format) => lineOf(format, { visit, authorization, outcome }));
      return response;
    },
  };
}

/** What a request is known by before it has a route. */
function unrouted({ owned, served, request, requestId }: Request, nowMs: number): Visit {
  const { stage, snapshot, path } = served;
  return {
    owned,
    stage,
    snapshot,
    match: { route: { RouteKey: '-' } },
    head: request,
    path,
    requestId,
    invocationId: requestId,
    traceHeader: '',
    nowMs,
    signal: new AbortController().signal,
  };
}

interface Durations {
  readonly latencyMs: number;
  readonly integrationMs: number | undefined;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
function measured(
  { owned, served }: Request,
  timestampMs: number,
  response: WireResponse,
  { latencyMs, integrationMs }: Durations,
): MetricDatum[] {
  const { accountId, region, apiId } = owned;
  const is = (from: number): number =>
    response.status >= from && response.status < from + 100 ? 1 : 0;
  const measures: readonly Measure[] = [
    ['Count', 1, 'Count'],
    ['4xx', is(400), 'Count'],
    ['5xx', is(500), 'Count'],
    ['Latency', latencyMs, 'Milliseconds'],
    ...(integrationMs === undefined
      ? []
      : [['IntegrationLatency', integrationMs, 'Milliseconds'] as const]),
    ['DataProcessed', lengthOf(response), 'Bytes'],
  ];
  const about = [{ ApiId: apiId }, { ApiId: apiId, Stage: served.stage.StageName }];
  return stageMetrics({ accountId, region, timestampMs }, about, measures);
}

function lengthOf({ body }: WireResponse): number {
  return body instanceof Uint8Array ? body.byteLength : 0;
}

function outcomeOf(
  response: WireResponse,
  latencyMs: number,
  integrationMs: number | undefined,
): Readonly<Record<string, string>> {
  const integration = integrationMs === undefined ? '-' : String(Math.round(integrationMs));
  return {
    status: String(response.status),
    responseLength: String(lengthOf(response)),
    responseLatency: String(Math.round(latencyMs)),
    integrationLatency: integration,
    'integration.latency': integration,
  };
}

interface Access {
  readonly visit: Visit;
  readonly authorization: Authorization;
  readonly outcome: Readonly<Record<string, string>>;
}

/** What a format names and nobody knows is `-`. */
function lineOf(format: string, access: Access): string {
  return format.replaceAll(
    /\$context\.([A-Za-z0-9_.]+[A-Za-z0-9_])/g,
    (expression) => valueOf(expression, access) ?? '-',
  );
}
