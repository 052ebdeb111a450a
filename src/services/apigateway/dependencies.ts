import type { DomainNames } from '#aws/execute-api/index.ts';
import type { AccessControl } from '#ports/peers/access-control.ts';
import type { ApiStages } from '#ports/peers/api-keys.ts';
import type { AwsCaller } from '#ports/peers/aws-caller.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { FunctionCaller } from '#ports/peers/function-caller.ts';
import type { LogSink } from '#ports/peers/log-sink.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { HttpClient } from '#ports/world/http-client.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import type { Threads } from '#ports/world/threads.ts';

/** What API Gateway's REST APIs need of the world and of their peers. */
export interface ApiGatewayDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly http: HttpClient;
  readonly log: Log;
  /** Absent: long definitions are read where they are, and everybody waits. */
  readonly threads?: Threads;
  readonly logSink: LogSink;
  readonly metricSink: MetricSink;
  /** Runs functions that let an API call them. */
  readonly functions: FunctionCaller;
  /** Takes events for functions that nobody waits for. */
  readonly deliverer: Deliverer;
  /** Asks the operations of other services, as integrations of type AWS do. */
  readonly caller: AwsCaller;
  readonly domainNames: DomainNames;
  /** Of WebSocket APIs: usage plans are for them, too. */
  readonly webSocketStages: ApiStages;
  /** Where policies are evaluated. */
  readonly access?: AccessControl;
}
