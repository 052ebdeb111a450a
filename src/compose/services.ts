/** Every service over one world, and how they meet: by ports, never by importing one another. */
import type { ServiceExtras } from '#aws/extras.ts';
import type { HttpSurface, Service } from '#aws/operation.ts';
import { createBilling, type Billing } from '#billing/index.ts';
import {
  createLambdaControl,
  type LambdaControl,
  type LambdaControlOptions,
} from '#lambda/control/index.ts';
import { createEventSources, eventSourceTags } from '#lambda/sources/index.ts';
import type { Credentials } from '#ports/peers/credential-issuer.ts';
import type { Invoker } from '#ports/peers/invoker.ts';
import type { LogSink } from '#ports/peers/log-sink.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { Schema } from '#ports/world/database.ts';
import { createDynamodb } from '#services/dynamodb/index.ts';
import { createIam } from '#services/iam/index.ts';
import { createLogs } from '#services/logs/index.ts';
import { createMetrics } from '#services/metrics/index.ts';
import { createS3 } from '#services/s3/index.ts';
import { createSqs } from '#services/sqs/index.ts';
import { createSts, type Sts } from '#services/sts/index.ts';
import { createDelivererRouter } from './deliverer-router.ts';
import type { World } from './world.ts';

export interface ServicesOptions {
  readonly world: World;
  readonly accountId: string;
  readonly accountConcurrency: number;
  /** `127.0.0.1:4566`, where the server is reached; asked for once it listens. */
  readonly host: () => string;
  /** The invoke plane, which is made after the services. */
  readonly invoker: () => Invoker;
  /** Puts the root credentials where their owner alone can read them. */
  readonly publishRoot: (credentials: Credentials) => Promise<void>;
  /** Told of each asynchronous event's end after its commit; the simulator counts them. */
  readonly onAsyncEnd?: NonNullable<LambdaControlOptions['onAsyncEnd']>;
}

export interface Services {
  readonly services: readonly Service[];
  readonly extras: ReadonlyMap<string, ServiceExtras>;
  readonly surfaces: readonly HttpSurface[];
  readonly internal: ReadonlyMap<string, HttpSurface['handle']>;
  readonly schemas: readonly Schema[];
  readonly control: LambdaControl;
  readonly sts: Sts;
  readonly logSink: LogSink;
  readonly metrics: MetricSink;
  /** Writes the minute that is not over yet; for the end. */
  readonly flushMetrics: () => Promise<void>;
  readonly billing: Billing;
  /** Background work; each runs until the signal aborts, and rejects with a bug of ours. */
  readonly loops: readonly ((signal: AbortSignal) => Promise<void>)[];
}

/** Makes the services; migrate the schemas before anything is asked of them. */
export function createServices(options: ServicesOptions): Services {
  const { world, onAsyncEnd } = options;
  const deliverer = createDelivererRouter();
  const metrics = createMetrics({ ...world, deliverer });
  const iam = createIam({
    ...world,
    forgetKey: (accessKeyId) => sts.credentials.forget(accessKeyId),
  });
  const sts: Sts = createSts({
    ...world,
    accountId: options.accountId,
    roles: iam.roles,
    users: iam.users,
    publishRoot: options.publishRoot,
  });
  const s3 = createS3({ ...world, blobs: world.objects, deliverer, credentials: sts.credentials });
  const dynamodb = createDynamodb(world);
  const sqs = createSqs(world);
  const logs = createLogs({ ...world, deliverer, metricSink: metrics.metricSink });
  const billing = createBilling(world);
  const control = createLambdaControl({
    ...world,
    blobs: world.archives,
    objects: s3.objects,
    metrics: metrics.metricSink,
    deliverer,
    invoker: options.invoker,
    host: options.host,
    options: {
      accountConcurrency: options.accountConcurrency,
      tagBearers: eventSourceTags(world.clock),
      ...(onAsyncEnd === undefined ? {} : { onAsyncEnd }),
    },
  });
  const sources = createEventSources({
    ...world,
    metrics: metrics.metricSink,
    deliverer,
    invoker: options.invoker,
    catalog: control.catalog,
    sqsSource: (arn) => sqs.eventSource(arn),
    streamReaders: { dynamodb: dynamodb.streamReader },
  });
  const lambda = {
    ...control,
    service: {
      ...control.service,
      operations: { ...control.service.operations, ...sources.operations },
    },
  };
  deliverer.join('lambda', control.deliverer);
  deliverer.join('sqs', sqs.deliverer);
  const parts = [sts, s3, dynamodb, sqs, logs, metrics, lambda];
  return {
    services: [...parts.map(({ service }) => service), iam.service, dynamodb.streamsService],
    extras: new Map([['s3', s3.extras]]),
    surfaces: control.surfaces,
    internal: control.internal,
    schemas: [...parts.map(({ schema }) => schema), iam.schema, billing.schema, sources.schema],
    control,
    sts,
    logSink: logs.logSink,
    metrics: metrics.metricSink,
    flushMetrics: () => metrics.flush(),
    billing,
    loops: [...parts, sources].map((part) => (signal: AbortSignal) => part.run(signal)),
  };
}
