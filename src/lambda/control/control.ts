/** What every operation of the control plane works with, and how it finds what a request names. */
import { requestKeys } from '#aws/access/index.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { AccessControl } from '#ports/peers/access-control.ts';
import type { Invoker } from '#ports/peers/invoker.ts';
import type { MetricSink } from '#ports/peers/metric-sink.ts';
import { requesterOf } from '#ports/peers/requester.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database, Queries, Transaction } from '#ports/world/database.ts';
import type { MountedFolders } from '#ports/world/mounted-folders.ts';
import type { Random } from '#ports/world/random.ts';

import type { CodeLinks, CodeStore } from '../code/index.ts';
import type { Durable } from '../durable/index.ts';
import {
  accessDenied,
  functionNotFound,
  functionPending,
  invalidParameter,
  notFound,
  updateInProgress,
  wrongRevision,
} from '../errors.ts';
import type { FunctionAddress } from '../model/address.ts';
import {
  LATEST,
  functionArn,
  parseFunctionReference,
  policyArn,
  qualifierKind,
} from '../model/address.ts';
import { settled } from '../model/lifecycle.ts';
import { isAllowed } from '../model/policy.ts';
import type { AliasRecord, FunctionRecord, VersionRecord } from '../model/records.ts';
import type { AsyncQueue } from '../queue/index.ts';
import { aliases, functions, policies, versionNumber, versions } from '../store.ts';
import type { ProvisionedStatus } from '../model/function-catalog.ts';
import type { Catalog } from './catalog.ts';
import type { TagBearers } from './tags/tags.ts';

export interface Control {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: MetricSink;
  readonly code: CodeStore;
  readonly links: CodeLinks;
  readonly catalog: Catalog;
  readonly queue: AsyncQueue;
  readonly durable: Durable;
  readonly invoker: () => Invoker;
  readonly settings: ControlSettings;
  readonly tagBearers: TagBearers;
  /** Absent where functions may run from no folder of the machine. */
  readonly folders?: MountedFolders;
  readonly provisionedStatus: ProvisionedStatus | undefined;
  /** Where policies are evaluated. */
  readonly access?: AccessControl;
}

export interface ControlSettings {
  /** How long a creation stays Pending and an update InProgress, in ms. */
  readonly settleMs: number;
  /** Concurrent executions of an account in a Region. */
  readonly accountConcurrency: number;
  /** Where function URLs are served, `ID.lambda-url.REGION.` before its host: `http://localhost:4566`. */
  readonly urlOrigin: () => URL;
}

export interface FunctionInput {
  readonly FunctionName: string;
  readonly Qualifier?: string;
}

/**
 * The function that a request names, by name or by any form of ARN. An operation that gives its action works
 * on the caller's own account only; one that does not asks `authorise`.
 * @throws AwsError ResourceNotFoundException for another Region's, InvalidParameterValueException where
 *   name and qualifier disagree, AccessDeniedException
 */
export function addressOf(
  context: RequestContext,
  input: FunctionInput,
  action?: string,
): FunctionAddress {
  const reference = parseFunctionReference(input.FunctionName);
  if (reference === undefined) {
    throw invalidParameter(`Invalid function name: ${input.FunctionName}`);
  }
  const { functionName, accountId = context.accountId, region = context.region } = reference;
  if (region !== context.region) {
    throw notFound(
      `Functions from '${region}' are not reachable in this region ('${context.region}')`,
    );
  }
  const { Qualifier } = input;
  const derived = reference.qualifier;
  if (derived !== undefined && Qualifier !== undefined && derived !== Qualifier) {
    throw invalidParameter(
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const qualifier = derived ?? Qualifier;
  const named = qualifier === undefined ? {} : { qualifier };
  const address = { accountId, region, functionName, ...named };
  if (action !== undefined && accountId !== context.accountId) {
    throw accessDenied(context.principal.arn, action, functionArn(address));
  }
  return address;
}

/**
 * Lets the owner's account pass, and others where the function's policy lets them in.
 * @throws AwsError AccessDeniedException
 */
export async function authorise(
  queries: Queries,
  context: RequestContext,
  address: FunctionAddress,
  action: string,
): Promise<void> {
  if (address.accountId === context.accountId) return;
  const { functionName, qualifier = LATEST } = address;
  const policy = await policies.get(queries, address, functionName, qualifier);
  const { principal, http, region } = context;
  const keys = requestKeys({ principal, http, region });
  const request = { action, resource: policyArn(address), keys };
  if (isAllowed(policy?.statements ?? [], request, requesterOf(principal))) return;
  throw accessDenied(principal.arn, action, functionArn(address));
}

/** @throws AwsError ResourceNotFoundException, with the qualifier where the address has one */
export async function loadFunction(
  queries: Queries,
  address: FunctionAddress,
): Promise<FunctionRecord> {
  const found = await functions.get(queries, address, address.functionName);
  if (found === undefined) throw functionNotFound(address);
  return found;
}

export interface LoadedVersion {
  readonly function: FunctionRecord;
  readonly version: VersionRecord;
  readonly alias?: AliasRecord;
}

/**
 * The version that an address leads to, through an alias where that was named; as it is now.
 * @throws AwsError ResourceNotFoundException
 */
export async function loadVersion(
  control: Control,
  queries: Queries,
  address: FunctionAddress,
): Promise<LoadedVersion> {
  const { functionName, qualifier = LATEST } = address;
  const record = await loadFunction(queries, address);
  const alias =
    qualifierKind(qualifier) === 'alias'
      ? await aliases.get(queries, address, functionName, qualifier)
      : undefined;
  const number = versionNumber(alias?.functionVersion ?? qualifier);
  const version = Number.isNaN(number)
    ? undefined
    : await versions.get(queries, address, functionName, number);
  if (version === undefined) throw functionNotFound(address);
  const now = settled(version, control.clock.steadyMs());
  return { function: record, version: now, ...(alias === undefined ? {} : { alias }) };
}

/**
 * `$LATEST`, ready to be changed.
 * @throws AwsError ResourceNotFoundException, ResourceConflictException while it is made or changed,
 *   PreconditionFailedException where `revisionId` is given and old
 */
export async function loadChangeable(
  control: Control,
  queries: Queries,
  address: FunctionAddress,
  revisionId: string | undefined,
): Promise<LoadedVersion> {
  const loaded = await loadVersion(control, queries, unqualified(address));
  const { version } = loaded;
  if (version.phase.kind === 'updating') throw updateInProgress(address);
  if (version.phase.kind === 'creating') throw functionPending('Pending');
  if (revisionId !== undefined && revisionId !== version.revisionId) {
    throw wrongRevision('GetFunction/GetAlias');
  }
  return loaded;
}

/** The address without its qualifier: operations on whole functions ignore it. */
export function unqualified(address: FunctionAddress): FunctionAddress {
  const { accountId, region, functionName } = address;
  return { accountId, region, functionName };
}

/** Tells the catalog after the commit; `isCodeChanged` where environments have to go. */
export function noteChange(
  control: Control,
  tx: Transaction,
  address: FunctionAddress,
  isCodeChanged: boolean,
): void {
  tx.afterCommit(() => control.catalog.changed(unqualified(address), isCodeChanged));
}
