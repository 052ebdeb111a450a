import { HTTP_HEADERS } from '#aws/extras.ts';
import type { InvocationResponse, Operations } from '#aws/models/lambda.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import { bytesAtHand, collectBytes, utf8 } from '#kernel/bytes.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { Invocation, Outcome } from '#ports/peers/invoker.ts';

import {
  accessDenied,
  functionNotFound,
  invalidParameter,
  invalidPayload,
  invalidRequestContent,
  notReady,
  payloadTooLarge,
  recursiveInvocation,
  tooManyRequests,
} from '../../errors.ts';
import {
  ASYNCHRONOUS_PAYLOAD_BYTES_MAX,
  CLIENT_CONTEXT_BYTES_MAX,
  SYNCHRONOUS_PAYLOAD_BYTES_MAX,
} from '../../limits.ts';
import { checkDurable, notDurable } from '../../durable/index.ts';
import type { FunctionAddress } from '../../model/address.ts';
import { LATEST, functionArn } from '../../model/address.ts';
import type { FunctionVersion } from '../../model/function-version.ts';
import { jsonProblem } from '../../model/json-problem.ts';
import { withPassage } from '../../model/lineage.ts';
import { newTraceHeader, sampledHeader } from '../../model/trace-header.ts';
import { checkTenant } from '../../model/tenancy.ts';
import { countStopped, isLoopToStop } from '../../queue/index.ts';
import type { Control } from '../control.ts';
import { addressOf, authorise } from '../control.ts';

/**
 * Runs a function and answers what it returned; with type Event takes the event and answers before it runs;
 * with type DryRun only looks.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function invoke(control: Control): Operations['Invoke'] {
  return async (context, input) => {
    const { InvocationType = 'RequestResponse' } = input;
    const { DurableExecutionName: durableExecutionName } = input;
    const found = invocableAddress(control, context, input);
    const address = found instanceof Promise ? await found : found;
    const isEvent = InvocationType === 'Event';
    const bytesMax = isEvent ? ASYNCHRONOUS_PAYLOAD_BYTES_MAX : SYNCHRONOUS_PAYLOAD_BYTES_MAX;
    const payload = checkedPayload(input.Payload, bytesMax);
    if (isEvent) {
      const { TenantId } = input;
      const name = durableExecutionName === undefined ? {} : { durableExecutionName };
      const event = { payload, ...tenantOf(TenantId), ...name };
      const { traceHeader, ...execution } = await acceptEvent(control, context, address, event);
      return { StatusCode: 202, ...execution, ...traceOf(sampledHeader(traceHeader)) };
    }
    const { ClientContext, LogType } = input;
    checkClientContext(ClientContext);
    if (InvocationType === 'DryRun') {
      const version = await checkInvocable(control, address, input.TenantId);
      checkExecution(version, address, durableExecutionName);
      return { StatusCode: 204 };
    }
    if (context.http.headers['x-amzn-trace-id'] !== undefined) {
      await checkLoop(control, context, address);
    }
    if (durableExecutionName !== undefined) {
      const version = await checkInvocable(control, address, input.TenantId);
      checkExecution(version, address, durableExecutionName);
    }
    const outcome = await control.invoker().invoke(
      {
        ...invocationOf(context, address, payload),
        ...(durableExecutionName === undefined ? {} : { durableExecutionName }),
        ...tenantOf(input.TenantId),
        responseMode: 'buffered',
        isLogTailWanted: LogType === 'Tail',
        ...(ClientContext === undefined ? {} : { clientContext: ClientContext }),
        ...debugOf(context, address),
      },
      context.signal,
    );
    return answerOf(outcome, LogType === 'Tail');
  };
}

/**
 * The port to which a debugger comes, from the header that `hearth invoke --debug` sends. Whoever debugs is the
 * function: only the account's root may.
 * @throws AwsError AccessDeniedException
 */
