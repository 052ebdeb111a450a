import type { Execution } from '#lambda/durable/model.ts';

/** An execution of the function `f`, as the store has it; of which nothing has run. */
export function durableExecution(given: Partial<Execution> = {}): Execution {
  return {
    id: 'i',
    accountId: '000000000000',
    region: 'us-east-1',
    functionName: 'f',
    version: '1',
    name: 'n',
    status: 'RUNNING',
    startedAtMs: 1,
    deadlineMs: 3,
    details: {
      requestId: 'r',
      qualifier: '1',
      traceHeader: 't',
      timeoutSeconds: 900,
      retentionDays: 1,
      isAsynchronous: true,
      changes: 0,
      seenChanges: 0,
      tokenNumber: 0,
      events: 0,
      operations: 0,
      failures: 0,
      throttles: 0,
      idleAnswers: 0,
    },
    ...given,
  };
}
