import { lambda } from '#aws/models/lambda.gen.ts';
import type { HttpSurface, Service } from '#aws/operation.ts';
import { clientOrigin } from '#aws/proxy/index.ts';
import { HOUR_MS } from '#kernel/units.ts';
import type { AccessControl, ResourcePolicies } from '#ports/peers/access-control.ts';
import { steadyAgenda, type Agenda } from '#ports/peers/agenda.ts';
import type { Deliverer } from '#ports/peers/deliverer.ts';
import type { FunctionCaller } from '#ports/peers/function-caller.ts';
import type { Invoker } from '#ports/peers/invoker.ts';
import type { RoleDirectory } from '#ports/peers/role-directory.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import type { ImageReader } from '#ports/peers/image-reader.ts';
import type { ObjectReader } from '#ports/peers/object-reader.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Queries, Schema } from '#ports/world/database.ts';
import type { DirectoryStore } from '#ports/world/directory-store.ts';
import type { MountedFolders } from '#ports/world/mounted-folders.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';

import { createCodeLinks, createCodeStore, sweepCode } from '../code/index.ts';
import { ACCOUNT_CONCURRENCY_DEFAULT } from '../limits.ts';
import type { CompiledCode } from '../model/compiled-code.ts';
import { createDurable, nextOrUnderWay } from '../durable/index.ts';
import type { DurableDoor } from '../model/durable-door.ts';
import type { FunctionCatalog, ProvisionedStatus } from '../model/function-catalog.ts';
import type { AsyncEnd } from '../queue/index.ts';
import { createAsyncQueue, createLambdaDeliverer } from '../queue/index.ts';
import { CODE_REQUEST_BYTES_MAX } from '../limits.ts';
import { nextEventAt } from '../store-queue.ts';
import { LAMBDA_SCHEMA } from '../store-schema.ts';
import { createCatalog } from './catalog.ts';
import { codeSurface } from './functions/code-surface.ts';
import type { Control } from './control.ts';
import { createFunctionCaller } from './invocation/function-caller.ts';
import { functionUrlSurface } from './urls/function-url-surface.ts';
import { controlOperations } from './operations.ts';
import { FUNCTION_POLICIES, LAMBDA_PERMISSIONS } from './permissions/permissions.ts';
import { roleOf } from '../role-of.ts';
import type { TagBearers } from './tags/tags.ts';

export interface LambdaControlDependencies {
  readonly database: Database;
  /** Archives; nothing else may be kept in this store, it is swept. */
  readonly blobs: BlobStore;
  /** Their trees; nothing else may be kept in this store, it is swept. */
  readonly directories: DirectoryStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  readonly wakeups: Wakeups;
  readonly metrics: MetricSink;
  readonly objects: ObjectReader;
  readonly images: ImageReader;
  /** Destinations and dead-letter queues of all services, Lambda's own among them. */
  readonly deliverer: Deliverer;
  /** Whose ids messages to destinations carry. */
  readonly roles?: RoleDirectory;
  /** Asked for at each invocation: the invoke plane is made after the catalog. */
  readonly invoker: () => Invoker;
  /** Folders from which functions may run; absent where they may not. */
  readonly folders?: MountedFolders;
  /** `127.0.0.1:4566`, where this server is reached; asked for when a link is made. */
  readonly host: () => string;
  /** Where policies are evaluated. */
  readonly access?: AccessControl;
  readonly options?: LambdaControlOptions;
}

export interface LambdaControlOptions {
  /** How long creating and updating a function shows as under way, in ms. */
  readonly settleMs?: number;
  readonly accountConcurrency?: number;
  /** False in a cluster, where other processes serve the same database. */
  readonly isSoleOwner?: boolean;
  /** How clients reach the server where that is not `host`: `https://hearth.example`. */
  readonly endpointUrl?: string;
  readonly provisionedStatus?: ProvisionedStatus;
  readonly tagBearers?: TagBearers;
  readonly onAsyncEnd?: (end: AsyncEnd) => void;
}

