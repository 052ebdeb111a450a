/** Invocations of durable functions: each begins an execution, and all but asynchronous ones wait for its end. */
import { present } from '#kernel/assert.ts';
import { EMPTY_BYTES, streamOfBytes, utf8 } from '#kernel/bytes.ts';
import type { InvocationReport } from '#ports/peers/invocation-report.ts';
import type { Outcome } from '#ports/peers/invoker.ts';

import type { DurableDoor } from '../model/durable-door.ts';
import type { FunctionVersion } from '../model/function-version.ts';
import { checkDurable } from './config.ts';
import { momentOf } from './draft.ts';
import { type EndDependencies, errorPayload } from './end.ts';
import { arnOf, type Execution, isOver } from './model.ts';
import { NOT_DURABLE, startExecution } from './start.ts';

/** The door over the store. */
export function createDoor(dependencies: EndDependencies): DurableDoor {
  const { database, clock, waiters } = dependencies;
  return {
    async invoke(version, invocation, signal) {
      const isAsynchronous = invocation.source === 'invoke-async';
      const durable = present(version.durable, NOT_DURABLE);
      checkDurable(durable, invocation.qualifier, isAsynchronous);
      const { qualifier, durableExecutionName: name, ...asked } = invocation;
      const begun = await database.transact(async (tx) => {
        const execution = await startExecution(dependencies, tx, momentOf(clock), {
          ...asked,
          version,
          qualifier: qualifier ?? version.version,
          isAsynchronous,
          ...(name === undefined ? {} : { name }),
        });
        // It may end as soon as this is committed: whoever waits does so from before.
        const end =
          isAsynchronous || isOver(execution.status)
            ? undefined
            : waiters.waitFor(execution.id, signal);
        end?.catch(() => undefined);
        return { execution, end };
      });
      if (isAsynchronous) return handedOver(version, begun.execution);
      if (begun.end === undefined) return outcomeOf(version, begun.execution);
      const end = await begun.end;
      if (end.kind === 'throttled') return end.outcome;
      if (end.kind === 'refused') throw end.error;
      return outcomeOf(version, end.execution, end.report);
    },
  };
}

function handedOver(version: FunctionVersion, execution: Execution): Outcome {
  return {
    kind: 'returned',
    executedVersion: version.version,
    payload: streamOfBytes(EMPTY_BYTES),
    isHandedOver: true,
    durableExecutionArn: arnOf(execution),
    report: Promise.resolve(reportOf(version, execution)),
  };
}

function outcomeOf(
  version: FunctionVersion,
  execution: Execution,
  report: Promise<InvocationReport> = Promise.resolve(reportOf(version, execution)),
): Outcome {
  const { outcome = {}, details } = execution;
  const about = {
    executedVersion: execution.version,
    durableExecutionArn: arnOf(execution),
    traceHeader: details.traceHeader,
    report,
  };
  if (execution.status === 'SUCCEEDED') {
    const payload = streamOfBytes(utf8(outcome.result ?? 'null'));
    return { kind: 'returned', payload, ...about };
  }
  const payload = utf8(JSON.stringify(errorPayload(outcome.error)));
  return { kind: 'failed', functionError: 'Unhandled', payload, ...about };
}

/** What an execution without any invocation here cost: nothing. */
function reportOf(version: FunctionVersion, { details, startedAtMs }: Execution): InvocationReport {
  const { accountId, region, functionName, functionArn, architecture } = version;
  return {
    requestId: details.requestId,
    accountId,
    region,
    functionName,
    functionArn,
    version: version.version,
    source: 'invoke',
    traceHeader: details.traceHeader,
    architecture,
    initializationType: 'on-demand',
    startedAtMs,
    durationMs: 0,
    billedDurationMs: 0,
    memorySizeMiB: version.memorySizeMiB,
    temporaryStorageMiB: version.temporaryStorageMiB,
    maxMemoryUsedMiB: 0,
  };
}
