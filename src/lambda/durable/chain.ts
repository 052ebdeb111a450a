/** Chained invocations: whom they lead to, and the runs of functions that are not durable. */
import { AwsError } from '#aws/errors.ts';
import type { ErrorObject, OperationUpdate } from '#aws/models/lambda.types.gen.ts';
import { collectBytes, textOf, utf8 } from '#kernel/bytes.ts';
import type { Outcome } from '#ports/peers/invoker.ts';
import { StoreFailed } from '#ports/world/database.ts';

import { SYNCHRONOUS_PAYLOAD_BYTES_MAX, systemErrorDelayMs } from '../limits.ts';
import {
  type FunctionAddress,
  functionArn,
  LATEST,
  parseFunctionReference,
  qualifiedArn,
} from '../model/address.ts';
import type { FunctionVersion } from '../model/function-version.ts';
import { checkTenant } from '../model/tenancy.ts';
import { roleOf } from '../role-of.ts';
import type { ClaimedCall } from './advance.ts';
import { begun } from './apply-update.ts';
import type { DurableDependencies } from './dependencies.ts';
import type { Draft } from './draft.ts';
import { type Ending, endChained } from './end.ts';
import { unqualifiedDurable } from './errors.ts';
import { errorOfPayload } from './finish.ts';
import { aboutOperation, endOfOperation, told } from './history.ts';
import { OPERATION_PAYLOAD_BYTES_MAX } from './limits.ts';
import type { Execution, StoredOperation } from './model.ts';
import { addressOf, arnOf } from './model.ts';
import { startExecution } from './start.ts';

/** Whom a chained invocation leads to, as it was found before the transaction. */
export type ChainTarget =
  | { readonly kind: 'found'; readonly version: FunctionVersion; readonly qualifier?: string }
  | { readonly kind: 'refused'; readonly error: ErrorObject };

/** Finds the functions that updates are about to invoke, by the updates' operations. */
export async function findTargets(
  dependencies: DurableDependencies,
  execution: Execution,
  updates: readonly OperationUpdate[],
): Promise<ReadonlyMap<string, ChainTarget>> {
  const targets = new Map<string, ChainTarget>();
  for (const { Id, ChainedInvokeOptions: options } of updates) {
    if (options === undefined) continue;
    const { FunctionName, TenantId } = options;
    targets.set(Id, await findTarget(dependencies, execution, FunctionName, TenantId));
  }
  return targets;
}

async function findTarget(
  dependencies: DurableDependencies,
  execution: Execution,
  text: string,
  tenantId: string | undefined,
): Promise<ChainTarget> {
  const reference = parseFunctionReference(text);
  // What is no name of a function here is refused with the checkpoint.
  if (reference === undefined) return refusal(new TypeError(text));
  const { accountId, region } = execution;
  const { functionName, qualifier } = reference;
  const named = qualifier === undefined ? {} : { qualifier };
  const address = { accountId, region, functionName, ...named };
  const { catalog, random } = dependencies;
  const denied = await denial(dependencies, execution, address);
  if (denied !== undefined) return { kind: 'refused', error: denied };
  const found = await catalog.resolve(address, random.fraction());
  if (found.kind === 'missing') return { kind: 'refused', error: missing(address) };
  if (found.kind === 'not-ready') {
    return {
      kind: 'refused',
      error: { ErrorType: 'ResourceNotReadyException', ErrorMessage: found.reason },
    };
  }
  try {
    checkTenant(found.version, tenantId);
    if (found.version.durable !== undefined && qualifier === undefined) throw unqualifiedDurable();
  } catch (error) {
    return refusal(error);
  }
  return { kind: 'found', version: found.version, ...named };
}

function missing(address: FunctionAddress): ErrorObject {
  const named = { ...address, qualifier: address.qualifier ?? LATEST };
  const ErrorMessage = `Function not found: ${qualifiedArn(named)}`;
  return { ErrorType: 'ResourceNotFoundException', ErrorMessage };
}

function refusal(error: unknown): ChainTarget {
  const message = error instanceof Error ? error.message : '';
  const type = error instanceof AwsError ? error.code : 'InvalidParameterValueException';
  return { kind: 'refused', error: { ErrorType: type, ErrorMessage: message } };
}

/** Why the function's role may not invoke another function, where policies are evaluated. */
async function denial(
  { access, database }: DurableDependencies,
  execution: Execution,
  target: FunctionAddress,
): Promise<ErrorObject | undefined> {
  if (access === undefined) return undefined;
  const caller = functionArn(addressOf(execution));
  const roleArn = await database.read((queries) => roleOf(queries, caller));
  if (roleArn === undefined) return missing(addressOf(execution));
  const action = 'lambda:InvokeFunction';
  const resource = qualifiedArn(target);
  const decision = await access.decide({ who: { kind: 'role', roleArn }, action, resource });
  if (decision.kind === 'allowed') return undefined;
  return {
    ErrorType: 'AccessDeniedException',
    ErrorMessage: `User: ${roleArn} is not authorized to perform: ${action} on resource: ${resource}`,
  };
}

