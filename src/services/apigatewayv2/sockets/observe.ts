/** What is measured and logged of one thing that happened on a WebSocket. */
import { stageMetrics, type Measure } from '#aws/execute-api/index.ts';
import { logAccess } from '../serve/access-log.ts';
import { textOfValue, valueIn } from '../serve/json-value.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { contextOf } from './context.ts';
import type { Turn } from './turn.ts';

/** How a turn went. */
export interface TurnEnd {
  /** As logs tell it. */
  readonly status: number;
  /** Whose fault it was, where something failed. */
  readonly fault?: 'client' | 'gateway' | 'integration';
  readonly message?: string;
  readonly integrationMs?: number;
}

/** Counts and logs a turn. */
export function observeTurn(
  dependencies: Apigatewayv2Dependencies,
  turn: Turn,
  end: TurnEnd,
): void {
  const { accountId, region, apiId } = turn.owned;
  const common = { accountId, region, timestampMs: dependencies.clock.now() };
  const stage = turn.stage.StageName;
  const { DetailedMetricsEnabled: isDetailed = false } = settingsOf(turn);
  const about = [
    { ApiId: apiId },
    { ApiId: apiId, Stage: stage },
    ...(isDetailed ? [{ ApiId: apiId, Stage: stage, Route: turn.routeKey }] : []),
  ];
  dependencies.metricSink.put(stageMetrics(common, about, measuresOf(turn, end)));
  logAccess(dependencies, turn, (format) => lineOf(format, turn, end));
}

/** Counts a message that was sent to a client. */
export function observeSent(
  { metricSink, clock }: Pick<Apigatewayv2Dependencies, 'clock' | 'metricSink'>,
  { owned, stageName }: Turn['session'],
): void {
  const { accountId, region, apiId } = owned;
  const common = { accountId, region, timestampMs: clock.now() };
  const about = [{ ApiId: apiId }, { ApiId: apiId, Stage: stageName }];
  metricSink.put(stageMetrics(common, about, [['MessageCount', 1, 'Count']]));
}

/** The settings of a turn's route, and where those say nothing the stage's. */
export function settingsOf({ stage, routeKey }: Turn) {
  const { DefaultRouteSettings = {}, RouteSettings = {} } = stage;
  const own = Object.hasOwn(RouteSettings, routeKey) ? RouteSettings[routeKey] : undefined;
  return { ...DefaultRouteSettings, ...own };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html */
function measuresOf({ happening }: Turn, { fault, integrationMs }: TurnEnd): Measure[] {
  const counts: readonly (readonly [string, boolean])[] = [
    ['ConnectCount', happening.eventType === 'CONNECT'],
    ['MessageCount', happening.eventType === 'MESSAGE'],
    ['IntegrationError', fault === 'integration'],
    ['ClientError', fault === 'client'],
    ['ExecutionError', fault === 'gateway'],
  ];
  const measures = counts.filter(([, isSo]) => isSo).map(([name]) => [name, 1, 'Count'] as const);
  return integrationMs === undefined
    ? measures
    : [...measures, ['IntegrationLatency', integrationMs, 'Milliseconds']];
}

/** What a format names and nobody knows is `-`. */
function lineOf(format: string, turn: Turn, { status, message, integrationMs }: TurnEnd): string {
  const latency = integrationMs === undefined ? undefined : String(Math.round(integrationMs));
  const values = {
    ...contextOf(turn),
    status: String(status),
    integrationLatency: latency,
    integration: { latency, status: latency === undefined ? undefined : String(status) },
    error: { message, messageString: message === undefined ? undefined : JSON.stringify(message) },
  };
  return format.replaceAll(/\$context\.([A-Za-z0-9_.]*[A-Za-z0-9_])/g, (_, path: string) => {
    const value = valueIn(values, path.split('.'));
    return value === undefined ? '-' : textOfValue(value);
  });
}
