import type { DomainNames } from '#aws/execute-api/index.ts';
import type { AccessControl } from '#ports/peers/access-control.ts';
import type { ApiKeys } from '#ports/peers/api-keys.ts';
import type { AwsCaller } from '#ports/peers/aws-caller.ts';
import type { FunctionCaller } from '#ports/peers/function-caller.ts';
import type { LogSink } from '#ports/peers/log-sink.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { HttpClient } from '#ports/world/http-client.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import type { Threads } from '#ports/world/threads.ts';

/** What HTTP APIs need of the world and of their peers. */
export interface Apigatewayv2Dependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Absent: long definitions are read where they are, and everybody waits. */
  readonly threads?: Threads;
  /** For integrations outside and issuers of tokens. */
  readonly http: HttpClient;
  readonly functions: FunctionCaller;
  /** For integrations with services. */
  readonly caller: AwsCaller;
  readonly domainNames: DomainNames;
  readonly apiKeys: ApiKeys;
  /** Where stages write who came. */
  readonly logSink: LogSink;
  readonly metricSink: MetricSink;
  /** `127.0.0.1:4566`, where the server is reached; asked for when an endpoint is told. */
  readonly host: () => string;
  /** How clients reach the server where that is not `host`: `https://hearth.example`. */
  readonly endpointUrl?: string;
  /** Where policies are evaluated. */
  readonly access?: AccessControl;
}
