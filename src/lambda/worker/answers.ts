import { utf8 } from '#kernel/bytes.ts';
import type { SandboxExit } from '#ports/world/sandbox.ts';
import { RESPONSE_BYTES_MAX } from './limits.ts';
import type { RuntimeError } from './runtime-api/runtime-api.ts';

/** What the caller gets, as soon as it is known. */
export type Answer =
  | {
      readonly kind: 'returned';
      readonly payload: AsyncIterable<Uint8Array>;
      readonly contentType?: string;
      /** Its length, where it is whole already. */
      readonly bytes?: number;
    }
  | FailedAnswer;

export interface FailedAnswer {
  readonly kind: 'failed';
  readonly failure: 'error' | 'timeout' | 'crash' | 'out-of-memory';
  readonly errorType: string;
  /** The error as JSON. */
  readonly payload: Uint8Array;
}

/**
 * The error of a function that said so itself: its own JSON.
 * As recorded in TestLambdaErrors::test_lambda_handler_error.
 */
export function errorAnswer(error: RuntimeError, requestId: string): FailedAnswer {
  const errorType = errorTypeOf(error.errorType);
  const payload =
    error.payload.byteLength > 0
      ? error.payload
      : json({
          errorType,
          errorMessage: `RequestId: ${requestId} Error: ${error.description ?? errorType}`,
        });
  return { kind: 'failed', failure: 'error', errorType, payload };
}

/** As recorded in TestLambdaBehavior::test_lambda_invoke_with_timeout. */
export function timeoutAnswer(requestId: string, timeoutMs: number): FailedAnswer {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return failed(
    'timeout',
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  );
}

/** As recorded in TestLambdaErrors::test_lambda_handler_exit, where the status was 0. */
export function exitAnswer(requestId: string, exit: SandboxExit): FailedAnswer {
  if (exit.startError !== undefined) {
    const message = `RequestId: ${requestId} Error: ${exit.startError}`;
    return failed('crash', 'Runtime.InvalidEntrypoint', message);
  }
  const reason =
    exit.exitCode === 0 && exit.signal === undefined
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: ${exit.description}`;
  const message = `RequestId: ${requestId} Error: ${reason}`;
  return exit.outOfMemory
    ? failed('out-of-memory', 'Runtime.OutOfMemory', message)
    : failed('crash', 'Runtime.ExitError', message);
}

/** The answer to an event that an extension ended: it crashed, or said that it cannot go on. */
export function extensionAnswer(
  requestId: string,
  errorType: string,
  description: string,
): FailedAnswer {
  return failed('crash', errorType, `RequestId: ${requestId} Error: ${description}`);
}

/** What the exit statuses of runtimes/provided/bootstrap mean. */
const ENTRYPOINT_PROBLEMS: Readonly<Record<number, string>> = {
  140: 'fork/exec /opt/bootstrap: permission denied',
  141: 'fork/exec /var/task/bootstrap: permission denied',
  142: "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
  150: 'fork/exec /var/task/bootstrap: exec format error',
  151: 'fork/exec /var/task/bootstrap: no such file or directory',
  152: 'fork/exec /opt/bootstrap: exec format error',
  153: 'fork/exec /opt/bootstrap: no such file or directory',
};

/** The answer for a process that ended before its first event. */
export function initExitAnswer(requestId: string, exit: SandboxExit): FailedAnswer {
  const startError = ENTRYPOINT_PROBLEMS[exit.exitCode ?? -1];
  return exitAnswer(requestId, startError === undefined ? exit : { ...exit, startError });
}

/** The order of the members is AWS's here, another than in the other errors. */
export function tooLargeAnswer(bytes: number): FailedAnswer {
  const errorType = 'Function.ResponseSizeTooLarge';
  const errorMessage =
    `Response payload size (${bytes} bytes) exceeded maximum allowed payload size ` +
    `(${RESPONSE_BYTES_MAX} bytes).`;
  return {
    kind: 'failed',
    failure: 'error',
    errorType,
    payload: json({ errorMessage, errorType }),
  };
}

/** The name under which the platform reports an error: the runtime's own, where it looks like one. */
export function errorTypeOf(claimed: string): string {
  return /^(?:Runtime|Function|Extension)\.[A-Z][a-zA-Z]{0,80}$/.test(claimed)
    ? claimed
    : 'Runtime.Unknown';
}

function failed(
  failure: FailedAnswer['failure'],
  errorType: string,
  errorMessage: string,
): FailedAnswer {
  return { kind: 'failed', failure, errorType, payload: json({ errorType, errorMessage }) };
}

function json(value: object): Uint8Array {
  return utf8(JSON.stringify(value));
}
