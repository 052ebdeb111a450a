import type { Invocation, Outcome } from './invoker.ts';

/** A service's call of a function, which waits for what it returns. */
export interface FunctionCall {
  /** Qualified or not. */
  readonly functionArn: string;
  /** The service that calls, as a policy's principal: `apigateway.amazonaws.com`. */
  readonly sourceService: string;
  /** On account of what, as a policy's condition sees it: `aws:SourceArn`. */
  readonly sourceArn: string;
  readonly sourceAccountId: string;
  /** The role with which it calls, where it has one: then no policy of the function has to let it in. */
  readonly roleArn?: string;
  readonly invocation: Pick<
    Invocation,
    'requestId' | 'payload' | 'source' | 'traceHeader' | 'clientContext'
  >;
}

/** What became of a call; `missing` and `forbidden` where no function ran. */
export type CallOutcome = Outcome | { readonly kind: 'missing' } | { readonly kind: 'forbidden' };

/** Functions as other services call them and wait: with the function's policy asked before. */
export interface FunctionCaller {
  /**
   * Runs the function once; its response comes whole.
   * @throws AwsError whatever else Invoke answers before a function runs: one that is not ready, or too large an event
   */
  call(call: FunctionCall, signal: AbortSignal): Promise<CallOutcome>;
}
