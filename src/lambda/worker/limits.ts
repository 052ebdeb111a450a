import { HOUR_MS, MIB, SECOND_MS } from '#kernel/units.ts';
import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { SandboxLimits } from '#ports/world/sandbox.ts';

/**
 * Bytes of a buffered response: 6 MiB and 100 bytes, as AWS's message says.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const RESPONSE_BYTES_MAX = 6 * MIB + 100;

/** Bytes of a streamed response. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html */
export const STREAMED_BYTES_MAX = 200 * MIB;
/** Streamed bytes that pass at full speed; the rest is slowed down. */
export const STREAMED_BURST_BYTES = 6 * MIB;
/** Speed of a streamed response after its burst. */
export const STREAMED_BYTES_PER_SECOND = 2 * MIB;

/** Time for the init phase. @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
export const INIT_TIMEOUT_MS = 10 * SECOND_MS;
/** Time for the init phase of what is kept ready, or the function's timeout where that is more. @see the page above */
const PROVISIONED_INIT_TIMEOUT_MS = 130 * SECOND_MS;

/** Time for the init phase of what is kept ready, in ms, of a function with such a timeout. */
export function provisionedInitTimeoutMs(functionTimeoutMs: number): number {
  return Math.max(PROVISIONED_INIT_TIMEOUT_MS, functionTimeoutMs);
}

/** Shutdown phase without an extension, with internal ones, with external ones. @see the page above */
export const SHUTDOWN_INTERNAL_MS = 500;
export const SHUTDOWN_EXTERNAL_MS = 2 * SECOND_MS;

/** Bytes of `LogResult`. @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const LOG_TAIL_BYTES = 4 * 1024;

/** Bytes of one event of CloudWatch Logs. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
export const LOG_LINE_BYTES_MAX = 1 * MIB;

/** How old, and how far ahead, a log event may be. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const LOG_AGE_MS_MAX = 14 * 24 * HOUR_MS;
export const LOG_AHEAD_MS_MAX = 2 * HOUR_MS;

/** How long an environment's credentials hold; environments end long before. */
export const CREDENTIALS_MS = 12 * HOUR_MS;

/** Connections that one sandbox may hold open to the Runtime API; ours, AWS sets no such limit. */
export const RUNTIME_CONNECTIONS_MAX = 64;

/** Processors that a small function has until its init is over. */
const INIT_VIRTUAL_CPUS = 2;
/** Memory that brings one processor. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const VIRTUAL_CPU_MIB = 1769;

/** What a function's sandbox may use from its first event on. */
export function limitsOf(version: FunctionVersion): SandboxLimits {
  const { memorySizeMiB, temporaryStorageMiB } = version;
  return { memoryMiB: memorySizeMiB, temporaryStorageMiB };
}

/** The init phase gets more of the processor than a small function's share, as on AWS. */
export function initLimitsOf(version: FunctionVersion): SandboxLimits {
  const isSmall = version.memorySizeMiB < INIT_VIRTUAL_CPUS * VIRTUAL_CPU_MIB;
  return { ...limitsOf(version), ...(isSmall ? { virtualCpus: INIT_VIRTUAL_CPUS } : {}) };
}
