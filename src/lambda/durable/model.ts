/** A durable execution and its operations, as they are kept. */
import type { ErrorObject, Operation } from '#aws/models/lambda.types.gen.ts';

import { SYNCHRONOUS_PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { FunctionAddress } from '../model/address.ts';
import { OPERATION_PAYLOAD_BYTES_MAX } from './limits.ts';
import { executionArn } from './names.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecution.html Status */
export type ExecutionStatus =
  | 'RUNNING'
  | 'PAUSING'
  | 'PAUSED'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'STOPPED';

/** How an execution ended. */
export type EndStatus = Exclude<ExecutionStatus, 'RUNNING' | 'PAUSING' | 'PAUSED'>;

export interface Execution {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly functionName: string;
  /** `$LATEST` or a number; the same for all its invocations. */
  readonly version: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  /** A date, in ms since 1970. */
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** Of the invocation that is under way; the request's id, too. */
  readonly invocationId?: string;
  /** When it is to be invoked, in ms of `steadyMs`; absent where it waits for its operations. */
  readonly invokeAtMs?: number;
  /** When it times out, or once it has ended is forgotten; in ms of `steadyMs`. */
  readonly deadlineMs: number;
  readonly details: ExecutionDetails;
  /** Once it has ended. */
  readonly outcome?: ExecutionOutcome;
}

export interface ExecutionOutcome {
  readonly result?: string;
  readonly error?: ErrorObject;
}

/** What nobody searches for. */
export interface ExecutionDetails {
  /** The request that started it. */
  readonly requestId: string;
  /** As the function was invoked, for what is configured for that. */
  readonly qualifier: string;
  readonly traceHeader: string;
  readonly tenantId?: string;
  readonly timeoutSeconds: number;
  readonly retentionDays: number;
  /** Told, and not used. */
  readonly kmsKeyArn?: string;
  /** Nobody waits for its result: destinations follow from its end. */
  readonly isAsynchronous: boolean;
  /** The chained invocation that it is the execution of. */
  readonly parent?: ParentOperation;
  /** Counts the changes of operations; each of them bears the number of its last one. */
  readonly changes: number;
  /** Up to which of them the function has been told. */
  readonly seenChanges: number;
  /** Of the newest checkpoint token. */
  readonly tokenNumber: number;
  /** Events of its history. */
  readonly events: number;
  /** Of what users put into them; none where nothing is said. */
  readonly storedBytes?: number;
  readonly operations: number;
  /** Invocations in a row that failed, were throttled, or had nothing to wait for. */
  readonly failures: number;
  readonly throttles: number;
  readonly idleAnswers: number;
  /** Of the invocation that is under way. */
  readonly invocation?: { readonly startedAtMs: number; readonly changes: number };
  readonly lastCheckpoint?: LastCheckpoint;
  readonly pause?: Pause;
  readonly resumed?: Granted;
}

export interface ParentOperation {
  readonly executionId: string;
  readonly operationId: string;
}

/** A checkpoint, as whoever did not hear the answer asks for it again. */
export interface LastCheckpoint {
  readonly clientToken: string;
  readonly token: string;
  readonly answeredToken: string;
  readonly seenChanges: number;
}

export interface Pause {
  /** A date. */
  readonly requestedAtMs: number;
  readonly reason?: string;
  readonly isTimeoutPaused: boolean;
  /** What is left of the timeout, in ms, while it is paused. */
  readonly leftMs?: number;
  readonly clientToken?: string;
}

/** A request that was granted, as whoever did not hear of it makes it again. */
export interface Granted {
  readonly clientToken: string;
  /** A date. */
  readonly atMs: number;
}

/** An operation, and what is known of it beside what is told. */
export interface StoredOperation {
  /** Its place in the order of beginnings. */
  readonly order: number;
  /** The number of its last change. */
  readonly changed: number;
  /** When something is to be done for it, in ms of `steadyMs`. */
  readonly dueAtMs?: number;
  /** A function runs for it in this process. */
  readonly isClaimed: boolean;
  readonly operation: Operation;
  readonly more: OperationMore;
}

export interface OperationMore {
  /** Of a wait. */
  readonly waitSeconds?: number;
  /** Of a callback: in ms of `steadyMs`. */
  readonly timeoutAtMs?: number;
  readonly heartbeatAtMs?: number;
  readonly heartbeatSeconds?: number;
  /** Of a chained invocation. */
  readonly target?: { readonly functionName: string; readonly tenantId?: string };
  readonly traceHeader?: string;
  readonly payload?: string;
  readonly throttles?: number;
}

const TERMINAL: ReadonlySet<string> = new Set([
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'TIMED_OUT',
  'STOPPED',
]);

/** Whether an execution or an operation of this status is over. */
export function isOver(status: string): boolean {
  return TERMINAL.has(status);
}

/** Whether somebody waits for an execution's result, as Invoke does. */
export function isAwaited({ details }: Execution): boolean {
  return !details.isAsynchronous && details.parent === undefined;
}

/** What the result of an execution may have, in bytes. */
export function resultBytesMax(execution: Execution): number {
  return isAwaited(execution) ? SYNCHRONOUS_PAYLOAD_BYTES_MAX : OPERATION_PAYLOAD_BYTES_MAX;
}

/** The version that an execution runs. */
export function addressOf(execution: Execution): FunctionAddress & { readonly qualifier: string } {
  const { accountId, region, functionName, version } = execution;
  return { accountId, region, functionName, qualifier: version };
}

/** The execution's ARN. */
export function arnOf(execution: Execution): string {
  const { name, id } = execution;
  return executionArn({ address: addressOf(execution), name, id });
}