/** Begins a chained invocation: that of a durable function with its execution, in one transaction. */
export async function startChained(
  dependencies: DurableDependencies,
  draft: Draft,
  update: OperationUpdate,
  target: ChainTarget,
): Promise<void> {
  const { moment, execution, tx } = draft;
  const { Payload: payload = '{}', ChainedInvokeOptions: options } = update;
  const operation = { ...begun(update, moment), ChainedInvokeDetails: {} };
  const { TenantId, XAmznTraceId, FunctionName = '' } = options ?? {};
  const traceHeader = XAmznTraceId ?? execution.details.traceHeader;
  const tenant = TenantId === undefined ? {} : { tenantId: TenantId };
  const isPlain = target.kind === 'found' && target.version.durable === undefined;
  const child =
    target.kind === 'found' && !isPlain
      ? await startExecution(dependencies, tx, moment, {
          version: target.version,
          qualifier: target.qualifier ?? target.version.version,
          requestId: dependencies.random.uuid(),
          payload: utf8(payload),
          traceHeader,
          ...tenant,
          isAsynchronous: false,
          parent: { executionId: execution.id, operationId: update.Id },
        })
      : undefined;
  const more = isPlain ? { target: { functionName: FunctionName, ...tenant }, traceHeader } : {};
  const stored = await draft.put({
    isClaimed: false,
    operation,
    more: isPlain ? { ...more, payload } : {},
    ...(isPlain ? { dueAtMs: moment.steadyMs } : {}),
  });
  await draft.tell({
    ...aboutOperation(operation),
    EventType: 'ChainedInvokeStarted',
    ChainedInvokeStartedDetails: {
      FunctionName,
      ...(TenantId === undefined ? {} : { TenantId }),
      Input: told(payload),
      ...(target.kind === 'found' ? { ExecutedVersion: target.version.version } : {}),
      ...(child === undefined ? {} : { DurableExecutionArn: arnOf(child) }),
    },
  });
  if (target.kind === 'refused') await refuse(draft, stored, target.error);
}

/** It ends with its beginning, in the same checkpoint. */
async function refuse(draft: Draft, stored: StoredOperation, error: ErrorObject): Promise<void> {
  const { order, operation } = stored;
  const details = { ChainedInvokeDetails: { Error: error } };
  const EndTimestamp = draft.moment.nowMs;
  const failed = { ...operation, Status: 'FAILED', EndTimestamp, ...details };
  await draft.put({ order, isClaimed: false, more: {}, operation: failed });
  await draft.tell(endOfOperation(failed));
}

/**
 * Runs a function that is not durable for a chained invocation.
 * @throws StoreFailed; the signal's reason
 */
export async function runCall(
  { invoker, random, log }: DurableDependencies,
  { execution, stored }: ClaimedCall,
  signal: AbortSignal,
): Promise<Ending | 'refused'> {
  const { target, payload = '{}', traceHeader } = stored.more;
  const { functionName = '', tenantId } = target ?? {};
  const { accountId, region } = execution;
  const named = parseFunctionReference(functionName) ?? { functionName };
  try {
    const outcome = await invoker().invoke(
      {
        ...named,
        accountId,
        region,
        requestId: random.uuid(),
        payload: utf8(payload),
        source: 'invoke',
        responseMode: 'buffered',
        ...(tenantId === undefined ? {} : { tenantId }),
        ...(traceHeader === undefined ? {} : { traceHeader }),
      },
      signal,
    );
    // It may have ended with the server: then it has not run.
    if (outcome.kind === 'failed') signal.throwIfAborted();
    return await endingOf(outcome);
  } catch (error) {
    if (signal.aborted || error instanceof StoreFailed) throw error;
    if (error instanceof AwsError && error.status < 500) {
      return { status: 'FAILED', error: { ErrorType: error.code, ErrorMessage: error.message } };
    }
    log.error('a chained invocation could not be tried', { id: execution.id, error });
    return 'refused';
  }
}

async function endingOf(outcome: Outcome): Promise<Ending | 'refused'> {
  if (outcome.kind === 'throttled') return 'refused';
  if (outcome.kind === 'failed') {
    return { status: 'FAILED', error: errorOfPayload(textOf(outcome.payload)) };
  }
  const bytes = await collectBytes(outcome.payload, SYNCHRONOUS_PAYLOAD_BYTES_MAX * 2);
  if (bytes.byteLength <= OPERATION_PAYLOAD_BYTES_MAX) {
    return { status: 'SUCCEEDED', result: textOf(bytes) };
  }
  const ErrorMessage = `CHAINED_INVOKE output payload size must be less than or equal to ${OPERATION_PAYLOAD_BYTES_MAX} bytes.`;
  return { status: 'FAILED', error: { ErrorMessage } };
}

/** Writes what became of a run; one that was refused is tried again later. */
export async function finishCall(
  draft: Draft,
  operationId: string,
  ending: Ending | 'refused',
): Promise<void> {
  if (ending !== 'refused') return endChained(draft, operationId, ending);
  const stored = await draft.find(operationId);
  if (stored?.isClaimed !== true) return undefined;
  const { order, changed, operation, more } = stored;
  const { throttles = 0 } = more;
  const dueAtMs = draft.moment.steadyMs + systemErrorDelayMs(throttles);
  const later = { ...more, throttles: throttles + 1 };
  await draft.put({ order, changed, operation, dueAtMs, isClaimed: false, more: later });
  return draft.save();
}
