import type {
  InvokeWithResponseStreamCompleteEvent,
  InvokeWithResponseStreamResponseEvent,
  Operations,
} from '#aws/models/lambda.types.gen.ts';
import { textOf } from '#kernel/bytes.ts';
import type { Outcome } from '#ports/peers/invoker.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';

import { tooManyRequests } from '../../errors.ts';
import { SYNCHRONOUS_PAYLOAD_BYTES_MAX } from '../../limits.ts';
import type { Control } from '../control.ts';
import {
  checkClientContext,
  checkInvocable,
  checkLoop,
  checkedPayload,
  invocableAddress,
  invocationOf,
  tenantOf,
  traceOf,
} from './invoke.ts';

/**
 * Runs a function and passes its response on as it is written.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
 */
export function invokeWithResponseStream(control: Control): Operations['InvokeWithResponseStream'] {
  return async (context, input) => {
    const address = await invocableAddress(control, context, input);
    const payload = checkedPayload(input.Payload, SYNCHRONOUS_PAYLOAD_BYTES_MAX);
    const { ClientContext, LogType } = input;
    checkClientContext(ClientContext);
    if (input.InvocationType === 'DryRun') {
      await checkInvocable(control, address, input.TenantId);
      return { StatusCode: 204, EventStream: noEvents() };
    }
    await checkLoop(control, context, address);
    const outcome = await control.invoker().invoke(
      {
        ...invocationOf(context, address, payload),
        ...tenantOf(input.TenantId),
        responseMode: 'streaming',
        isLogTailWanted: LogType === 'Tail',
        ...(ClientContext === undefined ? {} : { clientContext: ClientContext }),
      },
      context.signal,
    );
    if (outcome.kind === 'throttled') {
      throw tooManyRequests(outcome.reason, outcome.retryAfterSeconds);
    }
    const type = outcome.kind === 'returned' ? outcome.contentType : undefined;
    return {
      StatusCode: 200,
      ExecutedVersion: outcome.executedVersion,
      ResponseStreamContentType: type ?? 'application/octet-stream',
      EventStream: eventsOf(outcome),
      ...traceOf(outcome.traceHeader),
    };
  };
}

/** A dry run has none. */
async function* noEvents(): AsyncIterable<InvokeWithResponseStreamResponseEvent> {}

async function* eventsOf(
  outcome: Exclude<Outcome, { kind: 'throttled' }>,
): AsyncIterable<InvokeWithResponseStreamResponseEvent> {
  if (outcome.kind === 'failed') {
    const { functionError, payload, report } = outcome;
    const error = { ErrorCode: functionError, ErrorDetails: textOf(payload) };
    yield { InvokeComplete: { ...error, ...logOf(await report) } };
    return;
  }
  for await (const chunk of outcome.payload) yield { PayloadChunk: { Payload: chunk } };
  const report = await outcome.report;
  yield { InvokeComplete: { ...errorOf(report), ...logOf(report) } };
}

/** A response that broke off after its first byte says so at its end, in the word of FunctionError. */
function errorOf(report: InvocationReport): InvokeWithResponseStreamCompleteEvent {
  if (report.failure === undefined) return {};
  return {
    ErrorCode: 'Unhandled',
    ...(report.errorDetails === undefined ? {} : { ErrorDetails: report.errorDetails }),
  };
}

function logOf(report: InvocationReport): InvokeWithResponseStreamCompleteEvent {
  const { logTail } = report;
  return logTail === undefined ? {} : { LogResult: Buffer.from(logTail).toString('base64') };
}
