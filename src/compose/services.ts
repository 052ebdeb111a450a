/** Every service over one world, and how they meet: by ports, never by importing one another. */
import { createAuthorise } from '#aws/access/index.ts';
import { domainNameSurface, DomainNames, executeApiSurface } from '#aws/execute-api/index.ts';
import type { ServiceExtras } from '#aws/extras.ts';
import type { HttpSurface, Service } from '#aws/operation.ts';
import { createBilling, type Billing } from '#billing/index.ts';
import {
  createLambdaControl,
  provisionedLedger,
  type LambdaControl,
  type LambdaControlOptions,
} from '#lambda/control/index.ts';
import { createEventSources, eventSourceTags, mappingPermissions } from '#lambda/sources/index.ts';
import type { Agenda } from '#ports/peers/agenda.ts';
import type { AccessControl, ResourcePolicies } from '#ports/peers/access-control.ts';
import type { Elsewhere } from '#ports/peers/elsewhere.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { Invoker } from '#ports/peers/invoker.ts';
import type { LogSink } from '#ports/peers/log-sink.ts';
import type { RoleDirectory } from '#ports/peers/role-directory.ts';
import type { LateMetricSink, MetricSink } from '#ports/peers/metric-sink.ts';
import type { Schema } from '#ports/world/database.ts';
import { createApiGateway } from '#services/apigateway/index.ts';
import { createApigatewayv2 } from '#services/apigatewayv2/index.ts';
import { createCloudformation } from '#services/cloudformation/index.ts';
import { createDynamodb } from '#services/dynamodb/index.ts';
import { createEcr } from '#services/ecr/index.ts';
import { createEvents } from '#services/events/index.ts';
import { createIam } from '#services/iam/index.ts';
import { createKinesis } from '#services/kinesis/index.ts';
import { createLogs } from '#services/logs/index.ts';
import { createMetrics } from '#services/metrics/index.ts';
import { createS3 } from '#services/s3/index.ts';
import { createScheduler } from '#services/scheduler/index.ts';
import { createSns } from '#services/sns/index.ts';
import { createSqs } from '#services/sqs/index.ts';
import { createSsm } from '#services/ssm/index.ts';
import { createSts, type Sts, type StsDependencies } from '#services/sts/index.ts';
import { createAwsCaller } from './aws-caller.ts';
import { createBillSurface } from './bill-surface.ts';
import { createDelivererRouter } from './deliverer-router.ts';
import { createDeliveryGuard } from './delivery-guard.ts';
import { createOperationCaller } from './operation-caller.ts';
import { accessFor, sourcesFor } from './sources-elsewhere.ts';
import type { World } from './world.ts';

export interface ServicesOptions {
  readonly world: World;
  readonly accountId: string;
  readonly furtherAccountIds?: readonly string[];
  readonly accountConcurrency: number;
  /** `127.0.0.1:4566`, where the server is reached; asked for once it listens. */
  readonly host: () => string;
  /** How clients reach the server where that is not what they came by: `https://hearth.example`. */
  readonly endpointUrl?: string;
  /** The invoke plane, which is made after the services. */
  readonly invoker: () => Invoker;
  /** Queues and streams of accounts that are not here. */
  readonly elsewhere?: Elsewhere;
  /** Whether policies decide what services and functions may, too. */
  readonly evaluatesPolicies?: boolean;
  /** Whether several accounts are kept apart where policies decide nothing else: by those of what is another's. */
  readonly separatesAccounts?: boolean;
  /** Puts the root credentials where their owner alone can read them. */
  readonly publishRoot: StsDependencies['publishRoot'];
  /** Told of each asynchronous event's end after its commit; the simulator counts them. */
  readonly onAsyncEnd?: NonNullable<LambdaControlOptions['onAsyncEnd']>;
  /** How far the invoke plane has got with provisioned concurrency. */
  readonly provisionedStatus?: NonNullable<LambdaControlOptions['provisionedStatus']>;
}

export interface Services {
  /** Where policies are evaluated, be it of what is another account's alone. */
  readonly access: AccessControl | undefined;
  readonly services: readonly Service[];
  readonly extras: ReadonlyMap<string, ServiceExtras>;
  readonly surfaces: readonly HttpSurface[];
  readonly internal: ReadonlyMap<string, HttpSurface['handle']>;
  readonly schemas: readonly Schema[];
  readonly control: LambdaControl;
  readonly sts: Sts;
  readonly logSink: LogSink;
  readonly metrics: LateMetricSink;
  /** Writes the minute that is not over yet; for the end. */
  readonly flushMetrics: () => Promise<void>;
  readonly billing: Billing;
  /** What waits for a time, for a clock that is moved. */
  readonly agendas: readonly Agenda[];
  /** Background work; each runs until the signal aborts, and rejects with a bug of ours. */
  readonly loops: readonly ((signal: AbortSignal) => Promise<void>)[];
}

