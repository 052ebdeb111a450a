import { SECOND_MS } from '#kernel/units.ts';

import { durableOf } from '../../durable/index.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { functionArn } from '../../model/address.ts';
import type {
  FunctionVersion,
  ImageProcess,
  LoggingConfiguration,
} from '../../model/function-version.ts';
import { versionName } from '../../model/lifecycle.ts';
import type { FunctionSettings, StoredImage, VersionRecord } from '../../model/records.ts';

/** Where a version's code is: for the invoke plane. */
type CodePlace = Pick<FunctionVersion, 'codeDirectoryId' | 'folder' | 'image'>;

/** A stored version as the invoke plane runs it; `undefined` for an image that was never read. Pure. */
export function functionVersion(
  address: FunctionAddress,
  record: VersionRecord,
): FunctionVersion | undefined {
  const code = codePlace(record);
  if (code === undefined) return undefined;
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
    handler: handlerOf(record),
    roleArn: settings.Role,
    timeoutMs: settings.Timeout * SECOND_MS,
    memorySizeMiB: settings.MemorySize,
    temporaryStorageMiB: settings.EphemeralStorage.Size,
    architecture: settings.Architectures[0] === 'arm64' ? 'arm64' : 'x86_64',
    environmentVariables: settings.Environment?.Variables ?? {},
    ...code,
    ...(layersDirectoryId === undefined ? {} : { layersDirectoryId }),
    logging: loggingOf(functionName, settings),
    ...(settings.TenancyConfig === undefined ? {} : { isPerTenant: true }),
    ...(durable === undefined ? {} : { durable }),
    tracingMode: settings.TracingConfig.Mode === 'Active' ? 'Active' : 'PassThrough',
  };
}

function codePlace({ code, settings }: VersionRecord): CodePlace | undefined {
  if (code.kind === 'zip') return { codeDirectoryId: code.directoryId };
  if (code.kind === 'folder') return { codeDirectoryId: '', folder: code.path };
  const { image } = code;
  return image && { codeDirectoryId: image.directoryId, image: processOf(image, settings) };
}

/** Of an image the first argument, which the clients of AWS's images take for it. */
function handlerOf({ code, settings }: VersionRecord): string {
  const command = code.kind === 'image' ? code.image?.command : undefined;
  return settings.Handler ?? (settings.ImageConfig?.Command ?? command)?.[0] ?? '';
}

/** What the function's settings say goes before what the image says, each by itself. */
function processOf(image: StoredImage, { ImageConfig = {} }: FunctionSettings): ImageProcess {
  const { entryPoint, command, workingDirectory, environmentVariables, hasExtensions } = image;
  return {
    command: [...(ImageConfig.EntryPoint ?? entryPoint), ...(ImageConfig.Command ?? command)],
    workingDirectory: ImageConfig.WorkingDirectory ?? workingDirectory,
    environmentVariables,
    hasExtensions,
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
