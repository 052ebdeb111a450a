/** What the operations on layers share. */
import type {
  GetLayerVersionResponse,
  LayerVersionsListItem,
} from '#aws/models/lambda.types.gen.ts';
import { requestKeys } from '#aws/access/index.ts';
import type { RequestContext } from '#aws/operation.ts';
import { requesterOf } from '#ports/peers/requester.ts';
import type { Queries } from '#ports/world/database.ts';

import { accessDenied, notFound, resourceNotFound } from '../../errors.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import { isAllowed } from '../../model/policy.ts';
import type { LayerVersionRecord } from '../../model/records.ts';
import { layerVersions } from '../../store.ts';
import type { Control } from '../control.ts';
import { lambdaDate } from '../functions/describe-function.ts';
import type { LayerAddress, LayerVersionAddress } from './layer-name.ts';
import { layerArn, layerVersionArn } from './layer-name.ts';

/** A version in full, with a link to its archive. */
export async function describeLayerVersion(
  control: Control,
  address: LayerAddress,
  record: LayerVersionRecord,
): Promise<GetLayerVersionResponse> {
  const { sha256, bytes } = record.code;
  return omitUndefined({
    Content: {
      Location: await control.links.link(sha256),
      CodeSha256: sha256,
      CodeSize: bytes,
    },
    LayerArn: layerArn(address),
    ...listLayerVersion(address, record),
    CompatibleArchitectures: record.architectures,
    CompatibleRuntimes: record.runtimes,
  });
}

/** A version as lists show it. */
export function listLayerVersion(
  address: LayerAddress,
  record: LayerVersionRecord,
): LayerVersionsListItem {
  const { architectures, runtimes } = record;
  return omitUndefined({
    LayerVersionArn: layerVersionArn({ ...address, number: record.number }),
    Version: record.number,
    Description: record.description,
    CreatedDate: lambdaDate(record.createdAtMs),
    CompatibleArchitectures: architectures.length === 0 ? undefined : architectures,
    CompatibleRuntimes: runtimes.length === 0 ? undefined : runtimes,
    LicenseInfo: record.licenseInfo,
  });
}

export interface LayerFilter {
  readonly CompatibleRuntime?: string;
  readonly CompatibleArchitecture?: string;
}

/** True for a version that was made for what the list asks for. */
export function matchesFilter(record: LayerVersionRecord, filter: LayerFilter): boolean {
  const { CompatibleRuntime: runtime, CompatibleArchitecture: architecture } = filter;
  const fitsRuntime = runtime === undefined || record.runtimes.includes(runtime);
  return fitsRuntime && (architecture === undefined || record.architectures.includes(architecture));
}

/**
 * The version of an address, which another account has to share.
 * @throws AwsError ResourceNotFoundException, AccessDeniedException
 */
export async function readableLayerVersion(
  queries: Queries,
  context: RequestContext,
  address: LayerVersionAddress,
): Promise<LayerVersionRecord> {
  const record = await layerVersions.get(queries, address, address.layerName, address.number);
  if (address.accountId !== context.accountId) {
    assertShared(context, layerVersionArn(address), record);
  }
  if (record === undefined) throw resourceNotFound();
  return record;
}

/**
 * Lets in whom the version's policy lets in.
 * @throws AwsError AccessDeniedException
 */
export function assertShared(
  { principal, http, region }: RequestContext,
  arn: string,
  record: LayerVersionRecord | undefined,
): void {
  const action = 'lambda:GetLayerVersion';
  const request = { action, resource: arn, keys: requestKeys({ principal, http, region }) };
  if (isAllowed(record?.policy?.statements ?? [], request, requesterOf(principal))) return;
  throw accessDenied(principal.arn, action, arn);
}

/**
 * The version whose policy is asked for, of the caller's own account.
 * @throws AwsError ResourceNotFoundException, AccessDeniedException
 */
export async function ownLayerVersion(
  queries: Queries,
  context: RequestContext,
  address: LayerVersionAddress,
  action: string,
): Promise<LayerVersionRecord> {
  checkOwner(context, address, action);
  const record = await layerVersions.get(queries, address, address.layerName, address.number);
  if (record !== undefined) return record;
  throw notFound(`Layer version ${layerVersionArn(address)} does not exist.`);
}

/** @throws AwsError AccessDeniedException for another account's layer */
export function checkOwner(context: RequestContext, address: LayerAddress, action: string): void {
  if (address.accountId === context.accountId) return;
  throw accessDenied(context.principal.arn, action, layerArn(address));
}
