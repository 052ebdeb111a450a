/** The settings of CreateFunction and UpdateFunctionConfiguration: checked, and with AWS's defaults. Pure. */
import type {
  CreateFunctionRequest,
  DurableConfig,
  LoggingConfig,
  UpdateFunctionConfigurationRequest,
} from '#aws/models/lambda.types.gen.ts';

import { invalidParameter } from '../../errors.ts';
import {
  MEMORY_MIB_DEFAULT,
  TEMPORARY_STORAGE_MIB_DEFAULT,
  TIMEOUT_SECONDS_DEFAULT,
} from '../../limits.ts';
import { omitUndefined } from '../../model/omit-undefined.ts';
import type { FunctionSettings } from '../../model/records.ts';
import { checkSettings } from './check-settings.ts';

/**
 * A new function's settings.
 * @throws AwsError InvalidParameterValueException
 */
export function newSettings(functionName: string, input: CreateFunctionRequest): FunctionSettings {
  const PackageType = input.PackageType ?? 'Zip';
  const isZip = PackageType === 'Zip';
  checkPackage(PackageType, input);
  if (isZip && (input.Runtime === undefined || input.Handler === undefined)) {
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  return checkSettings(
    omitUndefined({
      Description: input.Description ?? '',
      Role: input.Role,
      Runtime: isZip ? input.Runtime : undefined,
      Handler: isZip ? input.Handler : undefined,
      Timeout: input.Timeout ?? TIMEOUT_SECONDS_DEFAULT,
      MemorySize: input.MemorySize ?? MEMORY_MIB_DEFAULT,
      PackageType,
      Architectures: input.Architectures ?? ['x86_64'],
      EphemeralStorage: input.EphemeralStorage ?? { Size: TEMPORARY_STORAGE_MIB_DEFAULT },
      SnapStart: { ApplyOn: 'None', ...input.SnapStart },
      TracingConfig: { Mode: 'PassThrough', ...input.TracingConfig },
      LoggingConfig: logging({ LogGroup: `/aws/lambda/${functionName}` }, input.LoggingConfig),
      ...optionalSettings(input),
      TenancyConfig: input.TenancyConfig,
    }),
  );
}

/**
 * The settings after a change; members that are not given stay.
 * @throws AwsError InvalidParameterValueException
 */
export function changedSettings(
  settings: FunctionSettings,
  input: UpdateFunctionConfigurationRequest,
): FunctionSettings {
  const { Role, Handler, Description, Timeout, MemorySize, Runtime, EphemeralStorage } = input;
  checkPackage(settings.PackageType, input);
  const plain = omitUndefined({
    Role,
    Handler,
    Description,
    Timeout,
    MemorySize,
    Runtime,
    EphemeralStorage,
  });
  const merged: FunctionSettings = {
    ...settings,
    ...plain,
    SnapStart: { ...settings.SnapStart, ...input.SnapStart },
    TracingConfig: { ...settings.TracingConfig, ...input.TracingConfig },
    LoggingConfig: logging(settings.LoggingConfig, input.LoggingConfig),
  };
  const given = Object.keys(input);
  const kept = Object.entries(merged).filter(
    ([name]) => !CLEARABLE.has(name) || !given.includes(name),
  );
  // Without the members that the request gives anew it lacks nothing that every function has.
  const rest = Object.fromEntries(kept) as unknown as FunctionSettings;
  const DurableConfig = changedDurable(settings.DurableConfig, input.DurableConfig);
  return checkSettings({
    ...rest,
    ...optionalSettings(omitUndefined({ ...input, DurableConfig })),
  });
}

/**
 * What is not given stays. A function is durable from its beginning on, or never; the refusal is in our words.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/durable-configuration.html
 */
function changedDurable(
  before: DurableConfig | undefined,
  given: DurableConfig | undefined,
): DurableConfig | undefined {
  if (given === undefined) return undefined;
  if (before !== undefined) return { ...before, ...given };
  throw invalidParameter('You cannot enable durable execution on an existing function.');
}

/** Members that an empty value takes away. */
const CLEARABLE: ReadonlySet<string> = new Set([
  'VpcConfig',
  'DeadLetterConfig',
  'Environment',
  'KMSKeyArn',
  'FileSystemConfigs',
  'ImageConfig',
  'DurableConfig',
]);

function optionalSettings(input: CreateFunctionRequest | UpdateFunctionConfigurationRequest) {
  const { DeadLetterConfig, Environment, KMSKeyArn, FileSystemConfigs, ImageConfig } = input;
  const isImageConfigured = ImageConfig !== undefined && Object.keys(ImageConfig).length > 0;
  return omitUndefined({
    VpcConfig: input.VpcConfig,
    DeadLetterConfig: DeadLetterConfig?.TargetArn ? DeadLetterConfig : undefined,
    Environment: Environment === undefined ? undefined : { Variables: Environment.Variables ?? {} },
    KMSKeyArn: KMSKeyArn === '' ? undefined : KMSKeyArn,
    FileSystemConfigs: FileSystemConfigs?.length ? FileSystemConfigs : undefined,
    ImageConfig: isImageConfigured ? ImageConfig : undefined,
    DurableConfig: input.DurableConfig,
  });
}

/**
 * An image brings by itself what an archive has to be told; the words for archives are ours.
 * @throws AwsError InvalidParameterValueException
 */
function checkPackage(
  packageType: string,
  input: CreateFunctionRequest | UpdateFunctionConfigurationRequest,
): void {
  const { Runtime, Handler, Layers, ImageConfig } = input;
  if (packageType === 'Image' && (Runtime ?? Handler ?? Layers?.[0]) !== undefined) {
    throw invalidParameter(
      "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.",
    );
  }
  if (packageType === 'Zip' && Object.keys(ImageConfig ?? {}).length > 0) {
    throw invalidParameter(
      "Please don't provide ImageConfig when the intended function PackageType is Zip.",
    );
  }
}

/**
 * JSON brings its levels, text has none; recorded in `TestLoggingConfig`.
 * @throws AwsError InvalidParameterValueException for levels of text, in AWS's words
 * @see https://github.com/aws/aws-cdk/pull/28045
 */
function logging(current: LoggingConfig, change: LoggingConfig | undefined): LoggingConfig {
  const merged = omitUndefined({ LogFormat: 'Text', ...current, ...change });
  const { LogFormat, LogGroup } = merged;
  const level = change?.ApplicationLogLevel ?? change?.SystemLogLevel;
  if (LogFormat === 'Text' && level !== undefined) {
    throw invalidParameter(
      'LogLevel is not supported when LogFormat is set to "Text". ' +
        'Remove LogLevel from your request or change the LogFormat to "Json" and try again.',
    );
  }
  if (LogFormat === 'Text') return omitUndefined({ LogFormat, LogGroup });
  return { ApplicationLogLevel: 'INFO', SystemLogLevel: 'INFO', ...merged };
}
