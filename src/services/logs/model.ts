/** The nouns of CloudWatch Logs, and the rules that need no store. */
import { formatArn, parseArn } from '#kernel/arn.ts';
import { DAY_MS } from '#kernel/units.ts';
import { invalidParameter, spanTooLong, uploadTooLarge, wrongOrder } from './errors.ts';
import {
  BATCH_BYTES_MAX,
  BATCH_SPAN_MS_MAX,
  EVENT_OVERHEAD_BYTES,
  FUTURE_MS_MAX,
  PAST_MS_MAX,
} from './limits.ts';

/** Whose a resource is. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

export interface LogGroup extends Scope {
  readonly groupId: number;
  readonly name: string;
  readonly createdAtMs: number;
  readonly retentionDays?: number;
  readonly kmsKeyId?: string;
  readonly class: string;
  readonly isProtected: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export interface LogStream {
  readonly streamId: number;
  readonly groupId: number;
  readonly name: string;
  readonly createdAtMs: number;
  readonly firstEventMs?: number;
  readonly lastEventMs?: number;
  readonly ingestedAtMs?: number;
  /** Chunks ever written; the number of the next. */
  readonly chunkCount: number;
}

/** One event as it comes in. */
export interface NewEvent {
  /** In ms since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

/** Where an event stands among all: first by time, then by stream, then in the order of writing. */
export interface Position {
  readonly timestamp: number;
  readonly streamId: number;
  readonly chunkNumber: number;
  /** In its chunk. */
  readonly index: number;
}

export interface StoredEvent extends Position {
  readonly message: string;
  readonly ingestedAtMs: number;
}

/** Below zero where `a` comes first, above zero where `b` does. */
export function comparePositions(a: Position, b: Position): number {
  return (
    a.timestamp - b.timestamp ||
    a.streamId - b.streamId ||
    a.chunkNumber - b.chunkNumber ||
    a.index - b.index
  );
}

/** An event's id: 56 digits as AWS's, which sort as the events do. */
export function eventId({ timestamp, streamId, chunkNumber, index }: Position): string {
  return `3${pad(timestamp, 15)}${pad(streamId, 14)}${pad(chunkNumber, 16)}${pad(index, 10)}`;
}

function pad(value: number, digits: number): string {
  return String(Math.floor(value)).padStart(digits, '0');
}

/** A group's ARN, without the `:*` that stands for its streams. */
export function logGroupArn({ region, accountId }: Scope, name: string): string {
  return formatArn('logs', region, accountId, `log-group:${name}`);
}

/** A stream's ARN. */
export function logStreamArn(scope: Scope, group: string, stream: string): string {
  return `${logGroupArn(scope, group)}:log-stream:${stream}`;
}

/** The group's name in an identifier, which is that name or an ARN with or without `:*`. */
export function groupNameOf(identifier: string): string {
  const resource = parseArn(identifier)?.resource;
  return resource === undefined
    ? identifier
    : (/^log-group:([^:]*)/.exec(resource)?.[1] ?? identifier);
}

/** The group that a request names in one of two ways. */
export function requestedGroupName(input: {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
}): string {
  const { logGroupName, logGroupIdentifier } = input;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw invalidParameter(
      'LogGroup name and LogGroup identifier are mutually exclusive parameters.',
    );
  }
  const name = logGroupName ?? logGroupIdentifier;
  if (name === undefined)
    throw invalidParameter('Either logGroupName or logGroupIdentifier must be specified.');
  return groupNameOf(name);
}

/** When a group's events end to be there, in ms since 1970. */
export function retainedSince(group: Pick<LogGroup, 'retentionDays'>, nowMs: number): number {
  return group.retentionDays === undefined ? 0 : nowMs - group.retentionDays * DAY_MS;
}

/** Bytes of an event as AWS counts them. */
export function bytesOf({ message }: NewEvent): number {
  return Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
}

/**
 * Checks a batch as a whole.
 * @throws AwsError InvalidParameterException
 */
export function checkBatch(events: readonly NewEvent[]): void {
  let bytes = 0;
  let previousMs = -Infinity;
  for (const event of events) {
    bytes += bytesOf(event);
    if (event.timestamp < previousMs) throw wrongOrder();
    previousMs = event.timestamp;
  }
  if (bytes > BATCH_BYTES_MAX) throw uploadTooLarge(bytes, BATCH_BYTES_MAX);
  if (previousMs - (events[0]?.timestamp ?? 0) > BATCH_SPAN_MS_MAX) throw spanTooLong();
}

export interface Rejection {
  /** Exclusive end of those older than the group keeps. */
  readonly expiredLogEventEndIndex?: number;
  /** Exclusive end of those older than 14 days. */
  readonly tooOldLogEventEndIndex?: number;
  /** First of those more than two hours ahead. */
  readonly tooNewLogEventStartIndex?: number;
}

/** Parts a batch, which is in order, into what is taken and what is not. */
export function partBatch(
  events: readonly NewEvent[],
  group: Pick<LogGroup, 'retentionDays'>,
  nowMs: number,
): { readonly accepted: readonly NewEvent[]; readonly rejection: Rejection } {
  const before = (timeMs: number): number =>
    events.filter(({ timestamp }) => timestamp < timeMs).length;
  const expired = before(retainedSince(group, nowMs));
  const tooOld = before(nowMs - PAST_MS_MAX);
  const tooNew = events.findIndex(({ timestamp }) => timestamp > nowMs + FUTURE_MS_MAX);
  return {
    accepted: events.slice(Math.max(expired, tooOld), tooNew === -1 ? events.length : tooNew),
    rejection: {
      ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
      ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
      ...(tooNew !== -1 ? { tooNewLogEventStartIndex: tooNew } : {}),
    },
  };
}

/** The token that PutLogEvents once asked for; still answered, no longer looked at. */
export function sequenceToken({ streamId, chunkCount }: LogStream): string {
  return `49${pad(streamId, 24)}${pad(chunkCount, 30)}`;
}
