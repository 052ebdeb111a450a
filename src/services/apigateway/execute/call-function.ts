/** Functions behind integrations and authorizers. */
import { withDeadline } from '#aws/execute-api/index.ts';
import type { Integration } from '#aws/models/apigateway.types.gen.ts';
import { collectBytes, textOf } from '#kernel/bytes.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import { methodArn } from '../model.ts';
import { GatewayFailure, internalFailure } from './failure.ts';
import type { Arrival, Visit } from './visit.ts';

/** What a function answered. */
export interface FunctionAnswer {
  readonly payload: Uint8Array;
  /** True where it failed. */
  readonly isError: boolean;
  readonly traceHeader?: string;
}

const FUNCTION_URI = /:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** The ARN of the function that a URI names, or `undefined`. */
export function functionArnOf(uri: string): string | undefined {
  return FUNCTION_URI.exec(uri)?.[1];
}

/** The ARN of the method that was asked for, as policies see it. */
export function sourceArnOf(visit: Visit): string {
  const { apiId, stage, head, resourcePath } = visit;
  const path = resourcePath;
  return methodArn(visit, { apiId, stage: stage.stageName, method: head.method, path });
}

export interface FunctionRequest {
  readonly functionArn: string;
  readonly sourceArn: string;
  readonly roleArn?: string;
  readonly payload: Uint8Array;
  readonly timeoutMs: number;
}

/**
 * Calls a function and waits, but not for longer than an integration may.
 * @throws GatewayFailure where it could not be called, or takes too long
 */
export async function callFunction(
  { functions, clock }: ApiGatewayDependencies,
  arrival: Arrival,
  { functionArn, sourceArn, roleArn, payload, timeoutMs }: FunctionRequest,
): Promise<FunctionAnswer> {
  const { accountId, requestId, traceHeader } = arrival;
  const called = functions.call(
    {
      functionArn,
      sourceService: 'apigateway.amazonaws.com',
      sourceArn,
      sourceAccountId: accountId,
      ...(roleArn === undefined ? {} : { roleArn }),
      invocation: { requestId, payload, source: 'api-gateway', traceHeader },
    },
    arrival.signal,
  );
  try {
    const outcome = await withDeadline(clock, timeoutMs, called);
    if (outcome === 'late') {
      throw new GatewayFailure('INTEGRATION_TIMEOUT', 'Endpoint request timed out');
    }
    if (outcome.kind === 'returned' || outcome.kind === 'failed') {
      const isError = outcome.kind === 'failed';
      const bytes =
        outcome.kind === 'failed'
          ? outcome.payload
          : await collectBytes(outcome.payload, PAYLOAD_BYTES_MAX);
      const told = outcome.traceHeader;
      return { payload: bytes, isError, ...(told === undefined ? {} : { traceHeader: told }) };
    }
    throw internalFailure();
  } catch (error) {
    if (error instanceof GatewayFailure || arrival.signal.aborted) throw error;
    throw internalFailure();
  }
}

/** How a failed function explains itself; what `selectionPattern` is compared with. */
export function errorMessageOf({ payload, isError }: FunctionAnswer): string {
  const text = textOf(payload);
  try {
    const value = JSON.parse(text) as { readonly errorMessage?: unknown } | null;
    const message = value?.errorMessage;
    if (typeof message === 'string') return message;
  } catch {
    // Not JSON: no message.
  }
  return isError ? text : '';
}

/** The role of an integration, where it has one of its own. */
export function roleOf({ credentials }: Integration): { readonly roleArn?: string } {
  return credentials === undefined || !credentials.includes(':role/')
    ? {}
    : { roleArn: credentials };
}
