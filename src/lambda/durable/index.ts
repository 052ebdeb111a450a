/** Durable functions: executions that last, over invocations that do not. */
import type { Operations } from '#aws/models/lambda.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';

import type { DurableDoor } from '../model/durable-door.ts';
import type { DurableDependencies } from './dependencies.ts';
import { createDoor } from './door.ts';
import { momentOf } from './draft.ts';
import { runEngine } from './engine.ts';
import { arnOf } from './model.ts';
import { deleteDurableExecution } from './operations/delete-durable-execution.ts';
import { pauseDurableExecution } from './operations/pause-durable-execution.ts';
import { resumeDurableExecution } from './operations/resume-durable-execution.ts';
import { checkpointDurableExecution } from './operations/checkpoint-durable-execution.ts';
import { getDurableExecutionHistory } from './operations/get-durable-execution-history.ts';
import { getDurableExecutionState } from './operations/get-durable-execution-state.ts';
import { getDurableExecution } from './operations/get-durable-execution.ts';
import { listDurableExecutionsByFunction } from './operations/list-durable-executions-by-function.ts';
import {
  sendDurableExecutionCallbackFailure,
  sendDurableExecutionCallbackHeartbeat,
  sendDurableExecutionCallbackSuccess,
} from './operations/send-callback.ts';
import { stopDurableExecution } from './operations/stop-durable-execution.ts';
import { type Start, startExecution } from './start.ts';
import { createWaiters } from './waiters.ts';

export { checkDurable, durableOf } from './config.ts';
export { notDurable } from './errors.ts';
export { parseCallbackId } from './names.ts';
export { isExecutionUnderWay, nextOrUnderWay } from './store.ts';

export type DurableOperations = Pick<
  Operations,
  | 'CheckpointDurableExecution'
  | 'DeleteDurableExecution'
  | 'GetDurableExecution'
  | 'GetDurableExecutionHistory'
  | 'GetDurableExecutionState'
  | 'ListDurableExecutionsByFunction'
  | 'PauseDurableExecution'
  | 'ResumeDurableExecution'
  | 'SendDurableExecutionCallbackFailure'
  | 'SendDurableExecutionCallbackHeartbeat'
  | 'SendDurableExecutionCallbackSuccess'
  | 'StopDurableExecution'
>;

export interface Durable {
  readonly operations: DurableOperations;
  /** Where the invoke plane sends invocations of durable functions. */
  readonly door: DurableDoor;
  /**
   * Begins an asynchronous execution in the caller's transaction; answers its ARN.
   * @throws AwsError DurableExecutionAlreadyStartedException
   */
  start(tx: Transaction, start: Omit<Start, 'isAsynchronous' | 'parent'>): Promise<string>;
  /** Drives executions until the signal aborts; rejects where the store has failed for good. */
  run(signal: AbortSignal): Promise<void>;
}

/** Makes the engine; migrate Lambda's schema before anything is asked of it. */
export function createDurable(given: DurableDependencies): Durable {
  const dependencies = { ...given, waiters: createWaiters() };
  return {
    operations: {
      CheckpointDurableExecution: checkpointDurableExecution(dependencies),
      DeleteDurableExecution: deleteDurableExecution(dependencies),
      PauseDurableExecution: pauseDurableExecution(dependencies),
      ResumeDurableExecution: resumeDurableExecution(dependencies),
      GetDurableExecution: getDurableExecution(dependencies),
      GetDurableExecutionHistory: getDurableExecutionHistory(dependencies),
      GetDurableExecutionState: getDurableExecutionState(dependencies),
      ListDurableExecutionsByFunction: listDurableExecutionsByFunction(dependencies),
      SendDurableExecutionCallbackFailure: sendDurableExecutionCallbackFailure(dependencies),
      SendDurableExecutionCallbackHeartbeat: sendDurableExecutionCallbackHeartbeat(dependencies),
      SendDurableExecutionCallbackSuccess: sendDurableExecutionCallbackSuccess(dependencies),
      StopDurableExecution: stopDurableExecution(dependencies),
    },
    door: createDoor(dependencies),
    async start(tx, start) {
      const moment = momentOf(given.clock);
      const whole = { ...start, isAsynchronous: true };
      return arnOf(await startExecution(dependencies, tx, moment, whole));
    },
    run: (signal) => runEngine(dependencies, signal),
  };
}
