/** Events of an execution's history. Pure. */
import type {
  ErrorObject,
  Event,
  EventError,
  EventInput,
  EventResult,
  Operation,
} from '#aws/models/lambda.types.gen.ts';

import type { EndStatus, ExecutionOutcome } from './model.ts';

/** The members by which an event names its operation. */
export function aboutOperation({ Id, Name, ParentId, SubType }: Operation): Event {
  return {
    Id,
    ...(Name === undefined ? {} : { Name }),
    ...(ParentId === undefined ? {} : { ParentId }),
    ...(SubType === undefined ? {} : { SubType }),
  };
}

/** A payload as an event tells it. */
export function told(payload: string | undefined): EventResult & EventInput {
  return { ...(payload === undefined ? {} : { Payload: payload }), Truncated: false };
}

/** An error as an event tells it. */
export function toldError(error: ErrorObject | undefined): EventError {
  return { ...(error === undefined ? {} : { Payload: error }), Truncated: false };
}

/** The event of an operation's end, from how it stands then. */
export function endOfOperation(operation: Operation): Event {
  const about = aboutOperation(operation);
  const { Type, Status } = operation;
  if (Type === 'CALLBACK') {
    const { Result, Error: error } = operation.CallbackDetails ?? {};
    return { ...about, ...ended('Callback', Status, Result, error) };
  }
  if (Type === 'CHAINED_INVOKE') {
    const { Result, Error: error } = operation.ChainedInvokeDetails ?? {};
    return { ...about, ...ended('ChainedInvoke', Status, Result, error) };
  }
  const { Result, Error: error } = operation.ContextDetails ?? {};
  return { ...about, ...ended('Context', Status, Result, error) };
}

/** The event of an execution's end. */
export function endOfExecution(status: EndStatus, { result, error }: ExecutionOutcome): Event {
  return ended('Execution', status, result, error);
}

const WORDS: Readonly<Record<string, string>> = {
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  TIMED_OUT: 'TimedOut',
  STOPPED: 'Stopped',
};

function ended(
  what: string,
  status: string,
  result: string | undefined,
  error: ErrorObject | undefined,
): Event {
  const EventType = `${what}${WORDS[status] ?? 'Failed'}`;
  const details = status === 'SUCCEEDED' ? { Result: told(result) } : { Error: toldError(error) };
  return { EventType, [`${EventType}Details`]: details };
}

/** The event without what users put into it. */
export function withoutData(event: Event): Event {
  const entries = Object.entries(event).map(([name, value]) => [name, stripped(value)]);
  // Members keep their names and their shapes.
  return Object.fromEntries(entries) as Event;
}

/** Bytes of what users put into an event, about. */
export function dataBytes(event: Event): number {
  const bytesOf = (value: Event): number => Buffer.byteLength(JSON.stringify(value));
  return Math.max(0, bytesOf(event) - bytesOf(withoutData(event)));
}

const DATA = ['Input', 'Result', 'Error', 'Reason'];

function stripped(details: unknown): unknown {
  if (typeof details !== 'object' || details === null) return details;
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) =>
      DATA.includes(name) ? [name, { Truncated: true }] : [name, value],
    ),
  );
}
