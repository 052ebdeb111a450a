import type { Execution as Description } from '#aws/models/lambda.types.gen.ts';

import { qualifiedArn } from '../../model/address.ts';
import { addressOf, arnOf, type Execution } from '../model.ts';

/**
 * An execution as lists show it.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Execution.html
 */
export function describeExecution(execution: Execution): Description {
  const { name, status, startedAtMs, endedAtMs } = execution;
  return {
    DurableExecutionArn: arnOf(execution),
    DurableExecutionName: name,
    FunctionArn: qualifiedArn(addressOf(execution)),
    Status: status,
    StartTimestamp: startedAtMs,
    ...(endedAtMs === undefined ? {} : { EndTimestamp: endedAtMs }),
  };
}
