import { formatArn } from '#kernel/arn.ts';
import type { RequestContext } from '#aws/operation.ts';

import { invalidParameter } from '../../errors.ts';
import type { Scope } from '../../model/records.ts';

export interface LayerAddress extends Scope {
  readonly layerName: string;
}

export interface LayerVersionAddress extends LayerAddress {
  readonly number: number;
}

const LAYER = /^arn:aws[a-zA-Z-]*:lambda:([a-z0-9-]+):(\d{12}):layer:([a-zA-Z0-9-_]+)(?::(\d+))?$/;

/** The layer that a name or an ARN means. */
export function layerAddress(context: RequestContext, nameOrArn: string): LayerAddress {
  const { accountId, region } = context;
  const [, arnRegion, arnAccount, layerName] = LAYER.exec(nameOrArn) ?? [];
  if (arnRegion === undefined || arnAccount === undefined || layerName === undefined) {
    return { accountId, region, layerName: nameOrArn };
  }
  return { accountId: arnAccount, region: arnRegion, layerName };
}

/** The layer version in an ARN, or `undefined` where there is none. */
export function parseLayerVersionArn(arn: string): LayerVersionAddress | undefined {
  const [, region, accountId, layerName, number] = LAYER.exec(arn) ?? [];
  if (region === undefined || accountId === undefined || layerName === undefined) return undefined;
  return number === undefined
    ? undefined
    : { accountId, region, layerName, number: Number(number) };
}

/** The layer's ARN, without a version. */
export function layerArn(address: LayerAddress): string {
  return formatArn('lambda', address.region, address.accountId, `layer:${address.layerName}`);
}

/** The ARN of one version. */
export function layerVersionArn(address: LayerVersionAddress): string {
  return `${layerArn(address)}:${address.number}`;
}

/**
 * The version that a request means.
 * @throws AwsError InvalidParameterValueException below 1
 */
export function layerVersionAddress(
  context: RequestContext,
  input: { readonly LayerName: string; readonly VersionNumber: number },
): LayerVersionAddress {
  if (input.VersionNumber < 1) throw invalidParameter('Layer Version Cannot be less than 1');
  return { ...layerAddress(context, input.LayerName), number: input.VersionNumber };
}