/** Makes the services; migrate the schemas before anything is asked of them. */
export function createServices(options: ServicesOptions): Services {
  const { world } = options;
  const router = createDelivererRouter();
  const resourcePolicies = new Map<string, ResourcePolicies>();
  const identity = createIdentity(options, resourcePolicies);
  const access = options.evaluatesPolicies === true ? identity.iam.access : undefined;
  const between = identity.openAccounts === undefined ? access : identity.iam.access;
  const metrics = createMetrics({ ...world, deliverer: router });
  const { metricSink } = metrics;
  const peers: Peers = { ...world, deliverer: router, metricSink, ...(access && { access }) };
  const storage = createStorage(options, { ...peers, between }, identity.sts);
  const eventing = createEventing(options, peers, storage);
  const billing = createBilling({ ...world, ledger: provisionedLedger });
  const lambda = createLambda(options, { ...peers, between }, storage, identity.iam.roles);
  const apis = createApis(options, peers, { storage, lambda, sts: identity.sts });
  const { dynamodb, ecr, ...others } = storage;
  const { scheduler: _, ...buses } = eventing;
  const takers = { lambda: lambda.control, ...others, ...buses };
  for (const [name, { deliverer }] of Object.entries(takers)) router.join(name, deliverer);
  for (const [name, part] of Object.entries({ ...takers, dynamodb, ecr, iam: identity.iam })) {
    resourcePolicies.set(name, part.resourcePolicies);
  }
  resourcePolicies.set('execute-api', apis.apis.apigateway.resourcePolicies);
  const { roleOf } = lambda.control;
  if (between !== undefined) router.guard(createDeliveryGuard({ access: between, roleOf }));
  const { sts } = identity;
  const ssm = createSsm(world);
  const services: Service[] = [];
  const cloudformation = createStacks(options, { ...peers, between }, () => services);
  const working = { metrics, sts, cloudformation, dynamodb, ecr, ...others, ...eventing };
  const parts = Object.values(working);
  const holders = [...parts, identity.iam, ssm, ...Object.values(apis.apis)];
  services.push(...holders.map(({ service }) => service), dynamodb.streamsService, lambda.service);
  services.push(apis.apis.apigatewayv2.connections);
  return {
    access: between,
    services,
    extras: new Map([['s3', storage.s3.extras]]),
    surfaces: surfacesOf(options, apis, { lambda, sns: eventing.sns, s3: storage.s3, ecr }),
    internal: new Map([
      ...lambda.control.internal,
      ['cloudformation/', cloudformation.responses],
      ['bill', createBillSurface({ billing, access, clock: world.machineClock })],
    ]),
    schemas: [...holders, billing, lambda.control, lambda.sources].map(({ schema }) => schema),
    control: lambda.control,
    sts,
    logSink: storage.logs.logSink,
    metrics: metricSink,
    flushMetrics: () => metrics.flush(),
    billing,
    agendas: agendasOf(eventing, storage, lambda, { cloudformation, metrics }),
    loops: [...parts, lambda.control, lambda.sources].map(
      (part) => (signal: AbortSignal) => part.run(signal),
    ),
  };
}

/** CloudFormation, which performs the operations of all others. */
function createStacks(
  { world, host, endpointUrl }: ServicesOptions,
  { access, between }: Pick<Peers, 'access' | 'between'>,
  services: () => readonly Service[],
) {
  const { clock, random } = world;
  const authorise =
    between && (() => createAuthorise({ services: services(), access: between, clock }));
  const operations = createOperationCaller({ random, services, ...(authorise && { authorise }) });
  const endpoint = (): string => endpointUrl ?? `http://${host()}`;
  return createCloudformation({ ...world, operations, endpoint, ...(access && { access }) });
}

/**
 * What is answered beside the services, in the order in which it is asked: who knows hosts by their form, names of
 * users' own, and who knows paths of all other hosts.
 */
function surfacesOf(
  { world: { log } }: ServicesOptions,
  { apis: { apigateway, apigatewayv2 }, domainNames }: ReturnType<typeof createApis>,
  {
    lambda,
    sns,
    s3,
    ecr,
  }: Pick<ReturnType<typeof createEventing>, 'sns'> &
    Pick<ReturnType<typeof createStorage>, 's3' | 'ecr'> & {
      readonly lambda: ReturnType<typeof createLambda>;
    },
): HttpSurface[] {
  const hosts = [apigatewayv2.apiHost, apigateway.apiHost];
  return [
    executeApiSurface(hosts),
    ...lambda.control.surfaces,
    s3.website,
    domainNameSurface(hosts, domainNames, log),
    apigateway.surface,
    sns.surface,
    ecr.surface,
  ];
}

type WithAgenda = Readonly<Record<string, object | { readonly agenda: Agenda }>>;

/** All agendas of groups of services. */
function agendasOf(...groups: readonly WithAgenda[]): Agenda[] {
  return groups.flatMap((group) =>
    Object.values(group).flatMap((part) => ('agenda' in part ? [part.agenda] : [])),
  );
}

