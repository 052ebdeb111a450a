/** The life of a version: Pending to Active, and each update InProgress to Successful. Pure. */
import type { VersionRecord } from './records.ts';

/** `$LATEST` or the number, as AWS shows a version. */
export function versionName(number: number): string {
  return number === 0 ? '$LATEST' : String(number);
}

/** The version as it is at `steadyMs`: what was to settle by then has settled. */
export function settled(record: VersionRecord, steadyMs: number): VersionRecord {
  const { phase } = record;
  if (phase.kind === 'settled' || steadyMs < phase.untilMs) return record;
  return { ...record, phase: { kind: 'settled' }, revisionId: phase.nextRevisionId };
}

export interface ChangeMarks {
  readonly nowMs: number;
  readonly steadyMs: number;
  /** How long the change takes to settle. */
  readonly settleMs: number;
  readonly newId: () => string;
}

/** The record with new ids and in the phase that a change begins; an unsettled creation stays one. */
export function changed(
  record: VersionRecord,
  kind: 'creating' | 'updating',
  marks: ChangeMarks,
): VersionRecord {
  const { nowMs, steadyMs, settleMs, newId } = marks;
  return {
    ...record,
    phase: { kind, untilMs: steadyMs + settleMs, nextRevisionId: newId() },
    revisionId: newId(),
    deploymentId: newId(),
    lastModifiedMs: nowMs,
  };
}

/** A numbered copy of `$LATEST`; the description is the copy's own where one is given. */
export function published(
  latest: VersionRecord,
  number: number,
  description: string | undefined,
  newId: () => string,
): VersionRecord {
  const Description = description ?? latest.settings.Description;
  const { phase } = latest;
  return {
    ...latest,
    number,
    settings: { ...latest.settings, Description },
    phase: phase.kind === 'settled' ? phase : { ...phase, nextRevisionId: newId() },
    revisionId: newId(),
    deploymentId: newId(),
    sourceDeploymentId: latest.deploymentId,
  };
}

/** The record with a new revision id alone, as publishing and policies give it one. */
export function touched(record: VersionRecord, newId: () => string): VersionRecord {
  const { phase } = record;
  const revisionId = newId();
  if (phase.kind === 'settled') return { ...record, revisionId };
  return { ...record, revisionId, phase: { ...phase, nextRevisionId: newId() } };
}

export interface StateWords {
  readonly State: string;
  readonly StateReason?: string;
  readonly StateReasonCode?: string;
  readonly LastUpdateStatus?: string;
  readonly LastUpdateStatusReason?: string;
  readonly LastUpdateStatusReasonCode?: string;
}

const CREATING = { reason: 'The function is being created.', code: 'Creating' };

const STATE_WORDS: Readonly<Record<VersionRecord['phase']['kind'], StateWords>> = {
  creating: { State: 'Pending', StateReason: CREATING.reason, StateReasonCode: CREATING.code },
  updating: {
    State: 'Active',
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: CREATING.reason,
    LastUpdateStatusReasonCode: CREATING.code,
  },
  settled: { State: 'Active', LastUpdateStatus: 'Successful' },
};

/**
 * A phase in AWS's words. An update gives the creation's reason too, as recorded in
 * `lambda_api: TestLambdaFunction::test_lambda_code_location_zipfile`.
 */
export function stateWords(record: VersionRecord): StateWords {
  return STATE_WORDS[record.phase.kind];
}
