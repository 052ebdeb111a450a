import { functionNotFound, notReady } from '#lambda/errors.ts';
import { LATEST } from '#lambda/model/address.ts';
import type { FunctionCatalog, Resolution } from '#lambda/model/function-catalog.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import { versionOfTenant } from '#lambda/model/tenancy.ts';
import { runtimeOf } from '#lambda/worker/index.ts';
import type { CapacityLimits, RuntimeEntry, RuntimeTable } from '#lambda/worker/index.ts';
import type { Invocation } from '#ports/peers/invoker.ts';
import type { Random } from '#ports/world/random.ts';
import { imagesNotHere, largerThanMachine, runtimeNotHere } from './errors.ts';

/** What an invocation leads to. */
export interface Target {
  readonly version: FunctionVersion;
  readonly runtime: RuntimeEntry;
  readonly alias?: string;
  readonly reservedConcurrency: number | undefined;
  readonly reservedConcurrencyTotal: number | undefined;
  /** Under which name environments are kept ready for it. */
  readonly provisioned?: { readonly qualifier: string };
  /** The ARN as it was invoked, with the qualifier where one was named. */
  readonly invokedFunctionArn: string;
}

export interface ResolveDependencies {
  readonly catalog: FunctionCatalog;
  readonly runtimes: RuntimeTable;
  readonly random: Random;
  readonly options: { readonly capacity: Pick<CapacityLimits, 'memoryMiB'> };
}

/**
 * The version behind a name and a qualifier.
 * @throws AwsError ResourceNotFoundException, ResourceConflictException while it is being created,
 *   InvalidRuntimeException where this machine has no such runtime, or cannot run images, InvalidParameterValueException for a
 *   tenant without isolation, for isolation without one, and for more memory than the machine has for functions
 */
export function resolve(
  dependencies: ResolveDependencies,
  invocation: Invocation,
): Target | Promise<Target> {
  const { catalog, random } = dependencies;
  const { accountId, region, functionName, qualifier } = invocation;
  const address = {
    accountId,
    region,
    functionName,
    ...(qualifier === undefined ? {} : { qualifier }),
  };
  // Weights are an alias's: without a qualifier there is nothing to draw.
  const fraction = qualifier === undefined ? 0 : random.fraction();
  const resolution = catalog.resolve(address, fraction);
  return resolution instanceof Promise
    ? resolution.then((later) => targetOf(dependencies, invocation, later))
    : targetOf(dependencies, invocation, resolution);
}

function targetOf(
  { catalog, runtimes, options }: ResolveDependencies,
  invocation: Invocation,
  resolution: Resolution,
): Target {
  const { accountId, region, functionName, qualifier } = invocation;
  if (resolution.kind === 'missing') {
    const address = { accountId, region, functionName };
    throw functionNotFound({ ...address, qualifier: qualifier ?? LATEST });
  }
  if (resolution.kind === 'not-ready') throw notReady(resolution);
  const { alias, reservedConcurrency, provisioned } = resolution;
  const version = versionOfTenant(resolution.version, invocation.tenantId);
  const runtime = runtimeOf(runtimes, version);
  if (runtime === undefined) {
    throw version.image === undefined ? runtimeNotHere(version.runtime) : imagesNotHere();
  }
  const { functionArn, memorySizeMiB } = version;
  const { memoryMiB } = options.capacity;
  if (memorySizeMiB > memoryMiB) throw largerThanMachine(memorySizeMiB, memoryMiB);
  return {
    version,
    runtime,
    ...(alias === undefined ? {} : { alias }),
    ...(provisioned === undefined ? {} : { provisioned }),
    reservedConcurrency,
    reservedConcurrencyTotal: catalog.reservedConcurrencyTotal?.({ accountId, region }),
    invokedFunctionArn: qualifier === undefined ? functionArn : `${functionArn}:${qualifier}`,
  };
}
