import type { Principal, CredentialLookup } from '#ports/peers/credential-issuer.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import { KIB, MIB, MINUTE_MS, SECOND_MS } from '#kernel/units.ts';
import type { ServiceExtras } from '../extras.ts';
import type { OperationModel, ServiceModel } from '../model.ts';
import type { HttpSurface, RequestContext, Service } from '../operation.ts';

export interface GatewayOptions {
  readonly services: readonly Service[];
  /** What services answer outside their operations, by the service's name. */
  readonly extras?: ReadonlyMap<string, ServiceExtras>;
  /** HTTP that no model describes; asked in this order, before anything is routed. */
  readonly surfaces?: readonly HttpSurface[];
  /** Handlers under `/_hearth/`, by the path with which they begin. */
  readonly internal?: ReadonlyMap<string, HttpSurface['handle']>;
  readonly credentials: CredentialLookup;
  readonly auth: AuthMode;
  readonly authorise?: Authorise;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The region of requests that name none. */
  readonly region: string;
  /** Hosts of which `bucket.HOST` is a bucket's. */
  readonly baseHosts?: readonly string[];
  readonly bounds?: Partial<Bounds>;
}

/**
 * `signature`: a request needs a signature that holds. `iam`: policies are evaluated, too.
 * `none`: nothing is asked; the caller is whom the access key names, else `root`.
 */
export type AuthMode =
  | { readonly kind: 'signature' | 'iam' }
  | { readonly kind: 'none'; readonly root: Principal };

/**
 * Decides whether a caller may; asked in the mode `iam`, after validation.
 * @throws AwsError AccessDenied, in the service's words
 */
export type Authorise = (
  context: RequestContext,
  model: ServiceModel,
  operation: OperationModel,
  input: unknown,
) => Promise<void>;

/** How much one client may take. */
export interface Bounds {
  /** Connections at a time. */
  readonly connectionsMax: number;
  /** Bytes of a request's line and headers; more is answered with 431. */
  readonly headerBytesMax: number;
  /** Bytes of bodies that are kept until they are answered: see BodyBudget; more is answered with 503. */
  readonly keptBodyBytesMax: number;
  /** How long the headers may take to come. */
  readonly headersTimeoutMs: number;
  /** How long a body's next bytes may take to come, or an answer's to be taken. */
  readonly idleTimeoutMs: number;
  /** How long an idle connection is kept. */
  readonly keepAliveMs: number;
  /** How long a body that nobody reads may go on after its answer. */
  readonly drainMs: number;
  /** How long running requests may take once the gateway closes; asked then. */
  readonly closeMs: () => number;
}

export const DEFAULT_BOUNDS: Bounds = {
  connectionsMax: 10_000,
  headerBytesMax: 32 * KIB,
  keptBodyBytesMax: 512 * MIB,
  headersTimeoutMs: 20 * SECOND_MS,
  idleTimeoutMs: MINUTE_MS,
  keepAliveMs: 75 * SECOND_MS,
  drainMs: 5 * SECOND_MS,
  closeMs: () => 10 * SECOND_MS,
};

/** Hosts of this machine, which end in no service's name. */
export const DEFAULT_BASE_HOSTS: readonly string[] = ['localhost'];
