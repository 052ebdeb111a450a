/** What the settings of a function must satisfy beyond the model's constraints. Pure. */
import type { DurableConfig, SnapStart, VpcConfig } from '#aws/models/lambda.types.gen.ts';
import type { AwsError } from '#aws/errors.ts';
import { parseArn } from '#kernel/arn.ts';

import { invalidParameter, valueTooLarge } from '../../errors.ts';
import {
  ENVIRONMENT_BYTES_MAX,
  MEMORY_MIB_MAX,
  TEMPORARY_STORAGE_MIB_DEFAULT,
  TEMPORARY_STORAGE_MIB_MAX,
  TIMEOUT_SECONDS_MAX,
} from '../../limits.ts';
import type { FunctionSettings } from '../../model/records.ts';
import { LISTED_RUNTIMES, hasSnapStart, runtimeStatus } from '../../model/runtimes.ts';
import { refuseTenants } from '../../model/tenancy.ts';

/**
 * The settings of a function, looked at as a whole.
 * @throws AwsError ValidationException, InvalidParameterValueException
 */
export function checkSettings(settings: FunctionSettings): FunctionSettings {
  const { Runtime, Environment, SnapStart } = settings;
  checkAtMost('timeout', settings.Timeout, TIMEOUT_SECONDS_MAX);
  checkAtMost('memorySize', settings.MemorySize, MEMORY_MIB_MAX);
  const { Size } = settings.EphemeralStorage;
  checkAtMost('ephemeralStorage.size', Size, TEMPORARY_STORAGE_MIB_MAX);
  checkNetwork(settings.VpcConfig);
  checkFileSystems(settings);
  checkDeadLetters(settings.DeadLetterConfig?.TargetArn);
  checkDurable(settings.DurableConfig);
  if (hasSnapshots(settings)) {
    refuseTenants(settings, 'SnapStart');
    if (Size > TEMPORARY_STORAGE_MIB_DEFAULT) {
      throw refusedWithSnapshots(`Ephemeral storage over ${TEMPORARY_STORAGE_MIB_DEFAULT} MB`);
    }
  }
  if (Runtime !== undefined) checkRuntime(Runtime, SnapStart);
  checkEnvironment(Environment?.Variables ?? {});
  return settings;
}

/** Whether versions of a function with these settings start from snapshots. */
export function hasSnapshots({ SnapStart }: FunctionSettings): boolean {
  return SnapStart.ApplyOn === 'PublishedVersions';
}

/**
 * 400: what SnapStart excludes; the beginning is ours, the end AWS's.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-runtimes
 */
export function refusedWithSnapshots(feature: string): AwsError {
  return invalidParameter(`${feature} is not supported for SnapStart enabled functions.`);
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

/**
 * Access points are reached from subnets, of which there are none here.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html
 */
function checkFileSystems({ FileSystemConfigs: configs = [], VpcConfig }: FunctionSettings): void {
  const [first] = configs;
  if (first === undefined || VpcConfig?.SubnetIds?.length) return;
  throw invalidParameter(
    `Function must be configured to execute in a VPC to reference access point ${first.Arn}. ` +
      'Please update the function configuration to include VPC subnets and security groups.',
  );
}

/**
 * A queue or a topic; the words are ours.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_DeadLetterConfig.html
 */
function checkDeadLetters(targetArn: string | undefined): void {
  const service = targetArn === undefined ? 'sqs' : parseArn(targetArn)?.service;
  if (service === 'sqs' || service === 'sns') return;
  throw invalidParameter(
    `Invalid dead letter ARN: ${targetArn} is neither an Amazon SQS queue nor an Amazon SNS topic.`,
  );
}

/** @see https://github.com/aws/aws-extensions-for-dotnet-cli/pull/450, which has AWS's words */
function checkDurable(config: DurableConfig | undefined): void {
  if (config === undefined || config.ExecutionTimeout !== undefined) return;
  throw invalidParameter(
    'You cannot create a function with a durable configuration without an executionTimeout',
  );
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
    throw refusedWithSnapshots(runtime);
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
