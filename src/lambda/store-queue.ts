/**
 * Rows of asynchronous invocations. A row is a promise made: it goes only with the event's one end.
 * A lane is one function's rows. A claim moves `due_at_ms` to the end of the lease, so that a row whose owner
 * died comes due again; `claims` counts them and fences off an owner who lost his row meanwhile.
 */
import type { Queries, Transaction } from '#ports/world/database.ts';

import type { FunctionAddress } from './model/address.ts';
import { newTraceHeader } from './model/trace-header.ts';

export interface QueuedEvent {
  /** The request id that the caller got with the 202. */
  readonly id: string;
  readonly address: FunctionAddress;
  readonly payload: Uint8Array;
  /** In ms of `steadyMs`. */
  readonly acceptedAtMs: number;
  readonly claims: number;
  /** How often the function ran on it and failed. */
  readonly attempts: number;
  /** How often it could not be run, since it last could. */
  readonly throttles: number;
  /** X-Ray's, which all attempts have. */
  readonly traceHeader: string;
  readonly tenantId?: string;
  /** What the function answered last, where it failed. */
  readonly lastFailure?: FunctionFailure;
}

export interface FunctionFailure {
  readonly executedVersion: string;
  readonly functionError: string;
  /** The error's JSON. */
  readonly payload: string;
}

interface EventRow {
  readonly id: string;
  readonly account_id: string;
  readonly region: string;
  readonly function_name: string;
  readonly qualifier: string;
  readonly payload: Uint8Array;
  readonly accepted_at_ms: number;
  readonly claims: number;
  readonly attempts: number;
  readonly throttles: number;
  readonly trace_header: string | null;
  readonly tenant_id: string | null;
  readonly last_failure: string | null;
}

/** The lane of a function. */
export function laneOf(address: FunctionAddress): string {
  return `${address.accountId}/${address.region}/${address.functionName}`;
}

export type NewEvent = Pick<QueuedEvent, 'id' | 'address' | 'payload' | 'traceHeader' | 'tenantId'>;

/** Adds an event that is due at once, or is claimed with that. */
export async function addEvent(
  tx: Transaction,
  event: NewEvent,
  nowMs: number,
  lease?: Lease,
): Promise<void> {
  const { address } = event;
  await tx.run(
    `INSERT INTO lambda_async_events (id, account_id, region, function_name, qualifier, lane, payload,
       accepted_at_ms, due_at_ms, claims, owner, attempts, throttles, trace_header, tenant_id, last_failure)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, $12, $13, NULL)`,
    event.id,
    address.accountId,
    address.region,
    address.functionName,
    address.qualifier ?? '',
    laneOf(address),
    event.payload,
    nowMs,
    lease?.untilMs ?? nowMs,
    lease === undefined ? 0 : 1,
    lease?.owner ?? '',
    event.traceHeader,
    event.tenantId ?? null,
  );
}

/** The event as it is once it is claimed with its addition. */
export function claimedAtOnce(event: NewEvent, nowMs: number): QueuedEvent {
  return { ...event, acceptedAtMs: nowMs, claims: 1, attempts: 0, throttles: 0 };
}

export interface Lane {
  readonly lane: string;
  /** When its first event is due, in ms since 1970. */
  readonly dueAtMs: number;
}

/** The next lane with events, in order of name; one step down the index for each, however long they are. */
export async function laneAfter(queries: Queries, lane: string): Promise<Lane | undefined> {
  return queries.get<Lane>(
    'SELECT lane, due_at_ms AS "dueAtMs" FROM lambda_async_events WHERE lane > $1 ' +
      'ORDER BY lane, due_at_ms LIMIT 1',
    lane,
  );
}

export interface Lease {
  readonly owner: string;
  readonly nowMs: number;
  readonly untilMs: number;
}