function debugOf(
  { http, principal }: RequestContext,
  address: FunctionAddress,
): { readonly debugPort?: number } {
  const port = http.headers['x-hearth-debug-port'];
  if (port === undefined || !/^\d{1,5}$/.test(port)) return {};
  if (principal.arn !== `arn:aws:iam::${address.accountId}:root`) {
    throw accessDenied(principal.arn, 'hearth:DebugFunction', functionArn(address));
  }
  return { debugPort: Number(port) };
}

/**
 * The function to invoke, which may be another account's that lets the caller in.
 * @throws AwsError AccessDeniedException and what a wrong name brings
 */
export function invocableAddress(
  control: Control,
  context: RequestContext,
  input: { readonly FunctionName: string; readonly Qualifier?: string },
): FunctionAddress | Promise<FunctionAddress> {
  const address = addressOf(context, input);
  if (address.accountId === context.accountId) return address;
  return control.database.read(async (queries) => {
    await authorise(queries, context, address, 'lambda:InvokeFunction');
    return address;
  });
}

/**
 * The event's bytes; an empty one is the empty object.
 * @throws AwsError RequestTooLargeException, InvalidRequestContentException
 */
export function checkedPayload(payload: Uint8Array | undefined, bytesMax: number): Uint8Array {
  if (payload === undefined || payload.byteLength === 0) return EMPTY_OBJECT;
  if (payload.byteLength > bytesMax) throw payloadTooLarge(bytesMax);
  const problem = jsonProblem(payload);
  if (problem !== undefined) throw invalidPayload(problem);
  return payload;
}

const EMPTY_OBJECT = utf8('{}');

/** What all invocations of the API have in common. */
export function invocationOf(
  context: RequestContext,
  address: FunctionAddress,
  payload: Uint8Array,
): Omit<Invocation, 'responseMode'> {
  const traceHeader = chainOf(context, address);
  return {
    ...address,
    requestId: context.requestId,
    payload,
    source: 'invoke',
    ...(traceHeader === undefined ? {} : { traceHeader }),
  };
}

/** The caller's trace header, where it sent one, with this invocation counted in. */
function chainOf(context: RequestContext, address: FunctionAddress): string | undefined {
  const traceHeader = context.http.headers['x-amzn-trace-id'];
  return traceHeader === undefined ? undefined : withPassage(traceHeader, functionArn(address));
}

/**
 * Stops a chain of functions that invoke one another, or themselves, without end.
 * @throws AwsError RecursiveInvocationException
 */
export async function checkLoop(
  control: Control,
  context: RequestContext,
  address: FunctionAddress,
): Promise<void> {
  const header = chainOf(context, address);
  if (header === undefined) return;
  const { clock, database, metrics } = control;
  if (!(await isLoopToStop(database, address, header))) return;
  metrics.put([countStopped(address, clock.now())]);
  throw recursiveInvocation();
}

/**
 * What a request of a durable function must satisfy before anything is done for it.
 * @throws AwsError InvalidParameterValueException
 */
function checkExecution(
  version: FunctionVersion,
  { qualifier }: FunctionAddress,
  name: string | undefined,
  isAsynchronous = false,
): void {
  const { durable } = version;
  if (durable !== undefined) checkDurable(durable, qualifier, isAsynchronous);
  else if (name !== undefined) throw notDurable();
}

/**
 * @throws AwsError InvalidParameterValueException over 3,583 bytes, InvalidRequestContentException for what is no
 *   object of JSON in base64
 */
export function checkClientContext(clientContext: string | undefined): void {
  if (clientContext === undefined) return;
  if (Buffer.byteLength(clientContext) > CLIENT_CONTEXT_BYTES_MAX) {
    throw invalidParameter('Client context must be no more than 3583 bytes when base64-encoded.');
  }
  if (!isObject(parseJson(Buffer.from(clientContext, 'base64').toString()))) {
    throw invalidRequestContent('Client context must be a valid Base64-encoded JSON object.');
  }
}

/** An event, and how the execution is to be called that begins with it. */
interface NewEvent {
  readonly payload: Uint8Array;
  readonly tenantId?: string;
  readonly durableExecutionName?: string;
}

interface Accepted {
  readonly traceHeader: string;
  readonly DurableExecutionArn?: string;
}

