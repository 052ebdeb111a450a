import { SECOND_MS } from '#kernel/units.ts';

import { durableOf } from '../../durable/index.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { functionArn } from '../../model/address.ts';
import type { FunctionVersion, LoggingConfiguration } from '../../model/function-version.ts';
import { versionName } from '../../model/lifecycle.ts';
import type { FunctionSettings, VersionCode, VersionRecord } from '../../model/records.ts';

/** A stored version as the invoke plane runs it. Pure. */
export function functionVersion(
  address: FunctionAddress,
  record: VersionRecord,
  code: Exclude<VersionCode, { readonly kind: 'image' }>,
): FunctionVersion {
  const { settings, layersDirectoryId } = record;
  const { accountId, region, functionName } = address;
  const durable = durableOf(settings);
  return {
    accountId,
    region,
    functionName,
    version: versionName(record.number),
    functionArn: functionArn(address),
    revisionId: record.deploymentId,
    runtime: settings.Runtime ?? '',
    handler: settings.Handler ?? '',
    roleArn: settings.Role,
    timeoutMs: settings.Timeout * SECOND_MS,
    memorySizeMiB: settings.MemorySize,
    temporaryStorageMiB: settings.EphemeralStorage.Size,
    architecture: settings.Architectures[0] === 'arm64' ? 'arm64' : 'x86_64',
    environmentVariables: settings.Environment?.Variables ?? {},
    ...(code.kind === 'zip'
      ? { codeDirectoryId: code.directoryId }
      : { codeDirectoryId: '', folder: code.path }),
    ...(layersDirectoryId === undefined ? {} : { layersDirectoryId }),
    logging: loggingOf(functionName, settings),
    ...(settings.TenancyConfig === undefined ? {} : { isPerTenant: true }),
    ...(durable === undefined ? {} : { durable }),
    tracingMode: settings.TracingConfig.Mode === 'Active' ? 'Active' : 'PassThrough',
  };
}

function loggingOf(functionName: string, settings: FunctionSettings): LoggingConfiguration {
  const { LogFormat, ApplicationLogLevel, SystemLogLevel, LogGroup } = settings.LoggingConfig;
  return {
    format: LogFormat === 'JSON' ? 'JSON' : 'Text',
    applicationLevel: ApplicationLogLevel ?? 'INFO',
    systemLevel: SystemLogLevel ?? 'INFO',
    logGroup: LogGroup ?? `/aws/lambda/${functionName}`,
  };
}
