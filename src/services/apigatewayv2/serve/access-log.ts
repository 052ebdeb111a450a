import { accessLogGroup } from '#aws/execute-api/index.ts';
import { requestTime } from '#aws/proxy/index.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import type { Visit } from './visit.ts';

/**
 * A line in the stage's log group, where it has one.
 * @param fill the line, by the stage's format
 */
export function logAccess(
  { logSink, clock }: Pick<Apigatewayv2Dependencies, 'logSink' | 'clock'>,
  { owned, stage }: Pick<Visit, 'owned' | 'stage'>,
  fill: (format: string) => string,
): void {
  const { DestinationArn = '', Format } = stage.AccessLogSettings ?? {};
  const group = accessLogGroup(DestinationArn, owned);
  if (group === undefined || Format === undefined) return;
  const message = fill(Format);
  const timestampMs = clock.now();
  const day = requestTime(timestampMs).slice(0, 11).replaceAll('/', '-');
  const logStream = `${owned.apiId}-${stage.StageName.replace('$', '')}-${day}`;
  logSink.append({ ...group, logStream }, [{ timestampMs, message }]);
}
