/** What shows that a request comes from the invocation of an execution that is under way. */
import type { AwsError } from '#aws/errors.ts';

import { foreignToken, invalidToken } from './errors.ts';
import type { Execution } from './model.ts';
import { parseExecutionArn, parseToken } from './names.ts';

/** Whether a token is the newest of the invocation that is under way. */
export function isCurrent(execution: Execution, token: string): boolean {
  const { id, invocationId, details, endedAtMs } = execution;
  const parsed = parseToken(token);
  return (
    endedAtMs === undefined &&
    parsed?.executionId === id &&
    parsed.invocationId === invocationId &&
    parsed.number === details.tokenNumber
  );
}

/** What is said of a token that is not current for the execution of an ARN, which need not be there. */
export function refusalOf(token: string, arn: string): AwsError {
  const parsed = parseToken(token);
  const isForeign = parsed !== undefined && parsed.executionId !== parseExecutionArn(arn)?.id;
  return isForeign ? foreignToken() : invalidToken();
}
