/** The beginning of an execution, in the caller's transaction. */
import { present } from '#kernel/assert.ts';
import { textOf } from '#kernel/bytes.ts';
import { SECOND_MS } from '#kernel/units.ts';
import type { Transaction } from '#ports/world/database.ts';

import type { FunctionVersion } from '../model/function-version.ts';
import { newTraceHeader } from '../model/trace-header.ts';
import type { DurableDependencies } from './dependencies.ts';
import { TOPIC } from './dependencies.ts';
import { Draft, type Moment } from './draft.ts';
import { alreadyStarted } from './errors.ts';
import { told } from './history.ts';
import { arnOf, type Execution, type ParentOperation } from './model.ts';
import { findNamed } from './store.ts';
import { findOperation } from './store-operations.ts';

export const NOT_DURABLE = 'an execution is asked of no durable function';

/** What is asked for: a run of one version of a durable function. */
export interface Start {
  readonly version: FunctionVersion;
  /** As the function was invoked. */
  readonly qualifier: string;
  readonly requestId: string;
  readonly payload: Uint8Array;
  /** The request's id where nothing is said: an event that is tried again finds what it has begun. */
  readonly name?: string;
  readonly traceHeader?: string;
  readonly tenantId?: string;
  readonly isAsynchronous: boolean;
  readonly parent?: ParentOperation;
}

/**
 * Begins an execution, or finds the one that has its name and its payload, whatever its version: an alias may lead
 * elsewhere by now.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-idempotency.html
 * @throws AwsError DurableExecutionAlreadyStartedException where another payload has the name
 */
export async function startExecution(
  dependencies: Pick<DurableDependencies, 'random' | 'wakeups'>,
  tx: Transaction,
  moment: Moment,
  start: Start,
): Promise<Execution> {
  const { version, name = start.requestId } = start;
  const input = textOf(start.payload);
  const found = await findNamed(tx, version, version.functionName, name);
  if (found === undefined) return begin(dependencies, tx, moment, { ...start, name, input });
  const operation = (await findOperation(tx, found.id, found.id))?.operation;
  if (operation?.ExecutionDetails?.InputPayload !== input) throw alreadyStarted(arnOf(found));
  return found;
}

async function begin(
  { random, wakeups }: Pick<DurableDependencies, 'random' | 'wakeups'>,
  tx: Transaction,
  moment: Moment,
  start: Start & { readonly name: string; readonly input: string },
): Promise<Execution> {
  const { version, name, input, parent } = start;
  const id = random.uuid();
  const durable = present(version.durable, NOT_DURABLE);
  const { executionTimeoutSeconds: timeoutSeconds, retentionDays, kmsKeyArn } = durable;
  const { accountId, region, functionName } = version;
  const draft = new Draft(tx, moment, {
    id,
    accountId,
    region,
    functionName,
    version: version.version,
    name,
    status: 'RUNNING',
    startedAtMs: moment.nowMs,
    invokeAtMs: moment.steadyMs,
    deadlineMs: moment.steadyMs + timeoutSeconds * SECOND_MS,
    details: {
      requestId: start.requestId,
      qualifier: start.qualifier,
      traceHeader: start.traceHeader ?? newTraceHeader(start.requestId, moment.nowMs),
      ...(start.tenantId === undefined ? {} : { tenantId: start.tenantId }),
      timeoutSeconds,
      retentionDays,
      ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
      isAsynchronous: start.isAsynchronous,
      ...(parent === undefined ? {} : { parent }),
      ...NONE_YET,
    },
  });
  await draft.put({
    order: 0,
    isClaimed: false,
    more: {},
    operation: {
      Id: id,
      Name: name,
      Type: 'EXECUTION',
      StartTimestamp: moment.nowMs,
      Status: 'STARTED',
      ExecutionDetails: { InputPayload: input },
    },
  });
  await draft.tell({
    EventType: 'ExecutionStarted',
    Id: id,
    Name: name,
    ExecutionStartedDetails: { Input: told(input), ExecutionTimeout: timeoutSeconds },
  });
  await draft.save();
  tx.afterCommit(() => wakeups.notify(TOPIC));
  return draft.execution;
}

const NONE_YET = {
  changes: 0,
  seenChanges: 0,
  tokenNumber: 0,
  events: 0,
  operations: 0,
  failures: 0,
  throttles: 0,
  idleAnswers: 0,
};
