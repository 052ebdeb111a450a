import type { FunctionVersion } from '../model/function-version.ts';
import type { FunctionSettings } from '../model/records.ts';
import { tooLongToAwait, unqualifiedDurable } from './errors.ts';
import { AWAITED_EXECUTION_SECONDS_MAX, RETENTION_DAYS_DEFAULT } from './limits.ts';

export type DurableSettings = NonNullable<FunctionVersion['durable']>;

/** What is configured for the executions of a function; `undefined` where it is not durable. */
export function durableOf({ DurableConfig = {} }: FunctionSettings): DurableSettings | undefined {
  const { ExecutionTimeout, RetentionPeriodInDays, KMSKeyArn } = DurableConfig;
  if (ExecutionTimeout === undefined) return undefined;
  return {
    executionTimeoutSeconds: ExecutionTimeout,
    retentionDays: RetentionPeriodInDays ?? RETENTION_DAYS_DEFAULT,
    ...(KMSKeyArn === undefined ? {} : { kmsKeyArn: KMSKeyArn }),
  };
}

/**
 * What every invocation of a durable function must satisfy.
 * @throws AwsError InvalidParameterValueException
 */
export function checkDurable(
  { executionTimeoutSeconds }: DurableSettings,
  qualifier: string | undefined,
  isAsynchronous: boolean,
): void {
  if (qualifier === undefined) throw unqualifiedDurable();
  if (isAsynchronous || executionTimeoutSeconds <= AWAITED_EXECUTION_SECONDS_MAX) return;
  throw tooLongToAwait();
}