/** What services ask of one another, beside what they ask of the machine. */
interface Peers extends Omit<World, typeof Symbol.asyncDispose> {
  readonly deliverer: Deliverer;
  readonly metricSink: MetricSink;
  readonly access?: AccessControl;
  /** The same; or, where nobody is asked within an account, of what is another's alone. */
  readonly between?: AccessControl | undefined;
}

function createIdentity(
  options: ServicesOptions,
  resourcePolicies: ReadonlyMap<string, ResourcePolicies>,
) {
  const { world, accountId, furtherAccountIds = [], publishRoot } = options;
  const isSeparating = options.separatesAccounts === true && furtherAccountIds.length > 0;
  const openAccounts = isSeparating ? new Set([accountId, ...furtherAccountIds]) : undefined;
  const iam = createIam({
    ...world,
    ...(openAccounts === undefined ? {} : { openAccounts }),
    resourcePolicies,
    forgetKey: (accessKeyId) => sts.credentials.forget(accessKeyId),
  });
  const { roles, users } = iam;
  const clock = world.machineClock;
  const accounts = { accountId, furtherAccountIds, publishRoot };
  const sts: Sts = createSts({ ...world, clock, ...accounts, roles, users });
  return { iam, sts, openAccounts };
}

/** The endpoint that was set, or nothing. */
function endpointOf({ endpointUrl }: ServicesOptions): { readonly endpointUrl?: string } {
  return endpointUrl === undefined ? {} : { endpointUrl };
}

/** Services that keep what they are given. */
function createStorage(options: ServicesOptions, peers: Peers, { credentials }: Sts) {
  const { world } = options;
  return {
    s3: createS3({ ...peers, blobs: world.objects, credentials }),
    ecr: createEcr({
      ...world,
      blobs: world.images,
      host: options.host,
      ...(peers.between && { access: peers.between }),
      ...endpointOf(options),
    }),
    dynamodb: createDynamodb({ ...peers, metrics: peers.metricSink }),
    sqs: createSqs({ ...world, metrics: peers.metricSink, ...endpointOf(options) }),
    kinesis: createKinesis({ ...world, metrics: peers.metricSink }),
    logs: createLogs(peers),
  };
}

/** Services that hand on what they are given, or do so at its time. */
function createEventing(
  options: ServicesOptions,
  peers: Peers,
  { logs: { logSink } }: ReturnType<typeof createStorage>,
) {
  const { host } = options;
  return {
    events: createEvents(peers),
    scheduler: createScheduler(peers),
    sns: createSns({ ...peers, ...endpointOf(options), host, logSink }),
  };
}

function createLambda(
  options: ServicesOptions,
  { deliverer, metricSink: metrics, access, between }: Peers,
  storage: ReturnType<typeof createStorage>,
  roles: RoleDirectory,
) {
  const { world, invoker, host, accountConcurrency, onAsyncEnd } = options;
  const control = createLambdaControl({
    ...world,
    roles,
    blobs: world.archives,
    objects: storage.s3.objects,
    images: storage.ecr.images,
    metrics,
    deliverer,
    invoker,
    host,
    ...(access === undefined ? {} : { access }),
    options: {
      accountConcurrency,
      ...endpointOf(options),
      tagBearers: eventSourceTags(world.clock),
      ...(onAsyncEnd === undefined ? {} : { onAsyncEnd }),
      ...(options.provisionedStatus === undefined
        ? {}
        : { provisionedStatus: options.provisionedStatus }),
    },
  });
  const sources = createEventSources({
    ...world,
    metrics,
    deliverer,
    invoker,
    catalog: control.catalog,
    ...accessFor(options.elsewhere, between),
    ...sourcesFor(options.elsewhere, storage),
  });
  const operations = { ...control.service.operations, ...sources.operations };
  const { permissions: table } = control.service;
  const permissions = table && mappingPermissions(table, world.database);
  const service = { ...control.service, operations, ...(permissions && { permissions }) };
  return { control, sources, service };
}

/** Gateways of HTTP in front of functions and services. */
function createApis(
  options: ServicesOptions,
  peers: Peers,
  {
    storage,
    lambda,
    sts,
  }: {
    readonly storage: ReturnType<typeof createStorage>;
    readonly lambda: ReturnType<typeof createLambda>;
    readonly sts: Sts;
  },
) {
  const { world, host } = options;
  const { machineClock: clock, http } = world;
  const functions = lambda.control.functionCaller;
  const { logSink } = storage.logs;
  const caller = createAwsCaller({
    http,
    clock,
    issuer: sts.issuer,
    host,
    ...accessFor(options.elsewhere, peers.access),
  });
  const domainNames = new DomainNames(() => options.endpointUrl ?? `http://${host()}`);
  const common = { ...peers, logSink, functions, caller, domainNames };
  const apigatewayv2 = createApigatewayv2({
    ...common,
    ...endpointOf(options),
    host,
    apiKeys: { use: (use) => apigateway.apiKeys.use(use) },
  });
  const { webSocketStages } = apigatewayv2;
  const apigateway = createApiGateway({ ...common, webSocketStages });
  return { domainNames, apis: { apigatewayv2, apigateway } };
}
