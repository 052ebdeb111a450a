import type { FunctionVersion, ImageProcess } from '#lambda/model/function-version.ts';
import type { Credentials } from '#ports/peers/credential-issuer.ts';
import type { RuntimeEntry } from './runtime-table.ts';

export interface EnvironmentVariablesOptions {
  readonly version: FunctionVersion;
  readonly runtime: RuntimeEntry;
  readonly credentials: Credentials;
  readonly logStream: string;
  readonly initializationType: string;
  /** Known before the launch only for a sandbox that is bound late. */
  readonly addresses?: { readonly runtimeApiAddress: string; readonly endpointAddress: string };
}

/**
 * The environment variables that a function sees: its own, which cannot replace the reserved ones,
 * over the runtime's.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 * As recorded in TestLambdaRuntimesCommon::test_introspection_invoke.
 */
export function environmentVariables(
  options: EnvironmentVariablesOptions,
): Readonly<Record<string, string>> {
  const { version, runtime, credentials, addresses } = options;
  return {
    ...(version.image === undefined ? defaults(runtime) : imageDefaults(version.image)),
    ...(addresses === undefined ? {} : { AWS_ENDPOINT_URL: `http://${addresses.endpointAddress}` }),
    ...version.environmentVariables,
    ...(addresses === undefined ? {} : { AWS_LAMBDA_RUNTIME_API: addresses.runtimeApiAddress }),
    ...reserved(options),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined
      ? {}
      : { AWS_SESSION_TOKEN: credentials.sessionToken }),
  };
}

/** What the language's process reads before any line of ours runs: such a function is not bound late. */
const EARLY_VARIABLE =
  /^(NODE_|LD_|PYTHON|AWS_LAMBDA_EXEC_WRAPPER$|DOTNET_|COMPlus_|CORECLR_|UV_|OPENSSL_|SSL_CERT_|LC_|LANG)/;

/** True where a function's variables can be set in a process that already runs. */
export function canBindLate(version: FunctionVersion): boolean {
  return !Object.keys(version.environmentVariables).some((name) => EARLY_VARIABLE.test(name));
}

const X_RAY = {
  AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
  // Where X-Ray's SDK looks by itself. Nobody listens: what it sends is lost, without a word.
  AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
  _AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1',
  _AWS_XRAY_DAEMON_PORT: '2000',
};

function defaults(runtime: RuntimeEntry): Readonly<Record<string, string>> {
  return {
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    LD_LIBRARY_PATH:
      '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:' +
      '/var/task:/var/task/lib:/opt/lib',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...X_RAY,
    ...(runtime.family === 'provided' ? {} : { _LAMBDA_TELEMETRY_LOG_FD: '1' }),
    ...runtime.environment,
  };
}

/** An image says itself what it needs; the path is what container engines set where it does not. */
function imageDefaults({ environmentVariables: own }: ImageProcess) {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...X_RAY,
    ...own,
  };
}

function reserved(options: EnvironmentVariablesOptions): Readonly<Record<string, string>> {
  const { version, initializationType, logStream } = options;
  const { logging } = version;
  return {
    _HANDLER: version.handler,
    AWS_REGION: version.region,
    AWS_DEFAULT_REGION: version.region,
    AWS_LAMBDA_FUNCTION_NAME: version.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memorySizeMiB),
    AWS_LAMBDA_LOG_GROUP_NAME: logging.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_INITIALIZATION_TYPE: initializationType,
    LAMBDA_TASK_ROOT: '/var/task',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    ...(logging.format === 'JSON'
      ? { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel }
      : {}),
  };
}
