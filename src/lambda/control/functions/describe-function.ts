/** Versions as AWS shows them. Pure. */
import { createHash } from 'node:crypto';

import type { FunctionConfiguration, VpcConfigResponse } from '#aws/models/lambda.types.gen.ts';

import type { FunctionAddress } from '../../model/address.ts';
import { qualifiedArn } from '../../model/address.ts';
import { stateWords, versionName } from '../../model/lifecycle.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import type { FunctionSettings, VersionRecord } from '../../model/records.ts';

/**
 * A version in full. The ARN has the qualifier of the address, as AWS shows it to who asked with one.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
 */
export function describeVersion(
  address: FunctionAddress,
  record: VersionRecord,
): FunctionConfiguration {
  return {
    ...listVersion(address, record),
    ...stateWords(record),
    ...runtimeVersion(address, record),
  };
}

/** A version as lists show it, without its state; recorded in `TestLambdaVersions::test_version_lifecycle`. */
export function listVersion(
  address: FunctionAddress,
  record: VersionRecord,
): FunctionConfiguration {
  const { settings, code } = record;
  const { SnapStart, VpcConfig, ImageConfig, TracingConfig, DeadLetterConfig, ...plain } = settings;
  const layers = record.layers.map((layer) => ({ Arn: layer.arn, CodeSize: layer.bytes }));
  const isOptimized = SnapStart.ApplyOn === 'PublishedVersions' && record.number > 0;
  return omitUndefined({
    ...plain,
    FunctionName: record.functionName,
    FunctionArn: qualifiedArn(address),
    Version: versionName(record.number),
    CodeSize: code.kind === 'zip' ? code.bytes : 0,
    CodeSha256: code.sha256,
    LastModified: lambdaDate(record.lastModifiedMs),
    RevisionId: record.revisionId,
    TracingConfig: omitUndefined({ Mode: TracingConfig.Mode }),
    SnapStart: omitUndefined({
      ApplyOn: SnapStart.ApplyOn,
      OptimizationStatus: isOptimized ? 'On' : 'Off',
    }),
    Layers: layers.length === 0 ? undefined : layers,
    VpcConfig: VpcConfig === undefined ? undefined : describeVpc(VpcConfig),
    DeadLetterConfig,
    ImageConfigResponse: ImageConfig === undefined ? undefined : { ImageConfig },
  });
}

function describeVpc(config: NonNullable<FunctionSettings['VpcConfig']>): VpcConfigResponse {
  const { SubnetIds = [], SecurityGroupIds = [], Ipv6AllowedForDualStack = false } = config;
  return { SubnetIds, SecurityGroupIds, VpcId: '', Ipv6AllowedForDualStack };
}

function runtimeVersion(address: FunctionAddress, record: VersionRecord): FunctionConfiguration {
  const { Runtime } = record.settings;
  if (Runtime === undefined) return {};
  const RuntimeVersionArn =
    record.runtimeManagement?.runtimeVersionArn ?? runtimeVersionArn(address.region, Runtime);
  return { RuntimeVersionConfig: { RuntimeVersionArn } };
}

/** An ARN in AWS's form for the one build of a runtime that this Hearth has. */
export function runtimeVersionArn(region: string, runtime: string): string {
  return `arn:aws:lambda:${region}::runtime:${createHash('sha256').update(runtime).digest('hex')}`;
}

/** Lambda's own form of a date: `2026-01-31T12:00:00.000+0000`. */
export function lambdaDate(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '+0000');
}
