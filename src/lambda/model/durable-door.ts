import type { Invocation, Outcome } from '#ports/peers/invoker.ts';

import type { FunctionVersion } from './function-version.ts';

/** Where invocations of durable functions go: each begins an execution. */
export interface DurableDoor {
  /** @throws AwsError InvalidParameterValueException, DurableExecutionAlreadyStartedException */
  invoke(version: FunctionVersion, invocation: Invocation, signal: AbortSignal): Promise<Outcome>;
}
