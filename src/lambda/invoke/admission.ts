/*
 * Who may run: leases of concurrency, counted in memory.
 *
 * Owns: the counts of each account and Region and of each function, their rates.
 * Does not own: the machine's room (pool).
 *
 * I1  A function with reserved concurrency never runs more than that at once; all others together never
 *     more than what the reservations leave of the account's limit. Provisioned concurrency is reserved
 *     too: within a function's reservation, or beside it where the function has none.
 * I2  A lease counts once, until it is disposed of.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
import { assert } from '#kernel/assert.ts';
import { TokenBucket } from '#kernel/token-bucket.ts';
import type { ThrottleReason } from '#ports/peers/invoker.ts';
import type { Clock } from '#ports/world/clock.ts';

export interface AdmissionLimits {
  /** Concurrency of one account in one Region. */
  readonly accountConcurrency: number;
  /** New environments of one function: so many at once, and as many again each 10 s. */
  readonly environmentsPer10Seconds: number;
}

export interface AdmissionRequest {
  readonly accountId: string;
  readonly region: string;
  readonly functionArn: string;
  readonly reservedConcurrency: number | undefined;
  /** Sum of all functions' reserved concurrency, where the catalog knows it. */
  readonly reservedConcurrencyTotal: number | undefined;
  /** The asynchronous queue has no limit of requests a second. */
  readonly isRateLimited: boolean;
  /** An environment was kept ready for it: its concurrency was set aside when that was asked for. */
  readonly isProvisioned: boolean;
}

/** Requests a second for each unit of concurrency. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const REQUESTS_PER_SECOND = 10;
/** Functions remembered before those that say nothing new are forgotten. */
const FUNCTIONS_MAX = 10_000;

interface Scope {
  inUse: number;
  unreservedInUse: number;
  /** Reserved concurrency of the functions that were met, where the catalog knows no sum. */
  readonly reserved: Map<string, number>;
  reservedTotal: number;
  rate: TokenBucket;
}

interface FunctionCount {
  inUse: number;
  rate: TokenBucket | undefined;
  growth: TokenBucket;
}

/** The right to one unit of concurrency. */
export class Lease implements Disposable {
  readonly #give: () => void;
  #isGiven = false;

  constructor(give: () => void) {
    this.#give = give;
  }

  [Symbol.dispose](): void {
    if (this.#isGiven) return;
    this.#isGiven = true;
    this.#give();
  }
}

export type Admitted =
  | { readonly kind: 'leased'; readonly lease: Lease }
  | { readonly kind: 'throttled'; readonly reason: ThrottleReason };

export class Admission {
  readonly #clock: Clock;
  readonly #limits: AdmissionLimits;
  /** By account and Region. */
  readonly #scopes = new Map<string, Map<string, Scope>>();
  readonly #functions = new Map<string, FunctionCount>();