/** Claims the lane's events that are due, the oldest first. */
export async function claimEvents(
  tx: Transaction,
  lane: string,
  limit: number,
  lease: Lease,
): Promise<QueuedEvent[]> {
  const rows = await tx.all<EventRow>(
    `UPDATE lambda_async_events SET due_at_ms = $3, claims = claims + 1, owner = $4
     WHERE id IN (SELECT id FROM lambda_async_events WHERE lane = $1 AND due_at_ms <= $2
                  ORDER BY due_at_ms LIMIT $5)
     RETURNING id, account_id, region, function_name, qualifier, payload, accepted_at_ms, claims,
       attempts, throttles, trace_header, tenant_id, last_failure`,
    lane,
    lease.nowMs,
    lease.untilMs,
    lease.owner,
    limit,
  );
  return rows.map(eventOf).sort((a, b) => a.acceptedAtMs - b.acceptedAtMs);
}

function eventOf(row: EventRow): QueuedEvent {
  const { qualifier } = row;
  return {
    id: row.id,
    address: {
      accountId: row.account_id,
      region: row.region,
      functionName: row.function_name,
      ...(qualifier === '' ? {} : { qualifier }),
    },
    payload: row.payload,
    acceptedAtMs: row.accepted_at_ms,
    claims: row.claims,
    attempts: row.attempts,
    throttles: row.throttles,
    // Versions before wrote none for events that came without one.
    traceHeader: row.trace_header ?? newTraceHeader(row.id, row.accepted_at_ms),
    ...(row.tenant_id === null ? {} : { tenantId: row.tenant_id }),
    // Written by `postpone` alone.
    ...(row.last_failure === null
      ? {}
      : { lastFailure: JSON.parse(row.last_failure) as FunctionFailure }),
  };
}

/** Moves the end of all of an owner's leases. */
export function renewLeases(tx: Transaction, owner: string, untilMs: number): Promise<number> {
  return tx.run(
    "UPDATE lambda_async_events SET due_at_ms = $2 WHERE owner = $1 AND owner <> ''",
    owner,
    untilMs,
  );
}

/** Makes the events of all other owners due: who starts as the only one knows that they are gone. */
export function releaseOthers(tx: Transaction, owner: string, nowMs: number): Promise<number> {
  return tx.run(
    "UPDATE lambda_async_events SET due_at_ms = $2, owner = '' WHERE owner <> '' AND owner <> $1",
    owner,
    nowMs,
  );
}

export interface Postponement {
  readonly dueAtMs: number;
  readonly attempts: number;
  readonly throttles: number;
  readonly lastFailure?: FunctionFailure;
}

/** Gives a claimed event back until later; false where the claim was lost. */
export async function postpone(
  tx: Transaction,
  event: QueuedEvent,
  postponement: Postponement,
): Promise<boolean> {
  const { dueAtMs, attempts, throttles, lastFailure } = postponement;
  const rows = await tx.run(
    `UPDATE lambda_async_events SET due_at_ms = $3, attempts = $4, throttles = $5, last_failure = $6,
       owner = '' WHERE id = $1 AND claims = $2`,
    event.id,
    event.claims,
    dueAtMs,
    attempts,
    throttles,
    lastFailure === undefined ? null : JSON.stringify(lastFailure),
  );
  return rows === 1;
}

/** When the next event is due, in ms since 1970; one that runs counts as due since ever. */
export async function nextEventAt(queries: Queries): Promise<number | undefined> {
  const row = await queries.get<{ readonly at: number | null }>(
    "SELECT MIN(CASE owner WHEN '' THEN due_at_ms ELSE 0 END) AS at FROM lambda_async_events",
  );
  return row?.at ?? undefined;
}

/** Takes a claimed event off for good; false where the claim was lost. */
export async function endEvent(tx: Transaction, event: QueuedEvent): Promise<boolean> {
  const sql = 'DELETE FROM lambda_async_events WHERE id = $1 AND claims = $2';
  return (await tx.run(sql, event.id, event.claims)) === 1;
}
