/** How an execution stops being invoked for a while. */
import type { Draft } from './draft.ts';
import { EXECUTION_MS_MAX } from './limits.ts';

/** The pause that was asked for begins: nothing runs for the execution, or what runs is told no more. */
export async function enterPause(draft: Draft): Promise<void> {
  const { execution, moment } = draft;
  const { pause } = execution.details;
  if (pause === undefined) return;
  const { nowMs, steadyMs } = moment;
  const { requestedAtMs, reason, isTimeoutPaused } = pause;
  const leftMs = Math.max(0, execution.deadlineMs - steadyMs);
  const lastMs = steadyMs + EXECUTION_MS_MAX - (nowMs - execution.startedAtMs);
  draft.change({
    ...execution,
    status: 'PAUSED',
    deadlineMs: isTimeoutPaused ? lastMs : execution.deadlineMs,
  });
  draft.note({ pause: isTimeoutPaused ? { ...pause, leftMs } : pause });
  await draft.tell({
    EventType: 'ExecutionPaused',
    Id: execution.id,
    Name: execution.name,
    ExecutionPausedDetails: {
      PauseRequestTimestamp: requestedAtMs,
      ExecutionTimeoutPaused: isTimeoutPaused,
      ...(reason === undefined ? {} : { Reason: { Payload: reason, Truncated: false } }),
    },
  });
}

/** The pause is over; what waited for that is due. */
export async function leavePause(draft: Draft, reason: string | undefined): Promise<void> {
  const { execution, moment } = draft;
  const { pause, ...details } = execution.details;
  const isPaused = execution.status === 'PAUSED';
  const { nowMs, steadyMs } = moment;
  const lastMs = steadyMs + EXECUTION_MS_MAX - (nowMs - execution.startedAtMs);
  const leftMs = pause?.leftMs;
  draft.change({
    ...execution,
    details,
    status: 'RUNNING',
    deadlineMs: leftMs === undefined ? execution.deadlineMs : Math.min(steadyMs + leftMs, lastMs),
  });
  if (!isPaused) return;
  await draft.tell({
    EventType: 'ExecutionResumed',
    Id: execution.id,
    Name: execution.name,
    ExecutionResumedDetails: {
      ResumeRequestTimestamp: nowMs,
      ...(reason === undefined ? {} : { Reason: { Payload: reason, Truncated: false } }),
    },
  });
}
