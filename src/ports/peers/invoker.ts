import type { InvocationReport } from './invocation-report.ts';

/** The one door to run a function: API, URL, gateway, pollers and the asynchronous queue all use it. */
export interface Invoker {
  /**
   * Runs the function once; never retries.
   * A function's own failure is an outcome, no error.
   * @throws AwsError ResourceNotFoundException and whatever else Invoke answers before the function runs
   */
  invoke(invocation: Invocation, signal: AbortSignal): Promise<Outcome>;
}

export interface Invocation {
  readonly accountId: string;
  readonly region: string;
  readonly functionName: string;
  /** A version's number, an alias or `$LATEST`; absent means `$LATEST`. */
  readonly qualifier?: string;
  /** The request id that the function and its log see; a UUID. */
  readonly requestId: string;
  /** The event, which nothing parses on the way. */
  readonly payload: Uint8Array;
  /** Who asks, for metrics, the report and the limits that hold for that source. */
  readonly source: InvocationSource;
  /** Base64 JSON, passed on to the function; mobile SDKs' ClientContext. */
  readonly clientContext?: string;
  readonly traceHeader?: string;
  /** For whom, where the function keeps its tenants apart. */
  readonly tenantId?: string;
  /** `streaming` lets the payload come as it is written; `buffered` waits for the whole of it. */
  readonly responseMode: 'buffered' | 'streaming';
  /** Runs it in an environment of its own, under a debugger that comes to this port of the machine's loopback. */
  readonly debugPort?: number;
  /** What the execution that it begins is to be called, where the function is durable. */
  readonly durableExecutionName?: string;
  /** Asked for by a durable execution, which it is a part of: none begins with it. */
  readonly isOfExecution?: true;
  /** Collect the last 4 KB of this invocation's log. */
  readonly isLogTailWanted?: boolean;
}

export type InvocationSource =
  | 'invoke'
  | 'invoke-async'
  | 'function-url'
  | 'api-gateway'
  | 'sqs'
  | 'dynamodb'
  | 'kinesis'
  | 'scheduler'
  | 'debug';

export type Outcome =
  | {
      readonly kind: 'returned';
      readonly executedVersion: string;
      /** The response's bytes; whole already where `buffered` was asked. */
      readonly payload: AsyncIterable<Uint8Array>;
      /** Content type and prelude of a streamed response, where the function set one. */
      readonly contentType?: string;
      /** The trace that the function was told. */
      readonly traceHeader?: string;
      /** The execution of a durable function whose result this is. */
      readonly durableExecutionArn?: string;
      /** Begun, not done: an asynchronous execution of a durable function goes on by itself. */
      readonly isHandedOver?: true;
      readonly report: Promise<InvocationReport>;
    }
  | {
      readonly kind: 'failed';
      readonly executedVersion: string;
      /** `X-Amz-Function-Error`; AWS says `Unhandled` for nearly all of them. */
      readonly functionError: 'Handled' | 'Unhandled';
      /** The error as JSON: `{"errorType":...,"errorMessage":...}`. */
      readonly payload: Uint8Array;
      readonly traceHeader?: string;
      readonly durableExecutionArn?: string;
      /** Once the environment is quiet again, or gone: after a timeout that takes a moment longer. */
      readonly report: Promise<InvocationReport>;
    }
  | {
      readonly kind: 'throttled';
      readonly reason: ThrottleReason;
      /** `Retry-After`; absent where no waiting helps. */
      readonly retryAfterSeconds?: number;
    };

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html TooManyRequestsException, member Reason */
export type ThrottleReason =
  | 'ConcurrentInvocationLimitExceeded'
  | 'FunctionInvocationRateLimitExceeded'
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'
  | 'ReservedFunctionInvocationRateLimitExceeded'
  | 'CallerRateLimitExceeded';