  constructor(clock: Clock, limits: AdmissionLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How many leases are held now, of all accounts. */
  get leases(): number {
    let leases = 0;
    for (const regions of this.#scopes.values()) {
      for (const scope of regions.values()) leases += scope.inUse;
    }
    return leases;
  }

  /** What runs now, of one function and of its account and Region. */
  inUse(request: Pick<AdmissionRequest, 'accountId' | 'region' | 'functionArn'>): {
    readonly account: number;
    readonly unreserved: number;
    readonly function: number;
  } {
    const scope = this.#scopes.get(request.accountId)?.get(request.region);
    return {
      account: scope?.inUse ?? 0,
      unreserved: scope?.unreservedInUse ?? 0,
      function: this.#functions.get(request.functionArn)?.inUse ?? 0,
    };
  }

  /** A lease, or the reason why there is none; decides at once. */
  admit(request: AdmissionRequest): Admitted {
    const nowMs = this.#clock.monotonicMs();
    const scope = this.#scopeOf(request, nowMs);
    const count = this.#countOf(request.functionArn, nowMs);
    const isUnreserved = request.reservedConcurrency === undefined && !request.isProvisioned;
    const reason = isUnreserved
      ? this.#refuseUnreserved(scope, request, nowMs)
      : refuseReserved(count, request, nowMs);
    if (reason !== undefined) return { kind: 'throttled', reason };
    count.inUse += 1;
    scope.inUse += 1;
    if (isUnreserved) scope.unreservedInUse += 1;
    const lease = new Lease(() => {
      count.inUse -= 1;
      scope.inUse -= 1;
      if (isUnreserved) scope.unreservedInUse -= 1;
      assert(count.inUse >= 0 && scope.unreservedInUse >= 0, 'more leases end than began');
    });
    return { kind: 'leased', lease };
  }

  /** Whether a function may begin one more environment: AWS's scaling rate. */
  mayGrow(functionArn: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    return this.#countOf(functionArn, nowMs).growth.take(nowMs);
  }

  /** Gives back what `mayGrow` took: no environment was begun. */
  didNotGrow(functionArn: string): void {
    const nowMs = this.#clock.monotonicMs();
    this.#countOf(functionArn, nowMs).growth.give(nowMs);
  }

  #refuseUnreserved(
    scope: Scope,
    request: AdmissionRequest,
    nowMs: number,
  ): ThrottleReason | undefined {
    const reserved = request.reservedConcurrencyTotal ?? scope.reservedTotal;
    const available = Math.max(0, this.#limits.accountConcurrency - reserved);
    if (scope.unreservedInUse >= available) return 'ConcurrentInvocationLimitExceeded';
    if (!request.isRateLimited) return undefined;
    const rate = REQUESTS_PER_SECOND * available;
    scope.rate.resize(rate, rate, nowMs);
    return scope.rate.take(nowMs) ? undefined : 'FunctionInvocationRateLimitExceeded';
  }

  #scopeOf(request: AdmissionRequest, nowMs: number): Scope {
    let regions = this.#scopes.get(request.accountId);
    if (regions === undefined) this.#scopes.set(request.accountId, (regions = new Map()));
    let scope = regions.get(request.region);
    if (scope === undefined) {
      const rate = REQUESTS_PER_SECOND * this.#limits.accountConcurrency;
      scope = {
        inUse: 0,
        unreservedInUse: 0,
        reserved: new Map(),
        reservedTotal: 0,
        rate: new TokenBucket(rate, rate, nowMs),
      };
      regions.set(request.region, scope);
    }
    const { functionArn, reservedConcurrency } = request;
    const known = scope.reserved.get(functionArn);
    if (known === reservedConcurrency) return scope;
    scope.reservedTotal += (reservedConcurrency ?? 0) - (known ?? 0);
    if (reservedConcurrency === undefined) scope.reserved.delete(functionArn);
    else scope.reserved.set(functionArn, reservedConcurrency);
    return scope;
  }

  #countOf(functionArn: string, nowMs: number): FunctionCount {
    const known = this.#functions.get(functionArn);
    if (known !== undefined) return known;
    if (this.#functions.size >= FUNCTIONS_MAX) this.#forgetQuiet(nowMs);
    const { environmentsPer10Seconds } = this.#limits;
    const growth = new TokenBucket(environmentsPer10Seconds, environmentsPer10Seconds / 10, nowMs);
    const count = { inUse: 0, rate: undefined, growth };
    this.#functions.set(functionArn, count);
    return count;
  }

  #forgetQuiet(nowMs: number): void {
    for (const [functionArn, { inUse, growth, rate }] of this.#functions) {
      if (inUse === 0 && growth.isFull(nowMs) && rate?.isFull(nowMs) !== false) {
        this.#functions.delete(functionArn);
      }
    }
  }
}

function refuseReserved(
  count: FunctionCount,
  { reservedConcurrency: reserved, isRateLimited }: AdmissionRequest,
  nowMs: number,
): ThrottleReason | undefined {
  if (reserved === undefined) return undefined;
  if (count.inUse >= reserved) return 'ReservedFunctionConcurrentInvocationLimitExceeded';
  if (!isRateLimited) return undefined;
  const rate = REQUESTS_PER_SECOND * reserved;
  count.rate ??= new TokenBucket(rate, rate, nowMs);
  count.rate.resize(rate, rate, nowMs);
  return count.rate.take(nowMs) ? undefined : 'ReservedFunctionInvocationRateLimitExceeded';
}
