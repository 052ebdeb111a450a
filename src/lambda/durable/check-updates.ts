/** What the updates of a checkpoint must satisfy beyond the model's constraints. Pure. */
import type { ErrorObject, OperationUpdate } from '#aws/models/lambda.types.gen.ts';

import { invalidParameter } from '../errors.ts';
import { parseFunctionReference } from '../model/address.ts';
import {
  ERROR_BYTES_MAX,
  OPERATION_PAYLOAD_BYTES_MAX,
  OPERATIONS_MAX,
  STORED_BYTES_MAX,
} from './limits.ts';
import { resultBytesMax, type Execution, type StoredOperation } from './model.ts';

/** The operations that stand, as far as updates name them or their parents. */
export type Known = ReadonlyMap<string, StoredOperation>;

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  STEP: ['START', 'SUCCEED', 'FAIL', 'RETRY'],
  CONTEXT: ['START', 'SUCCEED', 'FAIL'],
  WAIT: ['START', 'CANCEL'],
  CALLBACK: ['START'],
  CHAINED_INVOKE: ['START'],
  EXECUTION: ['SUCCEED', 'FAIL'],
};

/**
 * Looks at all updates of one checkpoint before any of them is applied.
 * @throws AwsError InvalidParameterValueException
 */
export function checkUpdates(
  execution: Execution,
  known: Known,
  updates: readonly OperationUpdate[],
): void {
  checkEnd(updates);
  const seen = new Map<string, OperationUpdate>();
  const started = new Map<string, OperationUpdate>();
  for (const update of updates) {
    checkOnce(seen.get(update.Id), update);
    checkParent(known, started, update);
    if (update.Action === 'START') started.set(update.Id, update);
    seen.set(update.Id, update);
  }
  const isNew = [...seen.values()].filter(({ Id, Type }) => Type !== 'EXECUTION' && !known.has(Id));
  if (execution.details.operations + isNew.length > OPERATIONS_MAX) {
    throw invalidParameter(
      `A durable execution cannot have more than ${OPERATIONS_MAX} operations.`,
    );
  }
  const isMore = updates.some(({ Type }) => Type !== 'EXECUTION');
  if (isMore && (execution.details.storedBytes ?? 0) > STORED_BYTES_MAX) {
    throw invalidParameter(`A durable execution cannot store more than ${STORED_BYTES_MAX} bytes.`);
  }
  const before = new Map<string, string>();
  for (const update of updates) {
    checkSame(known.get(update.Id), update);
    checkSizes(execution, update);
    if (!ACTIONS[update.Type]?.includes(update.Action)) {
      throw invalidParameter('Invalid action for the given operation type.');
    }
    const status = before.get(update.Id) ?? known.get(update.Id)?.operation.Status;
    checkTransition(execution, status, update);
    if (update.Action === 'START') before.set(update.Id, 'STARTED');
  }
}

function checkEnd(updates: readonly OperationUpdate[]): void {
  const ends = updates.filter(({ Type }) => Type === 'EXECUTION');
  if (ends.length > 1) throw invalidParameter('Cannot checkpoint multiple EXECUTION updates.');
  if (ends.length === 1 && updates.at(-1)?.Type !== 'EXECUTION') {
    throw invalidParameter('EXECUTION checkpoint must be the last update.');
  }
}

/** A step or a context may begin and end in one checkpoint. */
function checkOnce(last: OperationUpdate | undefined, update: OperationUpdate): void {
  if (last === undefined) return;
  const canEnd = last.Type === 'STEP' || last.Type === 'CONTEXT';
  if (canEnd && last.Action === 'START' && update.Action !== 'START') return;
  throw invalidParameter('Cannot update the same operation twice in a single request.');
}

function checkParent(
  known: Known,
  started: ReadonlyMap<string, OperationUpdate>,
  { ParentId }: OperationUpdate,
): void {
  if (ParentId === undefined) return;
  const type = started.get(ParentId)?.Type ?? known.get(ParentId)?.operation.Type;
  if (type !== 'CONTEXT') throw invalidParameter('Invalid parent operation id.');
}

/** What was said of an operation once stays. */
function checkSame(stored: StoredOperation | undefined, update: OperationUpdate): void {
  if (stored === undefined) return;
  const { operation } = stored;
  const differs = (member: 'Type' | 'SubType' | 'Name' | 'ParentId'): boolean =>
    update[member] !== undefined && update[member] !== operation[member];
  if (differs('Type')) throw invalidParameter('Inconsistent operation type.');
  if (differs('SubType')) throw invalidParameter('Inconsistent operation subtype.');
  if (differs('Name')) throw invalidParameter('Inconsistent operation name.');
  if (differs('ParentId')) throw invalidParameter('Inconsistent parent operation id.');
}