export interface LambdaControl {
  readonly service: Service;
  readonly catalog: FunctionCatalog;
  /** What languages made of functions' code ahead; kept and swept with the code. */
  readonly compiledCode: CompiledCode;
  /** Where the invoke plane sends invocations of durable functions. */
  readonly durableDoor: DurableDoor;
  /** The Deliverer's part for `arn:aws:lambda`. */
  readonly deliverer: Deliverer;
  /** Functions for services that wait for what they return. */
  readonly functionCaller: FunctionCaller;
  /** Policies of functions and layers, where policies are evaluated. */
  readonly resourcePolicies: ResourcePolicies;
  /** The execution role of a function's ARN, qualified or not; `undefined` where there is no such function. */
  roleOf(queries: Queries, functionArn: string): Promise<string | undefined>;
  /** Function URLs, by host. */
  readonly surfaces: readonly HttpSurface[];
  /** Handlers under `/_hearth/`, by the path with which they begin. */
  readonly internal: ReadonlyMap<string, HttpSurface['handle']>;
  readonly schema: Schema;
  /** When the next asynchronous event is to be run, or something falls due for a durable execution. */
  readonly agenda: Agenda;
  /** Runs queued events and sweeps code until the signal aborts; rejects with a bug of ours. */
  run(signal: AbortSignal): Promise<void>;
}

const SETTLE_MS = 100;
const SWEEP_INTERVAL_MS = 1 * HOUR_MS;

/** Makes the control plane; migrate `schema` before anything is asked of it. */
export function createLambdaControl(dependencies: LambdaControlDependencies): LambdaControl {
  const { database, clock, random, host, options = {} } = dependencies;
  const catalog = createCatalog(dependencies);
  const code = createCodeStore(dependencies);
  const endpoint = (): string => options.endpointUrl ?? `http://${host()}`;
  const isSoleOwner = options.isSoleOwner ?? true;
  const durable = createDurable({ ...dependencies, catalog, isSoleOwner });
  const queue = createAsyncQueue({
    ...dependencies,
    isSoleOwner,
    ...(options.onAsyncEnd === undefined ? {} : { onEnd: options.onAsyncEnd }),
  });
  const control: Control = {
    ...dependencies,
    code,
    links: createCodeLinks({ database, clock, random, endpoint }),
    catalog,
    queue,
    durable,
    settings: {
      settleMs: options.settleMs ?? SETTLE_MS,
      accountConcurrency: options.accountConcurrency ?? ACCOUNT_CONCURRENCY_DEFAULT,
      urlOrigin: () => clientOrigin(endpoint()),
    },
    tagBearers: options.tagBearers ?? {},
    provisionedStatus: options.provisionedStatus,
  };
  return {
    service: {
      model: lambda,
      operations: { ...controlOperations(control), ...durable.operations },
      permissions: LAMBDA_PERMISSIONS,
      bodyBytesMax: CODE_REQUEST_BYTES_MAX,
    },
    catalog,
    compiledCode: code.compiled,
    durableDoor: durable.door,
    deliverer: createLambdaDeliverer({ queue, random }),
    functionCaller: createFunctionCaller(control),
    resourcePolicies: FUNCTION_POLICIES,
    roleOf,
    surfaces: [functionUrlSurface(control)],
    internal: new Map([['code/', codeSurface(control, dependencies.blobs)]]),
    schema: LAMBDA_SCHEMA,
    agenda: steadyAgenda(dependencies.clock, nextAt),
    async run(signal) {
      await catalog.refreshReservations();
      await Promise.all([queue.run(signal), durable.run(signal), sweep(signal)]);
    },
  };

  async function sweep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sweepCode({ ...dependencies, code });
      await clock.sleep(SWEEP_INTERVAL_MS, signal).catch(() => undefined);
    }
  }
}

/** When the next asynchronous event or durable execution is due. */
async function nextAt(queries: Queries): Promise<number | undefined> {
  const event = (await nextEventAt(queries)) ?? Infinity;
  const execution = (await nextOrUnderWay(queries)) ?? Infinity;
  const atMs = Math.min(event, execution);
  return atMs === Infinity ? undefined : atMs;
}
