import type { GetDurableExecutionResponse, Operations } from '#aws/models/lambda.types.gen.ts';
import { SECOND_MS } from '#kernel/units.ts';
import { dateOf } from '#ports/peers/agenda.ts';
import type { Clock } from '#ports/world/clock.ts';

import type { DurableDependencies } from '../dependencies.ts';
import { loadExecution } from '../find.ts';
import { EXECUTION_MS_MAX } from '../limits.ts';
import { type Execution, isOver } from '../model.ts';
import { findOperation } from '../store-operations.ts';
import { describeExecution } from './describe-execution.ts';

/**
 * Tells how an execution stands.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html
 */
export function getDurableExecution({
  database,
  clock,
}: DurableDependencies): Operations['GetDurableExecution'] {
  return (context, { DurableExecutionArn, IncludeExecutionData = true }) =>
    database.read(async (queries) => {
      const execution = await loadExecution(queries, context, DurableExecutionArn);
      const { id, outcome = {} } = execution;
      const start = IncludeExecutionData ? await findOperation(queries, id, id) : undefined;
      const InputPayload = start?.operation.ExecutionDetails?.InputPayload;
      const { result, error } = IncludeExecutionData ? outcome : {};
      return {
        ...about(execution, clock),
        ...pauseOf(execution, IncludeExecutionData),
        ...(InputPayload === undefined ? {} : { InputPayload }),
        ...(result === undefined ? {} : { Result: result }),
        ...(error === undefined ? {} : { Error: error }),
        ExecutionDataIncluded: IncludeExecutionData,
      };
    });
}

function about(execution: Execution, clock: Clock): GetDurableExecutionResponse {
  const { status, version, details } = execution;
  return {
    ...describeExecution(execution),
    Version: version,
    TraceHeader: { XAmznTraceId: details.traceHeader },
    DurableConfig: {
      ExecutionTimeout: details.timeoutSeconds,
      RetentionPeriodInDays: details.retentionDays,
      ...(details.kmsKeyArn === undefined ? {} : { KMSKeyArn: details.kmsKeyArn }),
    },
    ...(isOver(status) ? {} : { ExpectedExecutionTimeoutTimestamp: timeoutOf(execution, clock) }),
  };
}

function timeoutOf({ details, startedAtMs, deadlineMs }: Execution, clock: Clock): number {
  if (details.pause?.leftMs !== undefined) return startedAtMs + EXECUTION_MS_MAX;
  return Math.floor(dateOf(clock, deadlineMs) / SECOND_MS) * SECOND_MS;
}

function pauseOf(
  { details: { pause } }: Execution,
  isWithData: boolean,
): Pick<GetDurableExecutionResponse, 'PauseDetails'> {
  if (pause === undefined) return {};
  return {
    PauseDetails: {
      PauseRequestTimestamp: pause.requestedAtMs,
      ExecutionTimeoutPaused: pause.isTimeoutPaused,
      ...(isWithData && pause.reason !== undefined ? { Reason: pause.reason } : {}),
    },
  };
}