function checkSizes(execution: Execution, update: OperationUpdate): void {
  const { Type, Payload, Error: error } = update;
  if (error !== undefined) checkErrorSize(error);
  if (Payload === undefined) return;
  const isEnd = Type === 'EXECUTION';
  const bytesMax = isEnd ? resultBytesMax(execution) : OPERATION_PAYLOAD_BYTES_MAX;
  if (Buffer.byteLength(Payload) <= bytesMax) return;
  const what = isEnd ? 'Execution output' : `${Type} ${directionOf(Type)}`;
  throw invalidParameter(`${what} payload size must be less than or equal to ${bytesMax} bytes.`);
}

function directionOf(type: string): string {
  return type === 'CHAINED_INVOKE' ? 'input' : 'output';
}

/** @throws AwsError InvalidParameterValueException for an error whose members are too large together */
export function checkErrorSize(error: ErrorObject): void {
  if (Buffer.byteLength(JSON.stringify(error)) <= ERROR_BYTES_MAX) return;
  throw invalidParameter(`Error object size must be less than ${ERROR_BYTES_MAX} bytes.`);
}

function checkTransition(
  execution: Execution,
  status: string | undefined,
  update: OperationUpdate,
): void {
  const { Type } = update;
  if (Type === 'STEP') checkStep(status, update);
  else if (Type === 'CONTEXT') checkContext(status, update);
  else if (Type === 'EXECUTION') checkContents(update);
  else if (Type === 'WAIT') checkWait(status, update);
  else if (Type === 'CALLBACK') {
    if (status !== undefined) {
      throw invalidParameter('Cannot start a CALLBACK that already exist.');
    }
  } else checkChained(execution, status, update);
}

function checkStep(status: string | undefined, update: OperationUpdate): void {
  const isOpen = status === undefined || status === 'STARTED' || status === 'READY';
  if (update.Action === 'START') {
    if (status === undefined || status === 'READY') return;
    throw invalidParameter('Invalid current STEP state to start.');
  }
  if (update.Action !== 'RETRY') {
    if (!isOpen) throw invalidParameter('Invalid current STEP state to close.');
    checkContents(update);
    return;
  }
  if (!isOpen) throw invalidParameter('Invalid current STEP state to re-attempt.');
  if (update.StepOptions === undefined) {
    throw invalidParameter('Invalid StepOptions for the given action.');
  }
  if (update.Error !== undefined && update.Payload !== undefined) {
    throw invalidParameter('Cannot provide both error and payload to RETRY a STEP.');
  }
}

function checkContext(status: string | undefined, update: OperationUpdate): void {
  if (update.Action === 'START') {
    if (status === undefined) return;
    throw invalidParameter('Cannot start a CONTEXT that already exist.');
  }
  if (status !== undefined && status !== 'STARTED') {
    throw invalidParameter('Invalid current CONTEXT state to close.');
  }
  checkContents(update);
}

function checkContents({ Action, Payload, Error: error }: OperationUpdate): void {
  if (Action === 'FAIL' && Payload !== undefined) {
    throw invalidParameter('Cannot provide a Payload for FAIL action.');
  }
  if (Action === 'SUCCEED' && error !== undefined) {
    throw invalidParameter('Cannot provide an Error for SUCCEED action.');
  }
}

function checkWait(status: string | undefined, update: OperationUpdate): void {
  if (update.Action === 'CANCEL') {
    if (status === 'STARTED') return;
    throw invalidParameter('Cannot cancel a WAIT that does not exist or has already completed.');
  }
  if (status !== undefined) throw invalidParameter('Cannot start a WAIT that already exist.');
  if (update.WaitOptions?.WaitSeconds === undefined) {
    throw invalidParameter('Update for WAIT operation requires WaitOptions.');
  }
}

function checkChained(
  { accountId, region }: Execution,
  status: string | undefined,
  { ChainedInvokeOptions: options }: OperationUpdate,
): void {
  if (status !== undefined) {
    throw invalidParameter('Cannot start a CHAINED_INVOKE operation that already exists.');
  }
  if (options === undefined) {
    throw invalidParameter('Update for CHAINED_INVOKE operation requires ChainedInvokeOptions.');
  }
  const target = parseFunctionReference(options.FunctionName);
  if (target === undefined) {
    throw invalidParameter(`Invalid function ARN '${options.FunctionName}'`);
  }
  if ((target.accountId ?? accountId) !== accountId) {
    throw invalidParameter('Cannot start a CHAINED_INVOKE on a function in another account.');
  }
  if ((target.region ?? region) !== region) {
    throw invalidParameter('Cannot start a CHAINED_INVOKE on a function in another region.');
  }
}