/**
 * Takes an event; the answer, with the trace that this resolves with, may go out then. That of a durable function
 * begins its execution at once.
 * @throws AwsError ResourceNotFoundException, InvalidParameterValueException for a tenant too many or too few,
 *   DurableExecutionAlreadyStartedException, RecursiveInvocationException
 */
export async function acceptEvent(
  control: Control,
  context: RequestContext,
  address: FunctionAddress,
  { durableExecutionName: name, ...event }: NewEvent,
): Promise<Accepted> {
  const version = await checkInvocable(control, address, event.tenantId);
  checkExecution(version, address, name, true);
  const { requestId: id } = context;
  const traceHeader = chainOf(context, address) ?? newTraceHeader(id, control.clock.now());
  if (version.durable === undefined) {
    await control.database.transact((tx) =>
      control.queue.accept(tx, { id, address, ...event, traceHeader }),
    );
    return { traceHeader };
  }
  // Events of other functions are stopped on their way out of the queue; an execution begins here.
  await checkLoop(control, context, address);
  const start = {
    version,
    qualifier: address.qualifier ?? version.version,
    requestId: id,
    ...event,
    ...(name === undefined ? {} : { name }),
    traceHeader,
  };
  const arn = await control.database.transact((tx) => control.durable.start(tx, start));
  return { traceHeader, DurableExecutionArn: arn };
}

/**
 * The version behind an address, for an invocation that does not run now.
 * @throws AwsError ResourceNotFoundException, ResourceConflictException, InvalidParameterValueException
 */
export async function checkInvocable(
  control: Control,
  address: FunctionAddress,
  tenantId: string | undefined,
): Promise<FunctionVersion> {
  // Weights are an alias's: without a qualifier there is nothing to draw.
  const fraction = address.qualifier === undefined ? 0 : control.random.fraction();
  const found = await control.catalog.resolve(address, fraction);
  if (found.kind === 'missing') throw invocationTargetMissing(address);
  if (found.kind === 'not-ready') throw notReady(found);
  checkTenant(found.version, tenantId);
  return found.version;
}

/** The tenant for whom a function is invoked, under the name that an invocation has for it. */
export function tenantOf(tenantId: string | undefined): { readonly tenantId?: string } {
  return tenantId === undefined ? {} : { tenantId };
}

/** 404: Invoke names the version even where none was asked for; recorded as `test_invoke_exceptions`. */
function invocationTargetMissing(address: FunctionAddress): Error {
  return functionNotFound({ ...address, qualifier: address.qualifier ?? LATEST });
}

/** The header that tells the caller the trace. */
export function traceOf(traceHeader: string | undefined): object {
  return traceHeader === undefined ? {} : { [HTTP_HEADERS]: { 'x-amzn-trace-id': traceHeader } };
}

/** The log's tail is whole once the environment is quiet again; who does not want it does not wait. */
async function answerOf(outcome: Outcome, isLogTailWanted: boolean): Promise<InvocationResponse> {
  if (outcome.kind === 'throttled') {
    throw tooManyRequests(outcome.reason, outcome.retryAfterSeconds);
  }
  const isReturned = outcome.kind === 'returned';
  const bytesMax = SYNCHRONOUS_PAYLOAD_BYTES_MAX * 2;
  const payload = isReturned
    ? (bytesAtHand(outcome.payload, bytesMax) ?? (await collectBytes(outcome.payload, bytesMax)))
    : outcome.payload;
  const logTail = isLogTailWanted ? (await outcome.report).logTail : undefined;
  return {
    StatusCode: 200,
    ExecutedVersion: outcome.executedVersion,
    Payload: payload,
    ...(isReturned ? {} : { FunctionError: outcome.functionError }),
    ...(outcome.durableExecutionArn === undefined
      ? {}
      : { DurableExecutionArn: outcome.durableExecutionArn }),
    ...(logTail === undefined ? {} : { LogResult: Buffer.from(logTail).toString('base64') }),
    ...traceOf(outcome.traceHeader),
  };
}
