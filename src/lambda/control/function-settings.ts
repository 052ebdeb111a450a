/** The settings of CreateFunction and UpdateFunctionConfiguration: checked, and with AWS's defaults. Pure. */
import type {
  CreateFunctionRequest,
  LoggingConfig,
  SnapStart,
  UpdateFunctionConfigurationRequest,
  VpcConfig,
} from '#aws/models/lambda.types.gen.ts';
import type { AwsError } from '#aws/errors.ts';

import { invalidParameter, valueTooLarge } from '../errors.ts';
import {
  ENVIRONMENT_BYTES_MAX,
  MEMORY_MIB_DEFAULT,
  MEMORY_MIB_MAX,
  TEMPORARY_STORAGE_MIB_DEFAULT,
  TIMEOUT_SECONDS_DEFAULT,
  TIMEOUT_SECONDS_MAX,
} from '../limits.ts';
import { omitUndefined } from '../model/omit-undefined.ts';
import type { FunctionSettings } from '../model/records.ts';
import { refuseTenants } from '../model/tenancy.ts';
import { LISTED_RUNTIMES, hasSnapStart, runtimeStatus } from '../model/runtimes.ts';

/**
 * A new function's settings.
 * @throws AwsError InvalidParameterValueException
 */
export function newSettings(functionName: string, input: CreateFunctionRequest): FunctionSettings {
  const PackageType = input.PackageType ?? 'Zip';
  const isZip = PackageType === 'Zip';
  if (isZip && (input.Runtime === undefined || input.Handler === undefined)) {
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  return checked(
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
  return checked({ ...rest, ...optionalSettings(input) });
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
  checkNetwork(input.VpcConfig);
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
 * There is no EC2 here, so no subnet and no security group is there.
 * @see recordings `test_invalid_vpc_config_subnet`, `test_invalid_vpc_config_security_group`
 */
function checkNetwork(network: VpcConfig | undefined): void {
  const [subnet] = network?.SubnetIds ?? [];
  const [group] = network?.SecurityGroupIds ?? [];
  if (subnet !== undefined) {
    throw ec2Refusal(
      'DescribeSubnets',
      'InvalidSubnetID.NotFound',
      `The subnet ID '${subnet}' does not exist`,
    );
  }
  if (group !== undefined) {
    throw ec2Refusal(
      'DescribeSecurityGroups',
      'InvalidGroup.NotFound',
      `The security group '${group}' does not exist`,
    );
  }
}

function ec2Refusal(operation: string, code: string, message: string): AwsError {
  return invalidParameter(
    `Error occurred while ${operation}. EC2 Error Code: ${code}. EC2 Error Message: ${message}`,
  );
}

/** JSON brings its levels, text has none; recorded in `TestLoggingConfig`. */
function logging(current: LoggingConfig, change: LoggingConfig | undefined): LoggingConfig {
  const merged = omitUndefined({ LogFormat: 'Text', ...current, ...change });
  const { LogFormat, LogGroup } = merged;
  if (LogFormat === 'Text') return omitUndefined({ LogFormat, LogGroup });
  return { ApplicationLogLevel: 'INFO', SystemLogLevel: 'INFO', ...merged };
}

function checked(settings: FunctionSettings): FunctionSettings {
  const { Runtime, Environment, SnapStart } = settings;
  checkAtMost('timeout', settings.Timeout, TIMEOUT_SECONDS_MAX);
  checkAtMost('memorySize', settings.MemorySize, MEMORY_MIB_MAX);
  if (SnapStart.ApplyOn === 'PublishedVersions') refuseTenants(settings, 'SnapStart');
  if (Runtime !== undefined) checkRuntime(Runtime, SnapStart);
  checkEnvironment(Environment?.Variables ?? {});
  return settings;
}

/** @throws AwsError ValidationException, in the words of the model's own constraints */
function checkAtMost(name: string, value: number, max: number): void {
  if (value > max) throw valueTooLarge(name, value, max);
}

/** @see recordings `test_create_lambda_exceptions`, `TestRuntimeValidation` */
function checkRuntime(runtime: string, snapStart: SnapStart): void {
  const status = runtimeStatus(runtime);
  if (status === 'unknown') {
    throw invalidParameter(
      `Value ${runtime} at 'runtime' failed to satisfy constraint: ` +
        `Member must satisfy enum value set: [${LISTED_RUNTIMES.join(', ')}] or be a valid ARN`,
    );
  }
  if (status === 'retired') {
    throw invalidParameter(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. ` +
        'We recommend you use a supported runtime while creating or updating functions.',
    );
  }
  if (snapStart.ApplyOn === 'PublishedVersions' && !hasSnapStart(runtime)) {
    throw invalidParameter(`${runtime} is not supported for SnapStart enabled functions.`);
  }
}

/**
 * Names that Lambda sets itself.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

/** @see recording `TestLambdaSizeLimits::test_large_environment_variables_fails` */
function checkEnvironment(variables: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(variables).filter((name) => RESERVED_VARIABLES.has(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      'Lambda was unable to configure your environment variables because the environment variables you have ' +
        'provided contains reserved keys that are currently not supported for modification. ' +
        `Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const measured = JSON.stringify(variables);
  if (Buffer.byteLength(measured) > ENVIRONMENT_BYTES_MAX) {
    throw invalidParameter(
      'Lambda was unable to configure your environment variables because the environment variables you have ' +
        `provided exceeded the 4KB limit. String measured: ${measured}`,
    );
  }
}
